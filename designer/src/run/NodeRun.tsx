import { Alert, Text } from "@mantine/core";
import type { Words } from "@millrace/engine/node";
import { IconAlertCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { countText, momentText } from "../i18n/numbers.ts";
import { useLanguage, useWords } from "../i18n/use-words.ts";
import { dropReason } from "../preview/dropped.ts";
import { useDocument } from "../store/document.ts";
import { useNodeLive, useRunStatus } from "../store/live.ts";
import { specs } from "../store/specs.ts";
import { bytesText } from "../topics/topic-figures.ts";
import { LastRows } from "./LastRows.tsx";
import classes from "./run.module.css";

/** Of a node that runs or ran: why it failed last, what came last, what it dropped and what it keeps. Nothing where there is none of it. */
export function NodeRun({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation("run");
  const words = useWords();
  const language = useLanguage();
  const run = useRunStatus();
  const live = useNodeLive(nodeId);
  const state = live?.state;
  const type = useDocument((store) => store.document.nodes[nodeId]?.type);
  const holdings = Object.entries(live?.holdings ?? {});
  const shares = sharesOf(type, live?.holdings ?? {});
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const failure = run?.failure?.nodeId === nodeId ? run.failure : undefined;
  const dropped = Object.entries(live?.dropped ?? {}).filter(([, count]) => count > 0);
  if (!failure && !live) return null;
  const runsAgain = run?.state === "running";
  return (
    <section aria-label={t("nodeRun")}>
      {failure && (
        <Alert
          color={runsAgain ? "gray" : "red"}
          variant="light"
          p="xs"
          icon={<IconAlertCircle size={16} />}
          title={runsAgain ? t("nodeFailedBefore", { at: momentText(failure.at) }) : t("nodeFailed", { at: momentText(failure.at) })}
          styles={{ message: { overflowWrap: "anywhere" } }}
        >
          {words(failure.message)}
        </Alert>
      )}
      <LastRows nodeId={nodeId} />
      {dropped.length > 0 && (
        <dl className={classes.state} aria-label={t("dropped")}>
          {dropped.map(([reason, count]) => (
            <Fact key={reason} name={t("droppedFor", { reason: words(dropReason(type, reason)) })} value={countText(count)} />
          ))}
        </dl>
      )}
      {holdings.length > 0 && (
        <dl className={classes.state} aria-label={t("holds")}>
          {holdings.map(([name, count]) => (
            <Fact key={name} name={nameOf(type, name, words)} value={countText(count)} />
          ))}
          {shares.map(({ title, share }) => (
            <Fact key={title.en} name={words(title)} value={percent.format(share)} />
          ))}
        </dl>
      )}
      {state && (
        <>
          <Text size="sm" fw={600} mt={failure || holdings.length > 0 ? "xs" : 0}>
            {t("stateHeld")}
          </Text>
          <dl className={classes.state}>
            <Fact name={t("stateKeys")} value={countText(state.keys)} />
            <Fact name={t("stateTimers")} value={countText(state.timers)} />
            <Fact name={t("stateMemory")} value={bytesText(state.memoryBytes, language)} />
            <Fact name={t("stateSpilled")} value={bytesText(state.spilledBytes, language)} />
          </dl>
        </>
      )}
    </section>
  );
}

/** Those of which there is anything. */
function sharesOf(type: string | undefined, holdings: Readonly<Record<string, number>>) {
  return (type === undefined ? [] : (specs.get(type)?.shares ?? [])).flatMap(({ title, part, rest }) => {
    const [one, other] = [holdings[part] ?? 0, holdings[rest] ?? 0];
    return one + other === 0 ? [] : [{ title, share: one / (one + other) }];
  });
}

function nameOf(type: string | undefined, name: string, words: (text: Words) => string): string {
  const known = type === undefined ? undefined : specs.get(type)?.holdings?.[name];
  return known ? words(known) : name;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
