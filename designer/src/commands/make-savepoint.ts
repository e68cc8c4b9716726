import { runStatus } from "../store/live.ts";
import { makeSavepoint as make, useSession } from "../store/session.ts";
import { openDrawer } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

/** While the run goes on; the list of savepoints shows it. */
export const makeSavepoint: Command = {
  id: "make-savepoint",
  label: { en: "Make a savepoint", zh: "创建保存点" },
  group: "run",
  isEnabled: () => isPipelineOpen() && runStatus()?.state === "running" && useSession.getState().busy === undefined,
  run: async () => {
    if (await make()) openDrawer("savepoints");
  },
};
