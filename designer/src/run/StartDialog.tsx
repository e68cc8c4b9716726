import { Button, Group, Modal, Stack } from "@mantine/core";
import type { Pipeline } from "@millrace/server/api";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useDocument } from "../store/document.ts";
import { startRun, useSession } from "../store/session.ts";
import { closeDialog, useUi } from "../store/ui.ts";
import { Refusal } from "./Refusal.tsx";
import { RestoreChoice } from "./RestoreChoice.tsx";
import { useRestore } from "./use-restore.ts";

/** Starts the deployed version again, from a state that somebody chooses. */
export function StartDialog() {
  const { t } = useTranslation("run");
  const isOpen = useUi((ui) => ui.overlay === "start");
  const live = useDocument((state) => state.live);
  return (
    <Modal
      opened={isOpen && live !== undefined}
      onClose={closeDialog}
      title={t("startTitle", { version: live?.version })}
      closeButtonProps={{ "aria-label": t("close") }}
      size={560}
    >
      {isOpen && live && <Choice live={live} />}
    </Modal>
  );
}

function Choice({ live }: { readonly live: NonNullable<Pipeline["live"]> }) {
  const { t } = useTranslation("run");
  const busy = useSession((session) => session.busy !== undefined);
  const { from, setFrom, answer, refusal, force, setForce, canGo, go } = useRestore(live.document);
  const start = () => go((chosen, forced) => startRun({ from: chosen === "newest" ? "savepoint" : chosen, ...forced }));
  return (
    <Stack gap="sm">
      <RestoreChoice document={live.document} isRunning={false} from={from} onChange={setFrom} answer={answer} />
      {refusal && <Refusal refusal={refusal} force={force} onForce={setForce} />}
      <Group justify="flex-end" gap="xs">
        <Button size="sm" variant="default" onClick={closeDialog}>
          {t("cancel")}
        </Button>
        <Button
          size="sm"
          leftSection={<IconPlayerPlay size={15} />}
          loading={busy}
          disabled={!canGo}
          {...(force ? { color: "red" } : {})}
          onClick={() => void start()}
        >
          {force ? t("startTwice") : t("start")}
        </Button>
      </Group>
    </Stack>
  );
}
