import { useDocument } from "../store/document.ts";
import { runStatus } from "../store/live.ts";
import { startRun, useSession } from "../store/session.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";
import { isRunning } from "./stop.ts";

const isStartable = () =>
  isPipelineOpen() &&
  useDocument.getState().live !== undefined &&
  !isRunning() &&
  runStatus()?.state !== "stopping" &&
  useSession.getState().busy === undefined;

export const start: Command = {
  id: "start",
  label: { en: "Start the deployed version", zh: "启动已部署的版本" },
  group: "run",
  isEnabled: isStartable,
  run: async () => void (await startRun(runStatus()?.savepoint ? "savepoint" : "fresh")),
};

export const startFresh: Command = {
  id: "start-fresh",
  label: { en: "Start the deployed version without its state", zh: "不带状态启动已部署的版本" },
  group: "run",
  isEnabled: () => isStartable() && runStatus()?.savepoint === true,
  run: async () => void (await startRun("fresh")),
};
