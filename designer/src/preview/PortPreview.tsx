import { ActionIcon, Box, Button, Group, ScrollArea, SegmentedControl, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { DEFAULTS, parsePortRef } from "@millrace/engine/pipeline";
import { IconFunction, IconGitCompare, IconPlayerPause, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useCallback, useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ExpressionEditor } from "../editor/ExpressionEditor.tsx";
import type { ExpressionMark } from "../editor/marks.ts";
import { countText, rateText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { useEdgeSchema } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { useEdgeLive, useNodeLive } from "../store/live.ts";
import { type Column, columnsOf } from "./columns.ts";
import { DraftEffectView } from "./DraftEffectView.tsx";
import { dropReason, isDroppedPort } from "./dropped.ts";
import { EmptyRecords } from "./EmptyRecords.tsx";
import { FieldStatisticsView } from "./FieldStatisticsView.tsx";
import classes from "./preview.module.css";
import { RecordTable } from "./RecordTable.tsx";
import { RecordView } from "./RecordView.tsx";
import { RecordWay } from "./RecordWay.tsx";
import { formatJson, type PreviewRecord } from "./record.ts";
import { Tag } from "./Tag.tsx";
import { useShownZone } from "./time-text.ts";
import { type RecordFilter, useFilteredRecords } from "./use-filtered-records.ts";
import { usePortRecords, useSameAsLive } from "./use-port-records.ts";
import { useRecords } from "./use-records.ts";

interface PortPreviewProps {
  /** "node.port", or the rows that ended at a node (`droppedPort`). */
  readonly port: string;
  readonly picker?: React.ReactNode;
}

type View = "table" | "json" | "fields";
const NO_FILTER: RecordFilter = { mode: "text", text: "" };

/** The records of one output port as they pass, or those that a node dropped. */
export function PortPreview({ port, picker }: PortPreviewProps) {
  const { t } = useTranslation("preview");
  const words = useWords();
  const passed = useRecords(port);
  const { node } = parsePortRef(port);
  const type = useDocument(({ document }) => (Object.hasOwn(document.nodes, node) ? document.nodes[node]?.type : undefined));
  const isDropped = isDroppedPort(port, type);
  // What a node drops is as it came in.
  const feeding = useDocument(({ document }) => document.edges.find(({ to }) => parsePortRef(to).node === node)?.from);
  const schema = useEdgeSchema(isDropped ? (feeding ?? port) : port);
  const timeZone = useDocument(({ document }) => document.timeZone ?? DEFAULTS.timeZone);
  const shownZone = useShownZone();
  const isDeployed = useDocument(({ live }) => live !== undefined);
  const isLiveNode = useDocument(({ live }) => live !== undefined && Object.hasOwn(live.document.nodes, node));
  const sameAsLive = useSameAsLive(port);
  const canCompare = isDeployed && !sameAsLive && !isDropped;
  // A draft that nothing runs of shows what it gives when tried.
  const tried = usePortRecords(isDeployed || isDropped ? undefined : port).records;
  const isTried = passed.length === 0 && tried.length > 0;
  const incoming = isTried ? tried : passed;
  const [view, setView] = useState<View>("table");
  const [held, setHeld] = useState<readonly PreviewRecord[]>();
  const [pinned, setPinned] = useState<readonly PreviewRecord[]>([]);
  const [open, setOpen] = useState<PreviewRecord>();
  const [column, setColumn] = useState<Column>();
  const [filter, setFilter] = useState<RecordFilter>(NO_FILTER);
  const [compare, setCompare] = useState(true);
  const pinnedSeqs = useMemo(() => new Set(pinned.map(({ seq }) => seq)), [pinned]);
  const records = held ?? incoming;
  const { kept, problem, marks } = useFilteredRecords(records, filter, schema, timeZone);
  const shown = useMemo(() => [...pinned, ...kept.filter(({ seq }) => !pinnedSeqs.has(seq)).toReversed()], [kept, pinned, pinnedSeqs]);
  const columns = useMemo(() => columnsOf(schema, records), [schema, records]);
  const pin = useCallback(
    (record: PreviewRecord) =>
      setPinned((now) => (now.some(({ seq }) => seq === record.seq) ? now.filter(({ seq }) => seq !== record.seq) : [...now, record])),
    [],
  );
  // Another run counts its records anew: what was held belongs to the last one.
  const restarted = incoming.length === 0;
  useEffect(() => {
    if (restarted) setPinned([]);
  }, [restarted]);

  const showsDraft = canCompare && compare;
  // A node that is only in the draft has no live records to be seen beside.
  const alone = showsDraft && !isLiveNode && records.length === 0;
  return (
    <Stack gap={6} p="xs" h="100%" style={{ minHeight: 0 }}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        {picker}
        <PortTitle port={port} isDropped={isDropped} tried={isTried ? tried.length : undefined} />
        <SegmentedControl
          size="xs"
          style={{ flex: "none" }}
          aria-label={t("view")}
          value={view}
          onChange={(next) => setView(next as View)}
          data={[
            { value: "table", label: t("viewTable") },
            { value: "json", label: t("viewJson") },
            { value: "fields", label: t("viewFields") },
          ]}
        />
        <Tooltip label={held ? t("resume") : t("pause")}>
          <ActionIcon
            size={30}
            variant={held ? "filled" : "default"}
            aria-label={held ? t("resume") : t("pause")}
            aria-pressed={held !== undefined}
            onClick={() => setHeld(held ? undefined : incoming)}
          >
            {held ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
          </ActionIcon>
        </Tooltip>
        <Filter
          filter={filter}
          onChange={setFilter}
          schema={schema}
          timeZone={timeZone}
          records={records}
          problem={problem}
          marks={marks}
        />
        {canCompare && (
          <Button
            size="xs"
            variant={compare ? "light" : "default"}
            color="grape"
            aria-pressed={compare}
            leftSection={<IconGitCompare size={14} />}
            onClick={() => setCompare(!compare)}
            style={{ flex: "none" }}
          >
            {t("draftEffect")}
          </Button>
        )}
      </Group>
      <Group align="stretch" gap="sm" wrap="nowrap" style={{ flex: 1, minHeight: 0 }}>
        <Box style={{ flex: 1, minWidth: 0, minHeight: 0, display: alone ? "none" : "flex", flexDirection: "column" }}>
          {records.length === 0 && pinned.length === 0 ? (
            <EmptyRecords port={port} isDropped={isDropped} />
          ) : shown.length === 0 ? (
            <Text size="sm" c="var(--mr-muted)" p="sm">
              {t("nothingMatches", { count: records.length })}
            </Text>
          ) : view === "table" ? (
            <RecordTable
              label={t("recordsOf", { port })}
              timeZone={shownZone}
              records={shown}
              columns={columns}
              reasonOf={isDropped ? (reason) => words(dropReason(type, reason)) : undefined}
              pinned={pinnedSeqs}
              selected={open}
              onOpen={(record) => {
                setColumn(undefined);
                setOpen(record);
              }}
              onPin={pin}
              onColumn={(next) => {
                setOpen(undefined);
                setColumn(next);
              }}
            />
          ) : view === "json" ? (
            <ScrollArea h="100%" type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("recordsOf", { port }) }}>
              {shown.slice(0, 50).map((record) => (
                <pre key={record.seq} className={classes.json} style={{ marginBottom: 6 }}>
                  {record.value === undefined ? record.text : formatJson(record.value, 2)}
                </pre>
              ))}
            </ScrollArea>
          ) : (
            <ScrollArea h="100%" type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("viewFields") }}>
              <div className={classes.fields}>
                {columns.slice(0, 60).map((one) => (
                  <div key={one.key} className={classes.field}>
                    <FieldStatisticsView column={one} records={kept} />
                  </div>
                ))}
              </div>
            </ScrollArea>
          )}
        </Box>
        {showsDraft && !open && !column && <DraftEffectView port={port} alone={alone} />}
        {open && (
          <Box w="clamp(220px, 46%, 440px)" style={{ flex: "none", minHeight: 0 }}>
            <RecordView
              key={open.seq}
              record={open}
              pinned={pinnedSeqs.has(open.seq)}
              timeZone={shownZone}
              way={<RecordWay record={open} />}
              onPin={() => pin(open)}
              onClose={() => setOpen(undefined)}
            />
          </Box>
        )}
        {column && view === "table" && !open && (
          <ScrollArea w="clamp(200px, 36%, 280px)" style={{ flex: "none" }} type="auto">
            <FieldStatisticsView column={column} records={kept} />
            <Button size="compact-xs" variant="subtle" mt="xs" onClick={() => setColumn(undefined)}>
              {t("close")}
            </Button>
          </ScrollArea>
        )}
      </Group>
    </Stack>
  );
}

