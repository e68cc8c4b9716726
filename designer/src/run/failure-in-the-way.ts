import type { RunStatus } from "@millrace/server/api";

/** A run that fails again and again lives for moments between its failures; what is said of it must not come and go with them. */
const HOLDS_AFTER_MS = 5_000;

/** The failure because of which the run does not go on, until it has gone on for a while. */
export function failureInTheWay({ failure, state, startedAt }: RunStatus, now: number): RunStatus["failure"] {
  if (state === "failed" || state === "restarting" || state === "starting") return failure;
  return state === "running" && startedAt !== undefined && now - startedAt < HOLDS_AFTER_MS ? failure : undefined;
}
