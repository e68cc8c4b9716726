/** Lets readers of one log wait for news: at once for what this log appends, by a look at the store every few milliseconds for what others do. */
import type { Waits } from "./reader.ts";

/** Others' records are seen within this; a look costs some microseconds per waiting reader. */
const LOOK_EVERY_MS = 10;

interface Waiting {
  readonly isNew: () => boolean;
  readonly until: number;
  readonly settle: (isNew: boolean) => void;
  readonly fail: (error: unknown) => void;
}

export interface Waker extends Waits {
  look(): void;
  /** Ends all waits. */
  close(): void;
}

export function createWaker(): Waker {
  const waiting = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const now = performance.now();
    for (const one of [...waiting]) {
      try {
        const isNew = one.isNew();
        if (!isNew && now < one.until) continue;
        waiting.delete(one);
        one.settle(isNew);
      } catch (error) {
        waiting.delete(one);
        one.fail(error);
      }
    }
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.size === 0) return;
    const soonest = Math.min(...[...waiting].map(({ until }) => until)) - performance.now();
    timer = setTimeout(look, Math.max(0, Math.min(LOOK_EVERY_MS, soonest)));
  }

  return {
    wait: (isNew, ms) =>
      new Promise((resolve, reject) => {
        waiting.add({ isNew, until: performance.now() + ms, settle: resolve, fail: reject });
        if (timer === undefined) schedule();
      }),
    look,
    close() {
      clearTimeout(timer);
      for (const one of waiting) one.settle(false);
      waiting.clear();
    },
  };
}
