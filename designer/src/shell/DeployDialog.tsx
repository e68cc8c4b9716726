import { Alert, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { IconAlertCircle, IconRocket } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { EnvironmentChoice } from "../connections/EnvironmentChoice.tsx";
import { analyzeNow, useAnalysis } from "../store/analysis.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { useRunEnvironment } from "../store/live.ts";
import { deploy, useSession } from "../store/session.ts";
import { openDrawer, show, useUi } from "../store/ui.ts";
import { useDifferenceText } from "./DraftBanner.tsx";
import classes from "./shell.module.css";

/** What a deploy changes and what becomes of state, before it happens. */
export function DeployDialog() {
  const { t } = useTranslation("shell");
  const isOpen = useUi((ui) => ui.overlay === "deploy");
  return (
    <Modal opened={isOpen} onClose={close} title={t("deployTitle")} closeButtonProps={{ "aria-label": t("close") }} size={560}>
      {isOpen && <Plan />}
    </Modal>
  );
}

const close = () => show({ overlay: undefined });

function Plan() {
  const { t } = useTranslation("shell");
  const { document, live } = useDocument();
  const difference = useDifference();
  const busy = useSession((session) => session.busy !== undefined);
  const deployedWith = useRunEnvironment();
  const [environment, setEnvironment] = useState(deployedWith);
  const [from, setFrom] = useState<"keep" | "fresh">("keep");
  useEffect(() => void analyzeNow(), []);
  const errors = useAnalysis(({ problems }) => problems.filter(({ severity }) => severity === "error").length);
  const differenceText = useDifferenceText(difference);
  const run = async () => {
    if (await deploy({ ...(live ? { from } : {}), ...(environment === undefined ? {} : { environment }) })) close();
  };
  const name = (id: string) => document.nodes[id]?.name ?? live?.document.nodes[id]?.name ?? id;
  const kept = Object.keys(document.nodes).length - difference.added.size;
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
              close();
              openDrawer("problems");
            }}
          >
            {t("showProblems")}
          </Button>
        </Alert>
      )}
      <EnvironmentChoice aliases={document.connections ?? {}} environment={environment} onChange={setEnvironment} />
      {live && (
        <>
          <Radio.Group value={from} onChange={(next) => setFrom(next === "fresh" ? "fresh" : "keep")} label={t("stateTitle")}>
            <Stack gap={8} mt={6}>
              <Radio value="keep" label={t("fromKeep")} description={t("fromKeepText")} data-autofocus />
              <Radio value="fresh" label={t("fromFresh")} description={t("fromFreshText")} />
            </Stack>
          </Radio.Group>
          {from === "keep" && (
            <ul className={classes.plan}>
              {kept > 0 && <li>{t("stateKept", { count: kept })}</li>}
              {[...difference.changed].map((id) => (
                <li key={id}>
                  <strong>{name(id)}</strong>: {t("stateChanged")}
                </li>
              ))}
              {[...difference.added].map((id) => (
                <li key={id}>
                  <strong>{name(id)}</strong>: {t("stateNew")}
                </li>
              ))}
              {[...difference.removed].map((id) => (
                <li key={id}>
                  <strong>{name(id)}</strong>: {t("stateDropped")}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      <Group justify="flex-end" gap="xs">
        <Button size="sm" variant="default" onClick={close}>
          {t("cancel")}
        </Button>
        <Button
          size="sm"
          leftSection={<IconRocket size={15} />}
          loading={busy}
          disabled={errors > 0}
          onClick={() => void run()}
          {...(live ? {} : { "data-autofocus": true })}
        >
          {t("deploy")}
        </Button>
      </Group>
    </Stack>
  );
}