interface PortTitleProps {
  readonly port: string;
  readonly isDropped: boolean;
  /** Rows that the draft gave when it was tried; undefined: they are of a run. */
  readonly tried: number | undefined;
}

function PortTitle({ port, isDropped, tried }: PortTitleProps) {
  const { t } = useTranslation("preview");
  const { node, port: name } = parsePortRef(port);
  const nodeName = useDocument(({ document }) => (Object.hasOwn(document.nodes, node) ? document.nodes[node]?.name : undefined));
  const isDraftOnly = useDocument(({ live }) => live !== undefined && !Object.hasOwn(live.document.nodes, node));
  const live = useEdgeLive(port);
  const dropped = useNodeLive(node)?.dropped;
  const counts = isDropped
    ? dropped && t("droppedCounts", { total: countText(Object.values(dropped).reduce((sum, count) => sum + count, 0)) })
    : live && t("portCounts", { total: countText(live.total), rate: rateText(live.rate) });
  return (
    <div style={{ minWidth: 0, flex: "0 1 auto" }}>
      <Text size="sm" fw={600} truncate="end" title={port}>
        {nodeName ?? node} <Tag tone={isDropped ? "warning" : "muted"}>{isDropped ? t("choiceDropped") : name}</Tag>
      </Text>
      <Text size="xs" c="var(--mr-muted)" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
        {counts ?? (tried !== undefined ? t("triedRows", { count: tried }) : isDraftOnly ? t("draftOnly") : t("notRunning"))}
      </Text>
    </div>
  );
}

