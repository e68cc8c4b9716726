/** Spreads requests over time: no more than so many a second, and none before what a service asked to wait. */
import type { LookupContext, Millis } from "@millrace/engine/node";

export interface Pacer {
  /** Calls back when a request may be made: at once, or later by the context's clock. */
  whenFree(make: () => void): void;
  /** No further requests for so long. */
  wait(ms: Millis): void;
}

/** `perSecond`: undefined for no bound. */
export function pacer(perSecond: number | undefined, { now, at }: Pick<LookupContext, "now" | "at">): Pacer {
  const pause = perSecond === undefined ? 0 : 1_000 / perSecond;
  let free = Number.NEGATIVE_INFINITY;
  return {
    whenFree(make) {
      const mine = Math.max(free, now());
      free = mine + pause;
      if (mine <= now()) make();
      else at(mine, make);
    },
    wait(ms) {
      free = Math.max(free, now() + ms);
    },
  };
}
