import { Button, Stack, Text } from "@mantine/core";
import { parsePortRef } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { useDocument } from "../store/document.ts";
import { nodeLive, useNodeLive, useRunStatus } from "../store/live.ts";
import { show } from "../store/ui.ts";
import { dropReason } from "./dropped.ts";
import { useShownZone, useTimeText } from "./time-text.ts";

/** Says what a port without records waits for, and what came before it. */
export function EmptyRecords({ port, isDropped }: { readonly port: string; readonly isDropped: boolean }) {
  const { t } = useTranslation("preview");
  const words = useWords();
  const { node } = parsePortRef(port);
  const document = useDocument((state) => state.document);
  const timeText = useTimeText(useShownZone());
  const run = useRunStatus();
  const live = useNodeLive(node);
  const type = Object.hasOwn(document.nodes, node) ? document.nodes[node]?.type : undefined;
  const nameOf = (id: string) => (Object.hasOwn(document.nodes, id) ? document.nodes[id]?.name : undefined) ?? id;

  if (!run || ["stopped", "failed", "finished"].includes(run.state)) {
    return (
      <Stack p="sm" gap="xs" align="flex-start">
        <Text size="sm">{run ? t("emptyStopped") : t("emptyNeverDeployed")}</Text>
        {run?.failure && <Text size="sm">{words(run.failure.message)}</Text>}
        <Button size="xs" variant="light" onClick={() => show({ overlay: "deploy" })}>
          {t("deploy")}
        </Button>
      </Stack>
    );
  }
  if (!live) return <Line>{t("emptyNotDeployed", { name: nameOf(node) })}</Line>;
  const arrived = Object.values(live.in).reduce((sum, { total }) => sum + total, 0);
  const feeders = document.edges.filter(({ to }) => parsePortRef(to).node === node).map(({ from }) => parsePortRef(from).node);
  const dropped = Object.entries(live.dropped).filter(([, count]) => count > 0);
  if (isDropped && dropped.length === 0) return <Line>{t("nothingDropped", { name: nameOf(node) })}</Line>;
  if (isDropped) {
    const total = dropped.reduce((sum, [, count]) => sum + count, 0);
    return <Line>{t("nothingDroppedHere", { name: nameOf(node), total: countText(total) })}</Line>;
  }
  return (
    <Stack p="sm" gap={4}>
      <Text size="sm" fw={600}>
        {live.waitsFor ? words(live.waitsFor) : t("emptyWaits", { name: nameOf(node) })}
      </Text>
      {feeders.map((id) => (
        <Line key={id}>{t("emptyFeeder", { name: nameOf(id), total: countText(totalOut(id)) })}</Line>
      ))}
      {feeders.length > 0 && <Line>{t("emptyArrived", { name: nameOf(node), total: countText(arrived) })}</Line>}
      {dropped.map(([reason, count]) => (
        <Line key={reason}>{t("emptyDropped", { total: countText(count), reason: words(dropReason(type, reason)) })}</Line>
      ))}
      {live.errors > 0 && <Line>{t("emptyErrors", { total: countText(live.errors) })}</Line>}
      {Object.entries(live.inputs ?? {}).map(([input, { lastTime, watermark }]) => (
        <Line key={input}>
          {t("emptyInput", {
            input,
            time: timeText(lastTime),
            watermark: typeof watermark === "string" ? t("emptyInputEnded") : timeText(watermark),
          })}
        </Line>
      ))}
      {typeof live.watermark === "number" && <Line>{t("emptyWatermark", { time: timeText(live.watermark) })}</Line>}
    </Stack>
  );
}

function Line({ children }: { readonly children: React.ReactNode }) {
  return (
    <Text size="sm" c="var(--mr-muted)">
      {children}
    </Text>
  );
}

function totalOut(id: string): number {
  return Object.values(nodeLive(id)?.out ?? {}).reduce((sum, { total }) => sum + total, 0);
}
