import { ActionIcon, Group, Text } from "@mantine/core";
import type { ExpressionUse } from "@millrace/engine/node";
import { type Problem, words as problemWords } from "@millrace/engine/pipeline";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { Tag } from "../preview/Tag.tsx";
import type { PortRecords } from "../preview/use-port-records.ts";
import { useDocument } from "../store/document.ts";
import classes from "./live-value.module.css";
import type { LiveAnswer, RecordPart, ShownResult } from "./live-value.ts";
import { LiveValueGone, LiveValueTimeout } from "./live-value-client.ts";
import { type LiveValueInput, useLiveValue } from "./use-live-value.ts";

interface LiveValueProps extends Omit<LiveValueInput, "samples"> {
  readonly records: PortRecords;
  /** Only the latest value, until it is unfolded. */
  readonly compact?: boolean;
  /** The condition chooses rows, it does not drop the others. */
  readonly isChoice?: boolean;
  /** It looks at more than a single row. */
  readonly over?: ExpressionUse["over"];
}

/** What the expression gives for records that really passed, or that the draft gives when it is tried. */
export function LiveValue({ compact = false, isChoice = false, over, records, ...input }: LiveValueProps) {
  const { t } = useTranslation("editor");
  const { answer, failure } = useLiveValue({ ...input, samples: records.records });
  if (input.text.trim() === "") return null;
  if (failure) {
    const text =
      failure instanceof LiveValueTimeout
        ? t("liveTimeout")
        : failure instanceof LiveValueGone
          ? t("liveGone")
          : t("liveFailure", { message: failure.message });
    return <Line tone="error">{text}</Line>;
  }
  if (!input.schema) return <Line>{t("liveNoInput")}</Line>;
  // A condition that may look back has a value for a row alone as long as it does not.
  if (over === "groups" || over === "match" || (over === "matched" && answer && !answer.type)) return <Line>{t("liveOverRows")}</Line>;
  if (records.records.length === 0) return <NoRecords records={records} />;
  if (answer && !answer.type) return <Line>{t("liveWrong")}</Line>;
  if (!answer?.type) return null;
  return <Answer answer={answer} compact={compact} isChoice={isChoice} isTried={records.from === "draft"} />;
}

/** Why there is nothing to work the value out of, and what would help. */
function NoRecords({ records: { tried } }: { readonly records: PortRecords }) {
  const { t } = useTranslation("editor");
  const words = useWords();
  const nodes = useDocument(({ document }) => document.nodes);
  const nameOf = (id: string) => (Object.hasOwn(nodes, id) ? nodes[id]?.name : undefined) ?? id;
  if (tried.failure) return <Line tone="error">{t("liveFailure", { message: words(tried.failure) })}</Line>;
  const [error] = tried.errors;
  if (error)
    return <Line>{t("liveUpstreamWrong", { name: nameOf(error.nodeId ?? ""), problem: words(problemWords(withoutPath(error))) })}</Line>;
  const [unread] = Object.entries(tried.unread);
  if (unread) return <Line>{t("liveUnread", { name: nameOf(unread[0]), reason: words(unread[1]) })}</Line>;
  return <Line>{tried.isWorking ? t("liveTrying") : t("liveNoSamples")}</Line>;
}

function withoutPath({ path: _, ...problem }: Problem): Problem {
  return problem;
}

function Line({ children, tone }: { readonly children: React.ReactNode; readonly tone?: "error" }) {
  return (
    <Text size="xs" c={tone === "error" ? "var(--mr-error)" : "var(--mr-muted)"} mt={4}>
      {children}
    </Text>
  );
}

interface AnswerProps extends Required<Pick<LiveValueProps, "compact" | "isChoice">> {
  readonly answer: LiveAnswer;
  readonly isTried: boolean;
}

function Answer({ answer, compact, isChoice, isTried }: AnswerProps) {
  const { t } = useTranslation("editor");
  const [opened, setOpened] = useState(!compact);
  const { count, nulls, errors, kept } = answer;
  const shown = opened ? answer.shown : answer.shown.slice(0, 1);
  return (
    <div className={classes.live} role="group" aria-label={t("liveLabel", { count })}>
      <Group gap={6} wrap="nowrap">
        <Text size="xs" ff="monospace" c="var(--mr-muted)" truncate="end" title={answer.type ?? ""}>
          {answer.type}
        </Text>
        <Text size="xs" c="var(--mr-muted)" ml="auto" style={{ flex: "none" }} title={isTried ? t("liveTriedHelp") : t("livePassedHelp")}>
          {t(isTried ? "liveTried" : "livePassed", { count, shown: countText(count) })}
        </Text>
        {compact && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xs"
            aria-expanded={opened}
            aria-label={opened ? t("liveFewer") : t("liveMore")}
            onClick={() => setOpened(!opened)}
          >
            {opened ? <IconChevronUp size={12} /> : <IconChevronDown size={12} />}
          </ActionIcon>
        )}
      </Group>
      {(kept !== undefined || nulls > 0 || errors > 0) && (
        <Group gap={4} my={2}>
          {kept !== undefined && (
            <Tag tone={kept > 0 ? "ok" : "warning"}>
              {t(isChoice ? "liveChosen" : "liveKept", {
                kept: countText(kept),
                percent: share(kept, count),
                others: countText(count - kept),
              })}
            </Tag>
          )}
          {nulls > 0 && <Tag tone="muted">{t("liveNulls", { percent: share(nulls, count) })}</Tag>}
          {errors > 0 && <Tag tone="error">{t("liveErrors", { percent: share(errors, count) })}</Tag>}
        </Group>
      )}
      <ol className={classes.values}>
        {shown.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places in a list of five, the latest first.
          <Value key={index} {...one} />
        ))}
      </ol>
    </div>
  );
}

function Value({ result, record }: ShownResult) {
  const { t } = useTranslation("editor");
  const words = useWords();
  const text =
    result.is === "value"
      ? result.text === ""
        ? "''"
        : result.text
      : result.is === "null"
        ? "NULL"
        : `${t("liveError")}: ${words(result.message)}`;
  const read = record.map(partText).join(" · ");
  return (
    <li className={classes.value} data-is={result.is} title={`${text}\n${read}`}>
      <span className={classes.result}>{text}</span>
      <span className={classes.read}>{read}</span>
    </li>
  );
}

function partText({ name, text }: RecordPart): string {
  return name === "" ? text : `${name}: ${text}`;
}

/** Per cent, never 0 for what happened and never 100 for what did not always. */
export function share(part: number, whole: number): number {
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return 1;
  return part < whole && percent > 99 ? 99 : Math.round(percent);
}
