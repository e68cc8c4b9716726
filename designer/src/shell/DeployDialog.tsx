import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { connectionAliases } from "@millrace/engine/pipeline";
import { IconAlertCircle, IconRocket } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { EnvironmentChoice } from "../connections/EnvironmentChoice.tsx";
import { Refusal } from "../run/Refusal.tsx";
import { RestoreChoice } from "../run/RestoreChoice.tsx";
import { useRestore } from "../run/use-restore.ts";
import { analyzeNow, useAnalysis } from "../store/analysis.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { useRunEnvironment, useRunState } from "../store/live.ts";
import { deploy, useSession } from "../store/session.ts";
import { closeDialog, openDrawer, useUi } from "../store/ui.ts";
import { useDifferenceText } from "./DraftBanner.tsx";

/** What a deploy changes and what becomes of state, before it happens. */
export function DeployDialog() {
  const { t } = useTranslation("shell");
  const isOpen = useUi((ui) => ui.overlay === "deploy");
  return (
    <Modal opened={isOpen} onClose={closeDialog} title={t("deployTitle")} closeButtonProps={{ "aria-label": t("close") }} size={560}>
      {isOpen && <Plan />}
    </Modal>
  );
}

function Plan() {
  const { t } = useTranslation("shell");
  const { document, live } = useDocument();
  const difference = useDifference();
  const busy = useSession((session) => session.busy !== undefined);
  const deployedWith = useRunEnvironment();
  const [environment, setEnvironment] = useState(deployedWith);
  useEffect(() => void analyzeNow(), []);
  const errors = useAnalysis(({ problems }) => problems.filter(({ severity }) => severity === "error").length);
  const differenceText = useDifferenceText(difference);
  const state = useRunState();
  // As it was when somebody asked: the deploy itself stops and starts what runs.
  const [runs] = useState(state === "running");
  const { from, setFrom, answer, refusal, force, setForce, canGo, go } = useRestore(document);
  const run = () =>
    go((chosen, forced) => {
      const restore = live ? { from: chosen === "newest" ? ("keep" as const) : chosen, ...forced } : {};
      return deploy({ ...restore, ...(environment === undefined ? {} : { environment }) });
    });
  return (
    <Stack gap="sm">
      <Text size="sm">
        {!live
          ? t("deployFirst", { nodes: Object.keys(document.nodes).length, edges: document.edges.length })
          : difference.isEmpty
            ? t("deployNothing")
            : differenceText}
      </Text>
      {errors > 0 && (
        <Alert color="red" variant="light" p="xs" icon={<IconAlertCircle size={16} />} title={t("deployErrors", { count: errors })}>
          <Button
            size="compact-xs"
            variant="light"
            color="red"
            onClick={() => {
              closeDialog();
              openDrawer("problems");
            }}
          >
            {t("showProblems")}
          </Button>
        </Alert>
      )}
      <EnvironmentChoice aliases={connectionAliases(document)} environment={environment} onChange={setEnvironment} />
      {live && errors === 0 && <RestoreChoice document={document} isRunning={runs} from={from} onChange={setFrom} answer={answer} />}
      {refusal && <Refusal refusal={refusal} force={force} onForce={setForce} />}
      <Group justify="flex-end" gap="xs">
        <Button size="sm" variant="default" onClick={closeDialog}>
          {t("cancel")}
        </Button>
        <Button
          size="sm"
          leftSection={<IconRocket size={15} />}
          loading={busy}
          disabled={errors > 0 || (live !== undefined && !canGo)}
          onClick={() => void run()}
          {...(force ? { color: "red" } : {})}
          {...(live ? {} : { "data-autofocus": true })}
        >
          {force ? t("deployTwice") : t("deploy")}
        </Button>
      </Group>
    </Stack>
  );
}
