/** A clock that only tests move. */
import type { Clock } from "../runs/restarts.ts";

export interface ManualClock extends Clock {
  /** Moves the clock, calling in order what falls due; resolves when what that set off has come to rest. */
  advance(ms: number): Promise<void>;
}

export function createManualClock(begin = 1_000_000): ManualClock {
  let at = begin;
  let waiting: { readonly due: number; readonly work: () => void }[] = [];
  return {
    now: () => at,
    after(ms, work) {
      const entry = { due: at + ms, work };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    async advance(ms) {
      const end = at + ms;
      for (;;) {
        await settled();
        const [next] = waiting.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
        if (!next) break;
        waiting = waiting.filter((other) => other !== next);
        at = next.due;
        next.work();
      }
      at = end;
    },
  };
}

/** All promises that can go on have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
