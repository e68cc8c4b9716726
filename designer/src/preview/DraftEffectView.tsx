import { Group, Loader, ScrollArea, Stack, Text } from "@mantine/core";
import { parsePortRef, words as problemWords } from "@millrace/engine/pipeline";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { useDocument } from "../store/document.ts";
import { DifferenceList } from "./DifferenceList.tsx";
import { differencesOf } from "./difference.ts";
import { givenToBoth, pairRows, type RowPair, upstreamOf } from "./draft-difference.ts";
import { type DraftEffect, useDraftEffect } from "./draft-effect.ts";
import classes from "./preview.module.css";
import { Tag } from "./Tag.tsx";
import { toRecords } from "./use-records.ts";

const SHOWN = 60;

interface DraftEffectProps {
  readonly port: string;
  /** There are no live records beside it. */
  readonly alone: boolean;
}

/** What deploying the draft would change at a port, on the same records that the running version was given. */
export function DraftEffectView({ port, alone }: DraftEffectProps) {
  const { t } = useTranslation("preview");
  const effect = useDraftEffect(true);
  return (
    <Stack
      gap={6}
      {...(alone
        ? { style: { flex: 1, minWidth: 0, minHeight: 0 } }
        : { w: "clamp(220px, 46%, 440px)", style: { flex: "none", minHeight: 0 } })}
      component="section"
      aria-label={t("draftEffect")}
    >
      {effect.state === "working" && !effect.draft && <Loader size={14} aria-label={t("draftWorking")} />}
      <Body effect={effect} port={port} />
    </Stack>
  );
}

function Body({ effect, port }: { readonly effect: DraftEffect; readonly port: string }) {
  const { t } = useTranslation("preview");
  const words = useWords();
  const errors = effect.problems.filter(({ severity }) => severity === "error");
  if (effect.failure) return <Text size="sm">{words(effect.failure)}</Text>;
  if (effect.state === "empty") return <Text size="sm">{t("draftNoRecords")}</Text>;
  if (errors[0]) {
    return (
      <Stack gap={4}>
        <Text size="sm">{t("draftWrong", { count: errors.length })}</Text>
        <Text size="sm" c="var(--mr-error)">
          {words(problemWords(errors[0]))}
        </Text>
      </Stack>
    );
  }
  if (!effect.draft) return null;
  return <Compared effect={effect} port={port} />;
}

function Compared({ effect, port }: { readonly effect: DraftEffect; readonly port: string }) {
  const { t } = useTranslation("preview");
  const draft = portOf(effect.draft, port);
  const live = portOf(effect.live, port);
  const document = useDocument((state) => state.document);
  const { pairs, before, now } = useMemo(() => {
    const given = live ? givenToBoth(recordsByPort(effect.live), recordsByPort(effect.draft)) : () => true;
    const [before, now] = [toRecords(live?.rows ?? []).filter(given), toRecords(draft?.rows ?? []).filter(given)];
    // Beyond the end of a list that was cut off nothing is known of the other's rows.
    const unknown = { added: isCut(live), removed: isCut(draft), changed: false, same: false };
    return { pairs: pairRows(before, now).filter(({ what }) => !unknown[what]), before, now };
  }, [effect, live, draft]);
  const records = useMemo(() => {
    const upstream = upstreamOf(document, parsePortRef(port).node);
    return Object.entries(effect.draft?.inputs ?? {}).reduce((sum, [node, given]) => (upstream.has(node) ? sum + given : sum), 0);
  }, [document, port, effect.draft]);
  const totals = {
    records: countText(records),
    live: countText(live && isCut(live) ? live.total : before.length),
    draft: countText(draft && isCut(draft) ? draft.total : now.length),
  };
  const count = (what: RowPair["what"]) => pairs.filter((pair) => pair.what === what).length;
  const differing = pairs.filter(({ what }) => what !== "same");
  const counts = [
    ["same", "muted", t("pairSame", { count: count("same") })],
    ["changed", "accent", t("pairChanged", { count: count("changed") })],
    ["added", "ok", t("pairAdded", { count: count("added") })],
    ["removed", "warning", t("pairRemoved", { count: count("removed") })],
  ] as const;
  return (
    <>
      <Text size="sm">{live ? t("draftAgainstLive", totals) : t("draftNewPort", totals)}</Text>
      <Group gap={4}>
        {counts
          .filter(([what]) => count(what) > 0)
          .map(([what, tone, text]) => (
            <Tag key={what} tone={tone}>
              {text}
            </Tag>
          ))}
      </Group>
      <ScrollArea style={{ flex: 1 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("draftRows") }}>
        {differing.length === 0 && <Text size="sm">{t("draftSame")}</Text>}
        {differing.slice(0, SHOWN).map((pair, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of one answer, in their order.
          <Pair key={index} pair={pair} />
        ))}
      </ScrollArea>
    </>
  );
}

const SIGNS = { added: "+", removed: "−", changed: "~", same: "=" } as const;
const PAIR_WORDS = { added: "rowAdded", removed: "rowGone", changed: "rowChanged", same: "rowSame" } as const;

function Pair({ pair }: { readonly pair: RowPair }) {
  const { t } = useTranslation("preview");
  const record = pair.draft ?? pair.live;
  return (
    <div className={classes.pair} data-what={pair.what}>
      <Text size="xs" c="var(--mr-muted)" ff="monospace">
        {SIGNS[pair.what]} {t(PAIR_WORDS[pair.what])} {record?.origin}
      </Text>
      {pair.what === "changed" ? (
        <DifferenceList differences={differencesOf(pair.live?.value, pair.draft?.value)} />
      ) : (
        <div className={classes.line} title={record?.text}>
          {record?.text}
        </div>
      )}
    </div>
  );
}

function portOf(result: DraftEffect["draft"], port: string) {
  return result && Object.hasOwn(result.ports, port) ? result.ports[port] : undefined;
}

function isCut(port: ReturnType<typeof portOf>): boolean {
  return port !== undefined && port.rows.length < port.total;
}

function recordsByPort(result: DraftEffect["draft"]) {
  return Object.fromEntries(Object.entries(result?.ports ?? {}).map(([port, { rows }]) => [port, toRecords(rows)]));
}
