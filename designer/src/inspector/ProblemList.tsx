import { Button, Group, Text } from "@mantine/core";
import type { Problem } from "@millrace/engine/pipeline";
import { words as problemWords } from "@millrace/engine/pipeline";
import { IconAlertCircle, IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import type { Path } from "./form-model.ts";

interface ProblemListProps {
  readonly problems: readonly Problem[];
  readonly id?: string | undefined;
  /** Where the list stands: problems of this very place need not say it. */
  readonly here?: Path | undefined;
  /** Called with the problem whose fix was taken. */
  readonly onFix?: (problem: Problem) => void;
}

/** Problems under the control they are about, each with its repair. */
export function ProblemList({ problems, id, here, onFix }: ProblemListProps) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  if (problems.length === 0) return null;
  return (
    <div id={id} role="status">
      {problems.map((problem) => (
        <Group
          key={JSON.stringify([problem.code, problem.path, problem.range, problem.args])}
          gap={6}
          align="flex-start"
          wrap="nowrap"
          mt={4}
        >
          {problem.severity === "error" ? (
            <IconAlertCircle size={14} color="var(--mr-error)" aria-label={t("error")} style={{ flex: "none", marginTop: 2 }} />
          ) : (
            <IconAlertTriangle size={14} color="var(--mr-warning)" aria-label={t("warning")} style={{ flex: "none", marginTop: 2 }} />
          )}
          <div>
            <Text size="xs" c={problem.severity === "error" ? "var(--mr-error)" : "var(--mr-text)"} style={{ overflowWrap: "anywhere" }}>
              {words(problemWords(placed(problem, here)))}
            </Text>
            {problem.fix && onFix && (
              <Button size="compact-xs" variant="light" mt={2} maw="100%" onClick={() => onFix(problem)}>
                {t("fixWith", { text: problem.fix.replace })}
              </Button>
            )}
          </div>
        </Group>
      ))}
    </div>
  );
}

/** The problem with its place as seen from `here`. */
function placed(problem: Problem, here: Path | undefined): Problem {
  const { path, ...rest } = problem;
  if (!path || !here?.every((step, depth) => path[depth] === step)) return problem;
  return path.length > here.length ? { ...rest, path: path.slice(here.length) } : rest;
}

/** A text with a problem's repair made. */
export function repaired(text: string, problem: Problem): string {
  if (!problem.fix) return text;
  if (!problem.range) return problem.fix.replace;
  return text.slice(0, problem.range.start) + problem.fix.replace + text.slice(problem.range.end);
}
