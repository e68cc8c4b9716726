/** When a run that failed is tried again: pauses that double up to a longest one, and begin anew once a run has held for a while. */

export interface RestartPolicy {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A run that held this long is healthy. */
  readonly healthyAfterMs: number;
}

/** Time as the supervisor sees it, so that tests can move it. */
export interface Clock {
  readonly now: () => number;
  /** Calls `work` once after so long, unless the returned function is called before. */
  readonly after: (ms: number, work: () => void) => () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, work) {
    const timer = setTimeout(work, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Before the first, second … try after a healthy run (`attempt` counts from 0). */
export function pauseBefore(attempt: number, { firstPauseMs, longestPauseMs }: RestartPolicy): number {
  return Math.min(firstPauseMs * 2 ** Math.min(attempt, 40), longestPauseMs);
}
