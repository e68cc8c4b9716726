import { ActionIcon, Group, Text } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../preview/Tag.tsx";
import classes from "./live-value.module.css";
import type { LiveAnswer, LiveResult } from "./live-value.ts";
import { LiveValueGone, LiveValueTimeout } from "./live-value-client.ts";
import { type LiveValueInput, useLiveValue } from "./use-live-value.ts";

interface LiveValueProps extends LiveValueInput {
  /** Only the latest value, until it is unfolded. */
  readonly compact?: boolean;
  /** The condition chooses rows, it does not drop the others. */
  readonly isChoice?: boolean;
}

/** What the expression gives for records that really passed. */
export function LiveValue({ compact = false, isChoice = false, ...input }: LiveValueProps) {
  const { t } = useTranslation("editor");
  const { answer, failure } = useLiveValue(input);
  if (input.text.trim() === "") return null;
  if (failure) {
    const text =
      failure instanceof LiveValueTimeout
        ? t("liveTimeout")
        : failure instanceof LiveValueGone
          ? t("liveGone")
          : t("liveFailure", { message: failure.message });
    return (
      <Text size="xs" c="var(--mr-error)" mt={4}>
        {text}
      </Text>
    );
  }
  if (!input.schema || input.samples.length === 0) {
    return (
      <Text size="xs" c="var(--mr-muted)" mt={4}>
        {input.schema ? t("liveNoSamples") : t("liveNoInput")}
      </Text>
    );
  }
  if (!answer?.type) return null;
  return <Answer answer={answer} compact={compact} isChoice={isChoice} />;
}

interface AnswerProps extends Required<Pick<LiveValueProps, "compact" | "isChoice">> {
  readonly answer: LiveAnswer;
}

function Answer({ answer, compact, isChoice }: AnswerProps) {
  const { t } = useTranslation("editor");
  const [opened, setOpened] = useState(!compact);
  const shown = opened ? answer.shown : answer.shown.slice(0, 1);
  return (
    <div className={classes.live} role="group" aria-label={t("liveLabel", { count: answer.count })}>
      <Group gap={6} mb={2}>
        <Text size="xs" ff="monospace" c="var(--mr-muted)" truncate="end" maw={180}>
          {answer.type}
        </Text>
        {answer.kept !== undefined && (
          <Tag tone={answer.kept > 0 ? "ok" : "warning"}>
            {isChoice
              ? t("liveChosen", { chosen: answer.kept, others: answer.count - answer.kept })
              : t("liveKept", { kept: answer.kept, dropped: answer.count - answer.kept })}
          </Tag>
        )}
        {answer.nulls > 0 && <Tag tone="muted">{t("liveNulls", { percent: share(answer.nulls, answer.count) })}</Tag>}
        {answer.errors > 0 && <Tag tone="error">{t("liveErrors", { percent: share(answer.errors, answer.count) })}</Tag>}
        {compact && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="xs"
            ml="auto"
            aria-expanded={opened}
            aria-label={opened ? t("liveFewer") : t("liveMore")}
            onClick={() => setOpened(!opened)}
          >
            {opened ? <IconChevronUp size={12} /> : <IconChevronDown size={12} />}
          </ActionIcon>
        )}
      </Group>
      <ol className={classes.values}>
        {shown.map(({ result, read }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places in a list of five, the latest first.
          <li key={index} className={classes.value} data-is={result.is} title={textOf(result)}>
            <span className={classes.result}>
              {result.is === "error"
                ? `${t("liveError")}: ${result.message}`
                : result.is === "value" && result.text === ""
                  ? "''"
                  : textOf(result)}
            </span>
            {read !== textOf(result) && <span className={classes.read}>{read}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}

function textOf(result: LiveResult): string {
  return result.is === "value" ? result.text : result.is === "null" ? "NULL" : result.message;
}

/** Per cent, never 0 for what happened and never 100 for what did not always. */
export function share(part: number, whole: number): number {
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return 1;
  return part < whole && percent > 99 ? 99 : Math.round(percent);
}
