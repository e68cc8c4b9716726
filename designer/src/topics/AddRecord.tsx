import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { useErrorText } from "./error-text.ts";

export interface NewRecord {
  /** "": none. */
  readonly key: string;
  readonly text: string;
}

interface AddRecordProps {
  readonly topic: string;
  readonly connection: string | undefined;
  /** What it begins with: nothing, or a record to be written again, changed. */
  readonly initial: NewRecord;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

/** Appends a record to a topic: a rule, a sample, what else a job waits for. */
export function AddRecord({ topic, connection, initial, onClose, onAdded }: AddRecordProps) {
  const { t } = useTranslation("topics");
  const errorText = useErrorText();
  const [{ key, text }, setRecord] = useState(initial);
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      await server.appendRecords(topic, { records: [{ text, ...(key !== "" && { key }) }], ...(connection && { connection }) });
      onAdded();
      onClose();
    } catch (error) {
      setFailure(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={t("addRecordTo", { topic })} closeButtonProps={{ "aria-label": t("cancel") }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <TextInput
            label={t("key")}
            description={t("keyHelp")}
            spellCheck={false}
            value={key}
            onChange={(event) => setRecord({ key: event.currentTarget.value, text })}
          />
          <Textarea
            label={t("value")}
            required
            data-autofocus
            autosize
            minRows={4}
            maxRows={16}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            value={text}
            onChange={(event) => setRecord({ key, text: event.currentTarget.value })}
          />
          {failure && (
            <Alert color="red" variant="light" p="xs">
              {failure}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={text === ""}>
              {t("addRecord")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
