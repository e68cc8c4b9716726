import { Alert, Button, Group, Modal, NumberInput, Stack, Textarea, TextInput } from "@mantine/core";
import type { TopicSummary } from "@millrace/server/api";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { useErrorText } from "./error-text.ts";
import { topicSettings } from "./topic-settings.ts";

interface CreateTopicProps {
  readonly opened: boolean;
  readonly connection: string | undefined;
  readonly onClose: () => void;
  readonly onCreated: (topic: TopicSummary) => void;
}

const DAY_MS = 86_400_000;

export function CreateTopic({ opened, connection, onClose, onCreated }: CreateTopicProps) {
  const { t } = useTranslation("topics");
  const errorText = useErrorText();
  const [name, setName] = useState("");
  const [partitions, setPartitions] = useState<number | string>(4);
  const [days, setDays] = useState<number | string>("");
  const [settingLines, setSettingLines] = useState("");
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);

  const settings = connection === undefined ? {} : topicSettings(settingLines);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    try {
      const created = await server.createTopic({
        name: name.trim(),
        partitions: Number(partitions),
        ...(connection && { connection }),
        ...(days !== "" && { retentionMs: Number(days) * DAY_MS }),
        ...(settings && Object.keys(settings).length > 0 && { settings }),
      });
      setName("");
      setSettingLines("");
      onCreated(created);
      onClose();
    } catch (error) {
      setFailure(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("createTopic")} closeButtonProps={{ "aria-label": t("cancel") }}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <TextInput label={t("name")} required data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <NumberInput
            label={t("partitions")}
            description={t("partitionsHelp")}
            min={1}
            max={1024}
            allowDecimal={false}
            value={partitions}
            onChange={setPartitions}
          />
          <NumberInput label={t("retentionDays")} description={t("retentionHelp")} min={0} value={days} onChange={setDays} />
          {connection !== undefined && (
            <Textarea
              label={t("topicSettings")}
              description={t("topicSettingsHelp")}
              placeholder="cleanup.policy=compact"
              error={settings === undefined && t("topicSettingsWrong")}
              autosize
              minRows={1}
              maxRows={6}
              spellCheck={false}
              value={settingLines}
              onChange={(event) => setSettingLines(event.currentTarget.value)}
            />
          )}
          {failure && (
            <Alert color="red" variant="light" p="xs">
              {failure}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === "" || settings === undefined}>
              {t("create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
