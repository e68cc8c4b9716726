import { Group, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { formatType } from "@millrace/engine/expression";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { share } from "../editor/LiveValue.tsx";
import { CopyButton } from "./CopyButton.tsx";
import type { Column } from "./columns.ts";
import classes from "./preview.module.css";
import type { PreviewRecord } from "./record.ts";
import { statisticsOf } from "./statistics.ts";

/** One field over the held records. */
export function FieldStatisticsView({ column, records }: { readonly column: Column; readonly records: readonly PreviewRecord[] }) {
  const { t } = useTranslation("preview");
  const statistics = useMemo(() => statisticsOf(records, column), [records, column]);
  const facts = [
    [t("nullShare"), statistics.count > 0 ? `${share(statistics.nulls, statistics.count)} %` : "–"],
    [t("distinct"), String(statistics.distinct)],
    [t("smallest"), statistics.min ?? "–"],
    [t("largest"), statistics.max ?? "–"],
  ] as const;
  const bars = statistics.histogram;
  const highest = bars ? Math.max(...bars) : 0;
  return (
    <Stack gap="xs">
      <Group gap={4} wrap="nowrap">
        <Text size="sm" fw={600} ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {column.key}
        </Text>
        <CopyButton text={column.key} label={t("copyPath")} />
      </Group>
      <Text size="xs" c="var(--mr-muted)" ff="monospace">
        {column.dataType ? formatType(column.dataType) : t("notListed")}
      </Text>
      <SimpleGrid cols={2} spacing={6}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text size="xs" c="var(--mr-muted)">
              {name}
            </Text>
            <Text size="sm" ff="monospace" truncate="end" title={value}>
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {bars && (
        <div className={classes.bars} role="img" aria-label={t("histogram", { field: column.key })}>
          {bars.map((count, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: bins are places.
            <div key={index} className={classes.bar} style={{ height: `${(count / highest) * 100}%` }} title={String(count)} />
          ))}
        </div>
      )}
      {statistics.top.length > 0 && (
        <Stack gap={4}>
          <Text size="xs" c="var(--mr-muted)">
            {t("topValues", { count: statistics.count })}
          </Text>
          {statistics.top.map(({ text, count }) => (
            <div key={text}>
              <Group justify="space-between" wrap="nowrap" gap="xs">
                <Text size="xs" ff="monospace" truncate="end" title={text}>
                  {text === "" ? "''" : text}
                </Text>
                <Text size="xs">{count}</Text>
              </Group>
              <Progress size={3} value={(count / statistics.count) * 100} aria-label={`${text}: ${count}`} />
            </div>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
