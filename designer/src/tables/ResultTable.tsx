import { ScrollArea, Table } from "@mantine/core";
import type { QueryResultView } from "@millrace/server/api";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "./chart-data.ts";

const ROW_HEIGHT = 24;

/** Ten thousand rows are as quick as ten. */
export function ResultTable({ result: { columns, rows } }: { readonly result: QueryResultView }) {
  const { t } = useTranslation("tables");
  const viewport = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
  });
  const shown = list.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = list.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <ScrollArea
      style={{ flex: 1, minHeight: 0 }}
      type="auto"
      viewportRef={viewport}
      viewportProps={{ tabIndex: 0, "aria-label": t("result") }}
    >
      <Table stickyHeader fz="xs" ff="monospace" verticalSpacing={2} aria-label={t("result")} aria-rowcount={rows.length + 1}>
        <Table.Thead>
          <Table.Tr aria-rowindex={1}>
            {columns.map(({ name, type }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
              <Table.Th key={i} title={type} style={{ whiteSpace: "nowrap" }}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {above > 0 && <Filler height={above} columns={columns.length} />}
          {shown.map(({ index }) => (
            <Table.Tr key={index} aria-rowindex={index + 2} h={ROW_HEIGHT}>
              {(rows[index] ?? []).map((value, i) => (
                <Table.Td
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is where it stands.
                  key={i}
                  style={{ whiteSpace: "nowrap", maxWidth: 480, overflow: "hidden", textOverflow: "ellipsis" }}
                  title={textOf(value)}
                >
                  {textOf(value)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          {below > 0 && <Filler height={below} columns={columns.length} />}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Filler({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <Table.Tr aria-hidden>
      <Table.Td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </Table.Tr>
  );
}
