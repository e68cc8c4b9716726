import { Anchor, Button, CloseButton, Group, Stack, Text, Title } from "@mantine/core";
import type { MapFlow, MapJob } from "@millrace/server/api";
import { useTranslation } from "react-i18next";
import { countText, momentText, rateText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { select } from "../store/selection.ts";
import { openPipeline } from "../store/session.ts";
import { show } from "../store/ui.ts";
import { KINDS } from "./cards.tsx";
import { type Card, waitOf } from "./drawing.ts";
import classes from "./map.module.css";

interface StorePanelProps {
  readonly card: Card;
  readonly jobs: readonly MapJob[];
  readonly onClose: () => void;
}

/** What a topic or table holds, who writes and who reads it. */
export function StorePanel({ card, jobs, onClose }: StorePanelProps) {
  const { t } = useTranslation("map");
  const words = useWords();
  if (card.thing.is !== "store") return null;
  const { kind, name, connection, isThere, records, newestAt, failure } = card.thing.store;
  const waits = records ? undefined : waitOf(card.into);
  const facts = [
    t(KINDS[kind].title),
    ...(connection === undefined ? [] : [t("inConnection", { connection })]),
    ...(isThere === false ? [t("notThere")] : []),
    ...(records === undefined ? [] : [t(kind === "topic" ? "records" : "rows", { count: records, total: countText(records) })]),
    ...(newestAt === undefined ? [] : [momentText(newestAt)]),
  ];
  const someone = [...card.into, ...card.outOf].find(({ node }) => node !== undefined)?.job;
  const browse = async () => {
    if (someone === undefined || !(await openPipeline(someone))) return;
    if (kind === "topic") show({ view: "canvas", drawer: "topics", topicConnection: connection, topicName: name });
    else show({ view: "canvas", drawer: kind === "table" ? "tables" : "dimensions" });
  };
  return (
    <aside className={classes.panel} aria-label={name} onKeyDown={({ key }) => key === "Escape" && onClose()}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={2} size="h5" style={{ overflowWrap: "anywhere" }}>
            {name}
          </Title>
          <CloseButton aria-label={t("close")} onClick={onClose} />
        </Group>
        <Text size="xs" c="var(--mr-muted)">
          {facts.join(" · ")}
        </Text>
        {waits && <Text size="sm">{words(waits)}</Text>}
        {failure && (
          <Text size="sm" c="var(--mr-error)">
            {words(failure)}
          </Text>
        )}
        {(kind === "topic" || (kind !== "file" && connection === undefined)) && isThere && someone !== undefined && (
          <Button size="xs" variant="default" onClick={() => void browse()}>
            {t(kind === "topic" ? "browse" : "browseRows")}
          </Button>
        )}
        <Ends title={t("writtenBy")} flows={card.into} jobs={jobs} none={t("nobodyWrites")} />
        <Ends title={t("readBy")} flows={card.outOf} jobs={jobs} none={t("nobodyReads")} />
      </Stack>
    </aside>
  );
}

interface EndsProps {
  readonly title: string;
  readonly flows: readonly MapFlow[];
  readonly jobs: readonly MapJob[];
  readonly none: string;
}

function Ends({ title, flows, jobs, none }: EndsProps) {
  const { t } = useTranslation("map");
  const words = useWords();
  const open = async (job: string, node: string) => {
    if (!(await openPipeline(job))) return;
    select({ nodes: [node] });
    show({ view: "canvas" });
  };
  return (
    <section aria-label={title}>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      {flows.length === 0 && (
        <Text size="sm" c="var(--mr-muted)">
          {none}
        </Text>
      )}
      {flows.map(({ job, node, rate, lag = 0 }) => {
        const found = jobs.find(({ id }) => id === job);
        const name = found?.kind === "collector" ? t("collector") : found?.title ? words(found.title) : (found?.name ?? job);
        const figures = [
          ...(rate === undefined ? [] : [t("perSecond", { rate: rateText(rate) })]),
          ...(lag > 0 ? [t("behind", { total: countText(lag) })] : []),
        ];
        return (
          <Text size="sm" key={`${job} ${node}`} style={{ overflowWrap: "anywhere" }}>
            {node === undefined ? (
              name
            ) : (
              <Anchor component="button" type="button" size="sm" underline="always" ta="start" onClick={() => void open(job, node)}>
                {name}
              </Anchor>
            )}{" "}
            <Text span size="xs" c="var(--mr-muted)">
              {figures.join(" · ")}
            </Text>
          </Text>
        );
      })}
    </section>
  );
}
