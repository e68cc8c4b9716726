import { say } from "../i18n/i18n.ts";
import { useDocument } from "../store/document.ts";
import { runStatus } from "../store/live.ts";
import { notify } from "../store/notices.ts";
import { startRun, useSession } from "../store/session.ts";
import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";
import { isRunning } from "./stop.ts";

const isStartable = () =>
  isPipelineOpen() &&
  useDocument.getState().live !== undefined &&
  !isRunning() &&
  runStatus()?.state !== "stopping" &&
  useSession.getState().busy === undefined;

/** There is no dialog to show a refusal in. */
async function startAtOnce(from: "savepoint" | "fresh"): Promise<void> {
  const { refusal } = await startRun({ from });
  if (refusal) notify("error", say(refusal.words));
}

export const start: Command = {
  id: "start",
  label: { en: "Start the deployed version", zh: "启动已部署的版本" },
  group: "run",
  isEnabled: isStartable,
  run: () => startAtOnce(runStatus()?.savepoint ? "savepoint" : "fresh"),
};

/** Opens the dialog that asks from which state; the dialog does it. */
export const startFrom: Command = {
  id: "start-from",
  label: { en: "Start the deployed version from …", zh: "选择状态启动已部署的版本…" },
  group: "run",
  isEnabled: () => isStartable() && runStatus()?.savepoint === true,
  run: () => show({ overlay: "start" }),
};

export const startFresh: Command = {
  id: "start-fresh",
  label: { en: "Start the deployed version without its state", zh: "不带状态启动已部署的版本" },
  group: "run",
  isEnabled: () => isStartable() && runStatus()?.savepoint === true,
  run: () => startAtOnce("fresh"),
};
