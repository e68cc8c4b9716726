import { formatType } from "@millrace/engine/expression";
import { IconPinFilled } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Column } from "./columns.ts";
import classes from "./preview.module.css";
import { cellText, type PreviewRecord, valueAt } from "./record.ts";
import { useTimeText } from "./time-text.ts";
import { ZoneName } from "./ZoneName.tsx";

export interface RecordTableProps {
  readonly label: string;
  readonly timeZone: string;
  /** In the order shown. */
  readonly records: readonly PreviewRecord[];
  readonly columns: readonly Column[];
  /** Words of a dropped row's reason; given, there is a column for it. */
  readonly reasonOf?: ((reason: string) => string) | undefined;
  readonly pinned: ReadonlySet<number>;
  readonly selected: PreviewRecord | undefined;
  readonly onOpen: (record: PreviewRecord) => void;
  readonly onPin: (record: PreviewRecord) => void;
  /** The field whose statistics are asked for. */
  readonly onColumn: (column: Column) => void;
}

const ROW_HEIGHT = 28;
type Fixed = "kind" | "time" | "reason";
const USUAL: readonly Fixed[] = ["kind", "time"];
const OF_DROPPED: readonly Fixed[] = ["kind", "time", "reason"];
const FIXED_WORDS = { kind: "columnKind", time: "columnTime", reason: "columnReason" } as const;

/**
 * Records as a grid: arrow keys move, Enter opens, P pins, Ctrl+C copies the cell, Enter on a heading asks for its statistics.
 * Cells are texts, never markup.
 */
export function RecordTable(props: RecordTableProps) {
  const { label, timeZone, records, columns, reasonOf, pinned, selected, onOpen, onPin, onColumn } = props;
  const { t } = useTranslation("preview");
  const fixed = reasonOf ? OF_DROPPED : USUAL;
  const timeText = useTimeText(timeZone);
  const scroller = useRef<HTMLDivElement>(null);
  // -1 is the heading.
  const [active, setActive] = useState({ row: 0, column: 0 });
  const moved = useRef(false);
  const width = fixed.length + columns.length;
  const rows = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const at = { row: Math.min(active.row, records.length - 1), column: Math.min(active.column, width - 1) };

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    if (active.row >= 0) rows.scrollToIndex(active.row);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
  }, [active, rows]);

  const textOf = (record: PreviewRecord, column: number): string => {
    if (column === 0) return record.kind;
    if (column === 1) return timeText(record.time);
    if (column === 2 && reasonOf) return reasonOf(record.reason ?? "");
    return cellText(valueAt(record.value, (columns[column - fixed.length] as Column).path));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const record = records[at.row];
    const steps: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      PageUp: [-10, 0],
      PageDown: [10, 0],
      Home: [0, -width],
      End: [0, width],
    };
    const step = steps[event.key];
    if (step) {
      moved.current = true;
      setActive({
        row: clamp(at.row + step[0], -1, records.length - 1),
        column: clamp(at.column + step[1], 0, width - 1),
      });
    } else if (event.key === "Enter" && at.row < 0 && at.column >= fixed.length) onColumn(columns[at.column - fixed.length] as Column);
    else if (event.key === "Enter" && record) onOpen(record);
    else if (event.key.toLowerCase() === "p" && record && !event.ctrlKey && !event.metaKey) onPin(record);
    else if (event.key === "c" && (event.ctrlKey || event.metaKey) && record && !getSelection()?.toString()) {
      void navigator.clipboard.writeText(textOf(record, at.column));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: MouseEvent) => {
    const place = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-place]")?.dataset.place : undefined;
    if (place === undefined) return;
    const [row, column] = place.split(" ").map(Number) as [number, number];
    setActive({ row, column });
    const field = columns[column - fixed.length];
    const record = records[row];
    if (row >= 0 && record) onOpen(record);
    else if (field) onColumn(field);
  };
  const tabIndex = (row: number, column: number) => (row === at.row && column === at.column ? 0 : -1);

  return (
    <div
      ref={scroller}
      className={classes.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={records.length + 1}
      aria-colcount={width}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div className={classes.head} role="row" aria-rowindex={1} tabIndex={-1}>
        {fixed.map((name, index) => (
          <div key={name} role="columnheader" className={classes.cell} data-fixed={name} tabIndex={tabIndex(-1, index)}>
            {t(FIXED_WORDS[name])}
            {name === "time" && <ZoneName zone={timeZone} />}
          </div>
        ))}
        {columns.map((column, index) => (
          <div
            key={column.key}
            role="columnheader"
            className={classes.cell}
            tabIndex={tabIndex(-1, index + fixed.length)}
            title={column.dataType ? `${column.key} ${formatType(column.dataType)}` : t("notInSchema", { field: column.key })}
            data-place={`-1 ${index + fixed.length}`}
          >
            <span className={classes.name}>{column.key}</span>
            <span className={classes.type}>{column.dataType ? formatType(column.dataType) : "?"}</span>
          </div>
        ))}
      </div>
      <div style={{ height: rows.getTotalSize(), position: "relative" }} role="rowgroup">
        {rows.getVirtualItems().map((item) => {
          const record = records[item.index] as PreviewRecord;
          return (
            <div
              key={record.seq}
              role="row"
              tabIndex={-1}
              aria-rowindex={item.index + 2}
              aria-selected={record === selected}
              className={classes.row}
              data-kind={record.kind}
              style={{ transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
            >
              {Array.from({ length: width }, (_, column) => {
                const text = textOf(record, column);
                const field = columns[column - fixed.length];
                const isNull = field !== undefined && valueAt(record.value, field.path) === null;
                return (
                  <div
                    // biome-ignore lint/suspicious/noArrayIndexKey: cells are places in a row.
                    key={column}
                    role="gridcell"
                    className={classes.cell}
                    data-fixed={fixed[column]}
                    data-null={isNull || undefined}
                    data-changed={(field && record.changed.includes(field.path.join("."))) || undefined}
                    tabIndex={tabIndex(item.index, column)}
                    title={text}
                    data-place={`${item.index} ${column}`}
                  >
                    {column === 0 && pinned.has(record.seq) && <IconPinFilled size={12} aria-label={t("pinned")} />}
                    {isNull ? "NULL" : text}
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value));
}
