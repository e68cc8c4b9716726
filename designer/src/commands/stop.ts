import { runStatus } from "../store/live.ts";
import { useSession } from "../store/session.ts";
import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

/** A run that could be stopped. */
export function isRunning(): boolean {
  const state = runStatus()?.state;
  return state === "running" || state === "starting" || state === "restarting";
}

export const stop: Command = {
  id: "stop",
  label: { en: "Stop …", zh: "停止…" },
  group: "run",
  isEnabled: () => isPipelineOpen() && isRunning() && useSession.getState().busy === undefined,
  run: () => show({ overlay: "stop" }),
};
