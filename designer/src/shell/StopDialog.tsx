import { Alert, Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import type { ServerError } from "../server.ts";
import { stopRun, useSession } from "../store/session.ts";
import { closeDialog, useUi } from "../store/ui.ts";

export function StopDialog() {
  const { t } = useTranslation("shell");
  const isOpen = useUi((ui) => ui.overlay === "stop");
  return (
    <Modal opened={isOpen} onClose={closeDialog} title={t("stopTitle")} closeButtonProps={{ "aria-label": t("close") }} size={480}>
      {isOpen && <Choice />}
    </Modal>
  );
}

function Choice() {
  const { t } = useTranslation("shell");
  const words = useWords();
  const busy = useSession((session) => session.busy !== undefined);
  const [how, setHow] = useState("keep");
  const [refusal, setRefusal] = useState<ServerError>();
  const stop = async () => {
    const outcome = await stopRun(how === "keep");
    if (outcome.done) closeDialog();
    else setRefusal(outcome.refusal);
  };
  return (
    <Stack gap="md">
      <Radio.Group value={how} onChange={setHow} aria-label={t("stopTitle")}>
        <Stack gap={10}>
          <Radio value="keep" label={t("stopKeep")} description={t("stopKeepText")} data-autofocus />
          <Radio value="now" label={t("stopNow")} description={t("stopNowText")} />
        </Stack>
      </Radio.Group>
      {refusal && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {words(refusal.words)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button size="sm" variant="default" onClick={closeDialog}>
          {t("cancel")}
        </Button>
        <Button size="sm" color="red" loading={busy} onClick={() => void stop()}>
          {t("stop")}
        </Button>
      </Group>
    </Stack>
  );
}
