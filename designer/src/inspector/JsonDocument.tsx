import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type Problem, words as problemWords, readDocument } from "@millrace/engine/pipeline";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { JsonEditor } from "../editor/JsonEditor.tsx";
import { useLanguage, useWords } from "../i18n/use-words.ts";
import { edit, useDocument } from "../store/document.ts";
import { notify } from "../store/notices.ts";
import { show, useUi } from "../store/ui.ts";
import { documentSchema, documentText } from "./document-json.ts";

/** The whole document as text; what is applied is one step that can be undone. */
export function JsonDocument() {
  const { t } = useTranslation("inspector");
  const opened = useUi((ui) => ui.overlay === "json");
  const close = () => show({ overlay: undefined });
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("documentJson")}
      size="min(1100px, 90vw)"
      closeButtonProps={{ "aria-label": t("close") }}
      centered
    >
      {opened && <Editor onClose={close} />}
    </Modal>
  );
}

function Editor({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  const language = useLanguage();
  const document = useDocument((state) => state.document);
  const schema = useMemo(() => documentSchema(language), [language]);
  const [text, setText] = useState(() => documentText(document));
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const changed = text !== documentText(document);
  const apply = () => {
    const read = readDocument(text);
    if (!read.document) return setProblems(read.problems ?? []);
    const { document: next } = read;
    edit("step.json", (draft) => {
      for (const member of Object.keys(draft)) if (!Object.hasOwn(next, member)) delete draft[member as keyof typeof draft];
      Object.assign(draft, next);
    });
    notify("info", t("jsonApplied"));
    onClose();
  };
  return (
    <Stack gap="sm">
      <JsonEditor
        value={text}
        onChange={(next) => {
          setText(next);
          setProblems([]);
        }}
        label={t("documentJson")}
        schema={schema}
        height={problems.length > 0 ? "min(40vh, 700px)" : "min(60vh, 700px)"}
      />
      {problems.length > 0 && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {problems.slice(0, 8).map((problem) => (
            <Text key={JSON.stringify(problem)} size="sm">
              {words(problemWords(problem))}
            </Text>
          ))}
          {problems.length > 8 && <Text size="sm">{t("moreProblems", { count: problems.length - 8 })}</Text>}
        </Alert>
      )}
      <Group justify="space-between">
        <Text size="xs" c="var(--mr-muted)">
          {t("jsonTabHint")}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button disabled={!changed} onClick={apply}>
            {t("apply")}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}