interface FilterProps {
  readonly filter: RecordFilter;
  readonly onChange: (filter: RecordFilter) => void;
  readonly schema: ReturnType<typeof useEdgeSchema>;
  readonly timeZone: string;
  readonly records: readonly PreviewRecord[];
  readonly problem: string | undefined;
  readonly marks: readonly ExpressionMark[];
}

function Filter({ filter, onChange, schema, timeZone, records, problem, marks }: FilterProps) {
  const { t } = useTranslation("preview");
  const context = useMemo(() => ({ schema, timeZone, samples: records.slice(-1), problems: marks }), [schema, timeZone, records, marks]);
  const problemId = useId();
  const isExpression = filter.mode === "expression";
  const toggle = isExpression ? t("filterByText") : t("filterByExpression");
  return (
    <Group gap={4} wrap="nowrap" style={{ flex: 1, minWidth: 90 }} align="flex-start">
      <div style={{ flex: 1, minWidth: 0 }}>
        {isExpression ? (
          <ExpressionEditor
            value={filter.text}
            onChange={(text) => onChange({ mode: "expression", text })}
            context={context}
            label={t("filterExpression")}
            placeholder={t("filterExpressionExample")}
            invalid={problem !== undefined}
            describedBy={problem === undefined ? undefined : problemId}
          />
        ) : (
          <TextInput
            size="xs"
            aria-label={t("filterText")}
            placeholder={t("filterText")}
            leftSection={<IconSearch size={14} />}
            value={filter.text}
            onChange={({ currentTarget }) => onChange({ mode: "text", text: currentTarget.value })}
          />
        )}
        {problem && (
          <Text id={problemId} size="xs" c="var(--mr-error)" role="status">
            {problem}
          </Text>
        )}
      </div>
      <Tooltip label={toggle}>
        <ActionIcon
          variant={isExpression ? "filled" : "default"}
          size={30}
          aria-label={toggle}
          aria-pressed={isExpression}
          onClick={() => onChange({ mode: isExpression ? "text" : "expression", text: "" })}
        >
          <IconFunction size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
