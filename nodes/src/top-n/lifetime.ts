/**
 * How long a key is remembered: all that is kept for it goes at once, when nothing has changed for so long. (Flink forgets each of its parts by itself; what is left then no longer fits together.)
 */
import { type OperatorContext, toMillis } from "@millrace/engine/node";
import { BIGINT } from "../state-types.ts";

export interface Lifetime {
  /** Before the current key's state is looked at. */
  check(): void;
  /** After it was changed. */
  touch(): void;
  /** A timer of processing time is due. */
  onTimer(now: number): void;
}

const FOREVER: Lifetime = { check: () => undefined, touch: () => undefined, onTimer: () => undefined };

export function lifetime(
  forgetAfter: string | undefined,
  { state, timers, now }: Pick<OperatorContext, "state" | "timers" | "now">,
  forget: () => void,
): Lifetime {
  if (forgetAfter === undefined) return FOREVER;
  const length = toMillis(forgetAfter);
  const touched = state.value("touched", BIGINT);
  const endsAt = () => {
    const at = touched.get();
    return at === null ? undefined : Number(at) + length;
  };
  const end = () => {
    touched.clear();
    forget();
  };
  return {
    check() {
      // A row may come before the timer that is due is.
      if ((endsAt() ?? Number.POSITIVE_INFINITY) <= now()) end();
    },
    touch() {
      // One timer for a key: it is set anew when it comes too early.
      if (touched.get() === null) timers.atProcessingTime(now() + length);
      touched.set(now());
    },
    onTimer(time) {
      const ends = endsAt();
      if (ends === undefined) return;
      if (ends <= time) end();
      else timers.atProcessingTime(ends);
    },
  };
}
