import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconRefresh,
  IconVersions,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useDocument } from "../store/document.ts";
import { useRunEnvironment, useRunProcess, useRunState, useRunVersion } from "../store/live.ts";
import { useIsFragment } from "../store/specs.ts";
import classes from "./shell.module.css";

const ICONS = {
  none: IconCircleDashed,
  starting: IconLoader,
  running: IconPlayerPlayFilled,
  stopping: IconLoader,
  stopped: IconPlayerStopFilled,
  finished: IconCircleCheck,
  failed: IconCircleX,
  restarting: IconRefresh,
} as const;

/** How the run is: colour, sign and word; of a fragment its newest version. */
export function RunBadge() {
  const isInside = useDocument(({ inside }) => inside !== undefined);
  const isFragment = useIsFragment();
  return isFragment && !isInside ? <FragmentBadge /> : <StateBadge />;
}

function FragmentBadge() {
  const { t } = useTranslation("fragments");
  const version = useDocument(({ live }) => live?.version);
  return (
    <output className={classes.run} data-state="none">
      <IconVersions size={12} aria-hidden />
      <strong>{t("state")}</strong>
      <span>{version === undefined ? t("noVersion") : t("userVersion", { version })}</span>
    </output>
  );
}

function StateBadge() {
  const { t } = useTranslation("shell");
  const deployed = useDocument(({ live }) => live?.version);
  const ofRun = useRunVersion();
  const environment = useRunEnvironment();
  const process = useRunProcess();
  // What a process of its own runs is no version that was deployed here.
  const version = ofRun ?? (process === undefined ? deployed : undefined);
  const state = useRunState() ?? (deployed === undefined ? "none" : "stopped");
  const Icon = ICONS[state];
  return (
    <output className={classes.run} data-state={state}>
      <Icon size={12} aria-hidden />
      <strong>{t(`run.${state}`)}</strong>
      {version !== undefined && <span>{t("version", { version })}</span>}
      {process !== undefined && <span title={t("inProcessHint")}>{t("inProcess", { process })}</span>}
      {environment !== undefined && (
        <span className={classes.environment} title={t("inEnvironment", { environment })}>
          {t("inEnvironment", { environment })}
        </span>
      )}
    </output>
  );
}
