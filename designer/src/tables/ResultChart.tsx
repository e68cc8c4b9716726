import { Group, NativeSelect, SegmentedControl, Stack, Text, useComputedColorScheme } from "@mantine/core";
import type { QueryResultView } from "@millrace/server/api";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Chart } from "./chart.ts";
import { type ChartData, chartData } from "./chart-data.ts";

type Kind = "line" | "bar";

/** A result's numbers along one of its columns. */
export function ResultChart({ result }: { readonly result: QueryResultView }) {
  const { t } = useTranslation("tables");
  const [wanted, setWanted] = useState<string>();
  const [kind, setKind] = useState<Kind>("line");
  const data = useMemo(() => chartData(result, wanted), [result, wanted]);
  if (!data)
    return (
      <Text size="sm" c="var(--mr-muted)" p="xs">
        {t("noChart")}
      </Text>
    );
  return (
    <Stack gap={4} h="100%" style={{ minHeight: 0 }}>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label={t("x")}
          value={data.x}
          data={[...data.axes]}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("kind")}
          value={kind}
          data={[
            { value: "line", label: t("line") },
            { value: "bar", label: t("bar") },
          ]}
          onChange={(next) => setKind(next as Kind)}
        />
      </Group>
      <Drawn data={data} kind={kind} />
    </Stack>
  );
}

function Drawn({ data, kind }: { readonly data: ChartData; readonly kind: Kind }) {
  const { t } = useTranslation("tables");
  const scheme = useComputedColorScheme("light");
  const host = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<Chart>();
  useEffect(() => {
    let made: Chart | undefined;
    let isGone = false;
    // In a chunk of its own: it is big, and few look at charts here.
    void import("./chart.ts").then(({ createChart }) => {
      if (isGone || !host.current) return;
      made = createChart(host.current, scheme);
      setChart(made);
    });
    return () => {
      isGone = true;
      made?.close();
    };
  }, [scheme]);
  useEffect(() => chart?.draw(data, kind), [chart, data, kind]);
  const label = t("chartLabel", { series: data.series.map(({ name }) => name).join(", "), x: data.x });
  return <div ref={host} role="img" aria-label={label} style={{ flex: 1, minHeight: 120 }} />;
}
