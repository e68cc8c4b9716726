import { Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stopRun, useSession } from "../store/session.ts";
import { show, useUi } from "../store/ui.ts";

export function StopDialog() {
  const { t } = useTranslation("shell");
  const isOpen = useUi((ui) => ui.overlay === "stop");
  return (
    <Modal opened={isOpen} onClose={close} title={t("stopTitle")} closeButtonProps={{ "aria-label": t("close") }} size={480}>
      {isOpen && <Choice />}
    </Modal>
  );
}

const close = () => show({ overlay: undefined });

function Choice() {
  const { t } = useTranslation("shell");
  const busy = useSession((session) => session.busy !== undefined);
  const [how, setHow] = useState("keep");
  return (
    <Stack gap="md">
      <Radio.Group value={how} onChange={setHow} aria-label={t("stopTitle")}>
        <Stack gap={10}>
          <Radio value="keep" label={t("stopKeep")} description={t("stopKeepText")} data-autofocus />
          <Radio value="now" label={t("stopNow")} description={t("stopNowText")} />
        </Stack>
      </Radio.Group>
      <Group justify="flex-end" gap="xs">
        <Button size="sm" variant="default" onClick={close}>
          {t("cancel")}
        </Button>
        <Button
          size="sm"
          color="red"
          loading={busy}
          onClick={async () => {
            if (await stopRun(how === "keep")) close();
          }}
        >
          {t("stop")}
        </Button>
      </Group>
    </Stack>
  );
}
