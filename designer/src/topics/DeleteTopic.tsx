import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { TopicSummary } from "@millrace/server/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { server } from "../server.ts";
import { useErrorText } from "./error-text.ts";

interface DeleteTopicProps {
  readonly topic: TopicSummary;
  readonly connection: string | undefined;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Records that are deleted do not come back, so the name is typed once more. */
export function DeleteTopic({ topic, connection, opened, onClose, onDeleted }: DeleteTopicProps) {
  const { t } = useTranslation("topics");
  const errorText = useErrorText();
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<string>();
  const remove = async () => {
    setFailure(undefined);
    try {
      await server.deleteTopic(topic.name, connection);
      onClose();
      onDeleted();
    } catch (error) {
      setFailure(errorText(error));
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("deleteTopicTitle", { name: topic.name })}
      closeButtonProps={{ "aria-label": t("cancel") }}
    >
      <Stack gap="sm">
        <Text size="sm">{t("deleteTopicText", { count: topic.records, total: countText(topic.records) })}</Text>
        {Object.keys(topic.groups ?? {}).length > 0 && (
          <Alert color="orange" variant="light" p="xs">
            {t("deleteTopicGroups", { groups: Object.keys(topic.groups ?? {}).join(", ") })}
          </Alert>
        )}
        <TextInput
          label={t("typeName", { name: topic.name })}
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
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
          <Button color="red" disabled={typed !== topic.name} onClick={() => void remove()}>
            {t("deleteTopic")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
