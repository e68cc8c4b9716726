/** Keys of the room's words for what becomes of a run. */
import type { RunState } from "@millrace/server/api";

export const STATE_WORDS = {
  starting: "stateStarting",
  running: "stateRunning",
  stopping: "stateStopping",
  stopped: "stateStopped",
  finished: "stateFinished",
  failed: "stateFailed",
  restarting: "stateRestarting",
} as const satisfies Record<RunState, string>;
