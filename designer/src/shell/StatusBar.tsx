import { UnstyledButton } from "@mantine/core";
import {
  IconAlertCircle,
  IconAlertTriangle,
  IconBookmark,
  IconCheck,
  IconFileText,
  IconMailOff,
  IconPlugConnectedX,
  IconStack2,
  IconTable,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { clockText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { useAnalysis } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { useConnected, useRunStatus } from "../store/live.ts";
import { closeDrawer, type DrawerTab, openDrawer, useUi } from "../store/ui.ts";
import classes from "./shell.module.css";

/** What the pipeline holds and how the run is, with the ways into the drawer. */
export function StatusBar() {
  const { t } = useTranslation("shell");
  const nodes = useDocument(({ document }) => Object.keys(document.nodes).length);
  const edges = useDocument(({ document }) => document.edges.length);
  return (
    <section className={classes.status} aria-label={t("statusBar")}>
      <Tab tab="problems">
        <Problems />
      </Tab>
      <Tab tab="preview">
        <IconTable size={14} aria-hidden /> {t("preview")}
      </Tab>
      <Tab tab="dead-letters">
        <DeadLetters />
      </Tab>
      <Tab tab="savepoints">
        <IconBookmark size={14} aria-hidden /> {t("savepoints")}
      </Tab>
      <Tab tab="log">
        <IconFileText size={14} aria-hidden /> {t("log")}
      </Tab>
      <Tab tab="topics">
        <IconStack2 size={14} aria-hidden /> {t("topics")}
      </Tab>
      <span className={classes.space} />
      <Run />
      <span>
        {t("nodes", { count: nodes })} · {t("edges", { count: edges })}
      </span>
    </section>
  );
}

function Tab({ tab, children }: { readonly tab: DrawerTab; readonly children: React.ReactNode }) {
  const isOpen = useUi(({ drawer }) => drawer === tab);
  return (
    <UnstyledButton className={classes.tab ?? ""} aria-pressed={isOpen} onClick={() => (isOpen ? closeDrawer() : openDrawer(tab))}>
      {children}
    </UnstyledButton>
  );
}

function Problems() {
  const { t } = useTranslation("shell");
  const errors = useAnalysis(({ problems }) => problems.filter(({ severity }) => severity === "error").length);
  const warnings = useAnalysis(({ problems }) => problems.filter(({ severity }) => severity === "warning").length);
  if (errors + warnings === 0)
    return (
      <>
        <IconCheck size={14} aria-hidden color="var(--mr-ok)" /> {t("noProblems")}
      </>
    );
  return (
    <>
      {errors > 0 && (
        <span className={classes.errors}>
          <IconAlertCircle size={14} aria-hidden /> {t("errors", { count: errors })}
        </span>
      )}
      {warnings > 0 && (
        <span className={classes.warnings}>
          <IconAlertTriangle size={14} aria-hidden /> {t("warnings", { count: warnings })}
        </span>
      )}
    </>
  );
}

function DeadLetters() {
  const { t } = useTranslation("shell");
  const count = useRunStatus()?.deadLetters ?? 0;
  return (
    <>
      <IconMailOff size={14} aria-hidden color={count > 0 ? "var(--mr-error)" : undefined} /> {t("deadLetters", { count })}
    </>
  );
}

function Run() {
  const { t } = useTranslation("shell");
  const words = useWords();
  const run = useRunStatus();
  const isConnected = useConnected();
  const isLive = run?.state === "running" || run?.state === "starting" || run?.state === "restarting";
  return (
    <>
      {isLive && !isConnected && (
        <span className={classes.errors} role="status">
          <IconPlugConnectedX size={14} aria-hidden /> {t("disconnected")}
        </span>
      )}
      {run?.failure && run.state === "running" && (
        <UnstyledButton className={classes.tab ?? ""} title={words(run.failure.message)} onClick={() => openDrawer("log")}>
          {t("lastFailure", { at: clockText(run.failure.at) })}
        </UnstyledButton>
      )}
      {run?.lastCheckpoint && <span>{t("checkpoint", { id: run.lastCheckpoint.id, at: clockText(run.lastCheckpoint.at) })}</span>}
    </>
  );
}
