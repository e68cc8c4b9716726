import { Alert, Group, Switch, Text, TextInput } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { CopyButton } from "../preview/CopyButton.tsx";
import { BROWSER_ZONE, useTimeText } from "../preview/time-text.ts";
import { ZoneName } from "../preview/ZoneName.tsx";
import classes from "./run.module.css";
import { type LogLine, useLog } from "./use-log.ts";

/** The last lines about the pipeline's runs; follows the end until somebody scrolls away from it. */
export function LogPanel() {
  const { t } = useTranslation("run");
  const words = useWords();
  const timeText = useTimeText(BROWSER_ZONE);
  const { lines, failure } = useLog();
  const [search, setSearch] = useState("");
  const [follows, setFollows] = useState(true);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => linesWith(lines ?? [], search), [lines, search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: to the end whenever there are other lines.
  useEffect(() => {
    if (follows) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [shown, follows]);
  return (
    <div className={classes.panel}>
      <Group gap="sm" wrap="nowrap">
        <TextInput
          size="xs"
          style={{ flex: 1, maxWidth: 320 }}
          aria-label={t("searchLog")}
          placeholder={t("searchLog")}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <Switch size="xs" label={t("follow")} checked={follows} onChange={({ currentTarget }) => setFollows(currentTarget.checked)} />
        <CopyButton text={shown.map(({ at, text }) => `${timeText(at)} ${text}`).join("\n")} label={t("copyLog")} />
        <Text size="xs" c="var(--mr-muted)" style={{ whiteSpace: "nowrap" }}>
          {t("lines", { count: shown.length, total: countText(shown.length) })} <ZoneName zone={BROWSER_ZONE} />
        </Text>
      </Group>
      {failure && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {words(failure)}
        </Alert>
      )}
      {lines && shown.length === 0 ? (
        <Text size="sm" c="var(--mr-muted)">
          {lines.length === 0 ? t("noLines") : t("noLineMatches", { search })}
        </Text>
      ) : (
        <div
          ref={list}
          className={classes.log}
          role="log"
          // Read on request: a log that speaks by itself drowns everything else.
          aria-live="off"
          aria-label={t("log")}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
          tabIndex={0}
          onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
            setFollows(scrollHeight - scrollTop - clientHeight < 24)
          }
        >
          {shown.map(({ id, at, text }) => (
            <div key={id} className={classes.logLine}>
              <span className={classes.logTime}>{timeText(at)}</span>
              <span className={classes.logText}>{text}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function linesWith(lines: readonly LogLine[], search: string): readonly LogLine[] {
  const wanted = search.trim().toLowerCase();
  return wanted === "" ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted));
}
