import { Group, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import { type Problem, words as problemWords } from "@millrace/engine/pipeline";
import { IconAlertCircle, IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { useAnalysis } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import { show } from "../store/ui.ts";
import classes from "./preview.module.css";

/** All problems of the draft; each leads to the control it is about. */
export function ProblemsPanel() {
  const { t } = useTranslation("preview");
  const words = useWords();
  const problems = useAnalysis((state) => state.problems);
  const nodes = useDocument(({ document }) => document.nodes);
  if (problems.length === 0) {
    return (
      <Group gap="xs" p="md">
        <IconCircleCheck size={18} color="var(--mr-ok)" />
        <Text size="sm">{t("noProblems")}</Text>
      </Group>
    );
  }
  return (
    <ScrollArea h="100%" type="auto">
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }} aria-label={t("tabProblems")}>
        {problems.map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two problems may say the same.
          <li key={index}>
            <UnstyledButton className={classes.problem ?? ""} onClick={() => goTo(problem)}>
              {problem.severity === "error" ? (
                <IconAlertCircle size={16} color="var(--mr-error)" aria-label={t("error")} style={{ flex: "none" }} />
              ) : (
                <IconAlertTriangle size={16} color="var(--mr-warning)" aria-label={t("warning")} style={{ flex: "none" }} />
              )}
              <Text component="span" size="sm" fw={600} style={{ flex: "none", maxWidth: 200 }} truncate="end">
                {problem.nodeId === undefined
                  ? t("thePipeline")
                  : (Object.hasOwn(nodes, problem.nodeId) && nodes[problem.nodeId]?.name) || problem.nodeId}
              </Text>
              <Text component="span" size="sm" style={{ overflowWrap: "anywhere" }}>
                {words(problemWords(problem))}
              </Text>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </ScrollArea>
  );
}

/** Selects the node and asks the inspector for the control. */
export function goTo(problem: Problem): void {
  const { nodeId, path } = problem;
  select(nodeId === undefined ? {} : { nodes: [nodeId] });
  show({ inspector: true, focusParam: nodeId === undefined ? undefined : { nodeId, path: path ?? [] } });
}
