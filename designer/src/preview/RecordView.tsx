import { ActionIcon, Group, ScrollArea, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconPin, IconPinFilled, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "./CopyButton.tsx";
import { leavesOf } from "./leaves.ts";
import classes from "./preview.module.css";
import { cellText, formatJson, type PreviewRecord } from "./record.ts";
import { Tag } from "./Tag.tsx";
import { useTimeText } from "./time-text.ts";

interface RecordViewProps {
  readonly record: PreviewRecord;
  readonly pinned: boolean;
  readonly timeZone: string;
  /** The record's way through the graph, drawn by whoever knows the graph. */
  readonly way: React.ReactNode;
  readonly onPin: () => void;
  readonly onClose: () => void;
}

/** One record alone: its fields with their paths, its text, its way. */
export function RecordView({ record, pinned, timeZone, way, onPin, onClose }: RecordViewProps) {
  const { t } = useTranslation("preview");
  const timeText = useTimeText(timeZone);
  const [tab, setTab] = useState<"fields" | "json" | "way">("fields");
  const json = record.value === undefined ? record.text : formatJson(record.value, 2);
  return (
    <Stack gap="xs" h="100%" component="section" aria-label={t("recordLabel")}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <SegmentedControl
          size="xs"
          value={tab}
          onChange={(next) => setTab(next as typeof tab)}
          data={[
            { value: "fields", label: t("recordFields") },
            { value: "json", label: t("recordJson") },
            { value: "way", label: t("recordWay") },
          ]}
        />
        <Group gap={2} wrap="nowrap">
          <CopyButton text={record.text} label={t("copyRecord")} />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={pinned ? t("unpin") : t("pin")}
            aria-pressed={pinned}
            onClick={onPin}
          >
            {pinned ? <IconPinFilled size={14} /> : <IconPin size={14} />}
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("closeRecord")} onClick={onClose}>
            <IconX size={14} />
          </ActionIcon>
        </Group>
      </Group>
      <Group gap={6}>
        <Tag tone="accent">{t(KIND_WORDS[record.kind])}</Tag>
        {record.origin && (
          <Text size="xs" ff="monospace" title={t("origin")}>
            {record.origin}
          </Text>
        )}
        <Text size="xs" c="var(--mr-muted)" title={`${t("eventTime")} · ${t("inTimeZone", { zone: timeZone })}`}>
          {record.time === null ? t("noEventTime") : `${timeText(record.time)} ${timeZone}`}
        </Text>
        {record.truncated && <Tag tone="warning">{t("truncated")}</Tag>}
      </Group>
      <ScrollArea style={{ flex: 1 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("recordLabel") }}>
        {tab === "json" && <pre className={classes.json}>{json}</pre>}
        {tab === "way" && way}
        {tab === "fields" &&
          (record.value === undefined ? (
            <Stack gap={4}>
              <Text size="xs" c="var(--mr-muted)">
                {t(record.truncated ? "cutOff" : "notJson")}
              </Text>
              <pre className={classes.json}>{record.text}</pre>
            </Stack>
          ) : (
            leavesOf(record.value).map(({ path, value }) => (
              <div key={path} className={classes.path}>
                <Text component="span" inherit c="var(--mr-muted)" style={{ flex: "none" }}>
                  {path}
                </Text>
                <span style={{ overflowWrap: "anywhere", flex: 1 }}>{value === null ? "NULL" : cellText(value)}</span>
                <CopyButton text={path} label={t("copyPathOf", { path })} />
              </div>
            ))
          ))}
      </ScrollArea>
    </Stack>
  );
}

const KIND_WORDS = { "+I": "kindInsert", "-U": "kindUpdateBefore", "+U": "kindUpdateAfter", "-D": "kindDelete" } as const;
