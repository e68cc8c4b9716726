import { Button, UnstyledButton } from "@mantine/core";
import { IconAlertCircle, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { viewport } from "../canvas/viewport.ts";
import { runCommand } from "../commands/index.ts";
import { startFrom } from "../commands/start.ts";
import { clockText, momentText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { useDocument } from "../store/document.ts";
import { useRunStatus } from "../store/live.ts";
import { select } from "../store/selection.ts";
import { openDrawer, show } from "../store/ui.ts";
import { failureInTheWay } from "./failure-in-the-way.ts";
import classes from "./run.module.css";

/** As long as the run does not go on after a failure: where and why, when it is tried again, and what a person can do. */
export function FailureBanner() {
  const { t } = useTranslation("run");
  const words = useWords();
  const run = useRunStatus();
  const nodes = useDocument(({ document }) => document.nodes);
  const failure = run && failureInTheWay(run, Date.now());
  if (!failure) return null;
  const isRestarting = run.state !== "failed";
  const { nodeId } = failure;
  const name = nodeId !== undefined && Object.hasOwn(nodes, nodeId) ? nodes[nodeId]?.name : undefined;
  const go = () => {
    if (nodeId === undefined) return;
    select({ nodes: [nodeId] });
    show({ inspector: true });
    viewport()?.fit([nodeId]);
  };
  return (
    <section className={classes.failure} aria-label={isRestarting ? t("restarting") : t("failed")}>
      {isRestarting ? <IconRefresh size={16} aria-hidden /> : <IconAlertCircle size={16} aria-hidden />}
      <div className={classes.failureText} role="alert">
        <div className={classes.failureFacts}>
          <strong>{isRestarting ? t("restarting") : t("failed")}</strong>
          {name !== undefined && (
            <UnstyledButton className={classes.link ?? ""} aria-label={t("failedNode", { name })} onClick={go}>
              {name}
            </UnstyledButton>
          )}
          <span>{t("failedAt", { at: momentText(failure.at) })}</span>
          {run.restart && <span>{t("nextTry", { at: clockText(run.restart.at), attempt: run.restart.attempt })}</span>}
        </div>
        <div>{words(failure.message)}</div>
        {failure.permanent && <div>{t("permanent")}</div>}
      </div>
      <div className={classes.failureButtons}>
        <Button size="compact-xs" variant="default" onClick={() => openDrawer("log")}>
          {t("showLog")}
        </Button>
        {startFrom.isEnabled() && (
          <Button size="compact-xs" variant="default" onClick={() => runCommand(startFrom)}>
            {t("startFromOther")}
          </Button>
        )}
      </div>
    </section>
  );
}
