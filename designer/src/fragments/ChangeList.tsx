import { List, Stack, Text } from "@mantine/core";
import type { Words } from "@millrace/engine/node";
import { type Problem, words as problemWords } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";

interface ChangeListProps {
  readonly changes: readonly Words[];
  readonly problems: readonly Problem[];
  readonly mended: readonly Problem[];
}

/** What another version of a fragment means to a document. */
export function ChangeList({ changes, problems, mended }: ChangeListProps) {
  const { t } = useTranslation("fragments");
  if (changes.length + problems.length + mended.length === 0) return <Text size="sm">{t("nothingChanges")}</Text>;
  return (
    <Stack gap={4}>
      <Lines title={t("willChange")} lines={changes} />
      <Lines title={t("newProblems")} lines={problems.map(problemWords)} color="var(--mr-error)" />
      <Lines title={t("mendedProblems")} lines={mended.map(problemWords)} />
    </Stack>
  );
}

function Lines({ title, lines, color }: { readonly title: string; readonly lines: readonly Words[]; readonly color?: string }) {
  const words = useWords();
  if (lines.length === 0) return null;
  return (
    <div>
      <Text size="xs" c={color ?? "var(--mr-muted)"}>
        {title}
      </Text>
      <List size="sm" spacing={2} withPadding style={{ overflowWrap: "anywhere" }}>
        {lines.map((line) => (
          <List.Item key={line.en}>{words(line)}</List.Item>
        ))}
      </List>
    </div>
  );
}
