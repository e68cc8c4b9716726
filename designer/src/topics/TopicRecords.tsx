import { Alert, Button, Code, Group, NativeSelect, ScrollArea, Stack, Table, Text, TextInput } from "@mantine/core";
import type { RecordPage, TopicRecordView, TopicSummary } from "@millrace/server/api";
import { IconAlertCircle } from "@tabler/icons-react";
import { type FormEvent, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { CopyButton } from "../preview/CopyButton.tsx";
import classes from "../preview/preview.module.css";
import { formatJson, parseJson } from "../preview/record.ts";
import { useShownZone, useTimeText } from "../preview/time-text.ts";
import { ZoneName } from "../preview/ZoneName.tsx";
import { server } from "../server.ts";
import { AddRecord, type NewRecord } from "./AddRecord.tsx";
import { useErrorText } from "./error-text.ts";
import { FROM_LATEST, type ReadFrom, recordQuery } from "./read-from.ts";

/** The records of a topic from a place on, page by page. */
export function TopicRecords({ topic, connection }: { readonly topic: TopicSummary; readonly connection: string | undefined }) {
  const { t } = useTranslation("topics");
  const errorText = useErrorText();
  const zone = useShownZone();
  const timeText = useTimeText(zone);
  const [asked, setAsked] = useState<ReadFrom>(FROM_LATEST);
  const [records, setRecords] = useState<readonly TopicRecordView[]>([]);
  const [page, setPage] = useState<RecordPage>();
  const [open, setOpen] = useState<TopicRecordView>();
  const [failure, setFailure] = useState<string>();
  const [reading, setReading] = useState(false);
  const [adding, setAdding] = useState<NewRecord>();

  const read = useCallback(
    async (from: ReadFrom, onwards: RecordPage["next"] | undefined) => {
      const query = recordQuery(from, zone, onwards);
      if (!query) return setFailure(t("badPosition"));
      setReading(true);
      setFailure(undefined);
      try {
        const next = await server.topicRecords(topic.name, { ...query, ...(connection && { connection }) });
        setPage(next);
        // The newest records are asked for to be seen first.
        setRecords((before) =>
          onwards ? [...before, ...next.records] : from.from === "latest" ? next.records.toReversed() : next.records,
        );
        if (!onwards) setOpen(undefined);
      } catch (error) {
        setFailure(errorText(error));
      } finally {
        setReading(false);
      }
    },
    [topic.name, connection, zone, t, errorText],
  );
  useEffect(() => {
    void read(FROM_LATEST, undefined);
  }, [read]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void read(asked, undefined);
  };
  return (
    <Stack gap={6} style={{ flex: 1, minHeight: 0 }}>
      <form onSubmit={submit}>
        <Group gap="xs" wrap="nowrap">
          <NativeSelect
            size="xs"
            aria-label={t("partition")}
            w={116}
            style={{ flex: "none" }}
            value={asked.partition === undefined ? "" : String(asked.partition)}
            data={[
              { value: "", label: t("everyPartition") },
              ...topic.partitions.map(({ partition }) => ({ value: String(partition), label: t("partitionNumber", { partition }) })),
            ]}
            onChange={({ currentTarget: { value } }) => setAsked({ ...asked, partition: value === "" ? undefined : Number(value) })}
          />
          <NativeSelect
            size="xs"
            aria-label={t("readFrom")}
            w={110}
            style={{ flex: "none" }}
            value={asked.from}
            data={[
              { value: "latest", label: t("fromLatest") },
              { value: "earliest", label: t("fromEarliest") },
              { value: "offset", label: t("fromOffset") },
              { value: "time", label: t("fromTime") },
            ]}
            onChange={({ currentTarget: { value } }) => setAsked({ ...asked, from: value as ReadFrom["from"] })}
          />
          {asked.from === "offset" && (
            <TextInput
              size="xs"
              aria-label={t("offset")}
              w={90}
              value={asked.offset}
              inputMode="numeric"
              onChange={(event) => setAsked({ ...asked, offset: event.currentTarget.value })}
            />
          )}
          {asked.from === "time" && (
            <TextInput
              size="xs"
              type="datetime-local"
              step={1}
              aria-label={t("timeIn", { zone })}
              title={t("timeIn", { zone })}
              value={asked.time}
              onChange={(event) => setAsked({ ...asked, time: event.currentTarget.value })}
            />
          )}
          <TextInput
            size="xs"
            aria-label={t("searchRecords")}
            placeholder={t("searchRecordsPlaceholder")}
            value={asked.search}
            style={{ flex: 1, minWidth: 70 }}
            onChange={(event) => setAsked({ ...asked, search: event.currentTarget.value })}
          />
          <Button size="xs" type="submit" loading={reading} style={{ flex: "none" }}>
            {t("read")}
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-haspopup="dialog"
            style={{ flex: "none" }}
            onClick={() => setAdding({ key: "", text: "" })}
          >
            {t("addRecord")}
          </Button>
        </Group>
      </form>
      {failure && (
        <Alert color="red" variant="light" icon={<IconAlertCircle size={16} />} p="xs">
          {failure}
        </Alert>
      )}
      <Group align="stretch" gap="sm" wrap="nowrap" style={{ flex: 1, minHeight: 0 }}>
        <ScrollArea style={{ flex: 1, minWidth: 0 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("records") }}>
          <Table stickyHeader highlightOnHover fz="xs" ff="monospace" verticalSpacing={3} aria-label={t("records")}>
            <Table.Thead>
              <Table.Tr>
                {(["partition", "offset", "time", "key", "value"] as const).map((name) => (
                  <Table.Th key={name} style={{ whiteSpace: "nowrap" }}>
                    {t(name)}
                    {name === "time" && <ZoneName zone={zone} />}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {records.map((record) => (
                <Table.Tr
                  key={`${record.partition}@${record.offset}`}
                  {...(record === open && { bg: "var(--mantine-primary-color-light)" })}
                  onClick={() => setOpen(record)}
                >
                  <Table.Td>{record.partition}</Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      ff="monospace"
                      aria-label={t("openRecord", { partition: record.partition, offset: record.offset })}
                      onClick={() => setOpen(record)}
                    >
                      {record.offset}
                    </Button>
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: "nowrap" }}>{timeText(record.time)}</Table.Td>
                  <Table.Td maw={120}>
                    <Text inherit truncate="end">
                      {record.key ?? "NULL"}
                    </Text>
                  </Table.Td>
                  <Table.Td w="100%" maw={0} miw={open ? 60 : 200}>
                    <Text inherit truncate="end">
                      {record.text ?? "NULL"}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {page && records.length === 0 && (
            <Text size="sm" c="var(--mr-muted)" p="sm">
              {asked.search ? t("nothingFound", { count: page.scanned, total: countText(page.scanned) }) : t("noRecords")}
            </Text>
          )}
          {page && !page.done && (
            <Button size="xs" variant="light" mt="xs" loading={reading} onClick={() => void read(asked, page.next)}>
              {t("readMore")}
            </Button>
          )}
        </ScrollArea>
        {open && <RecordDetail record={open} topic={topic.name} onCopy={setAdding} />}
      </Group>
      {adding && (
        <AddRecord
          topic={topic.name}
          connection={connection}
          initial={adding}
          onClose={() => setAdding(undefined)}
          onAdded={() => void read(FROM_LATEST, undefined)}
        />
      )}
    </Stack>
  );
}

interface RecordDetailProps {
  readonly record: TopicRecordView;
  readonly topic: string;
  readonly onCopy: (record: NewRecord) => void;
}

function RecordDetail({ record, topic, onCopy }: RecordDetailProps) {
  const { t } = useTranslation("topics");
  const value = record.text === null || record.encoding === "base64" ? undefined : parseJson(record.text);
  const origin = `${topic}-${record.partition}@${record.offset}`;
  return (
    <Stack gap="xs" w="clamp(220px, 46%, 440px)" style={{ flex: "none", minHeight: 0 }} component="section" aria-label={t("record")}>
      <Group gap={4} wrap="nowrap">
        <Text size="sm" ff="monospace" truncate="end">
          {origin}
        </Text>
        <CopyButton text={record.text ?? ""} label={t("copyValue")} />
        {value !== undefined && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-haspopup="dialog"
            onClick={() => onCopy({ key: record.key ?? "", text: formatJson(value, 2) })}
          >
            {t("addChanged")}
          </Button>
        )}
      </Group>
      <Text size="xs">
        {t("key")}: <Code>{record.key ?? "NULL"}</Code>
      </Text>
      {Object.entries(record.headers ?? {}).map(([name, header]) => (
        <Text key={name} size="xs">
          {t("header", { name })}: <Code>{header}</Code>
        </Text>
      ))}
      {record.encoding === "base64" && (
        <Text size="xs" c="var(--mr-muted)">
          {t("base64")}
        </Text>
      )}
      <ScrollArea style={{ flex: 1 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("value") }}>
        <pre className={classes.json}>{value === undefined ? (record.text ?? "NULL") : formatJson(value, 2)}</pre>
      </ScrollArea>
    </Stack>
  );
}
