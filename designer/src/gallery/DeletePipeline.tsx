import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { PipelineSummary } from "@millrace/server/api";
import { useTranslation } from "react-i18next";
import { deletePipeline } from "../store/session.ts";

interface DeletePipelineProps {
  readonly pipeline: PipelineSummary;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function DeletePipeline({ pipeline, opened, onClose }: DeletePipelineProps) {
  const { t } = useTranslation("gallery");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("deleteTitle", { name: pipeline.name })}
      closeButtonProps={{ "aria-label": t("cancel") }}
    >
      <Stack gap="sm">
        <Text size="sm">{pipeline.run?.state === "running" ? t("deleteRunning") : t("deleteText")}</Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button
            color="red"
            onClick={() => {
              onClose();
              void deletePipeline(pipeline.id);
            }}
          >
            {t("delete")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
