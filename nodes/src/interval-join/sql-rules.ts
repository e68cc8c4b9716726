import { MAX_TIME, type Millis, type Operator, type OperatorContext, type Out, toMillis, type ValueState } from "@millrace/engine/node";
import { openSides, type Side, type Waiting } from "./sides.ts";
import type { IntervalJoinParams } from "./spec.ts";

/**
 * As Flink's TimeIntervalJoin: every row is tried against what is kept, a late one too; it is kept itself only while the other stream's time has not passed its bound. Rows that are over go when a
 * row of the other side comes by, or with the one timer of their side, which stands for the earliest of them when it is set. A row without a partner leaves as it goes, with
 * its own time, behind which the watermark that goes on stays.
 *
 * Flink begins its time at the epoch, so rows before 1970 are over as soon as they come.
 */
export function sqlRules(params: IntervalJoinParams, context: OperatorContext): Operator {
  const { state, timers } = context;
  const sides = openSides(params, context);
  const byEvent = params.time === "event";
  const cleanUp = params.cleanUpAfter === undefined ? 0 : toMillis(params.cleanUpAfter);
  const sweepAt = { left: state.value("sweepLeft", { type: "BIGINT" }), right: state.value("sweepRight", { type: "BIGINT" }) };
  const now = (): Millis => (byEvent ? Math.max(timers.watermark, 0) : context.now());
  /** Rows at or before are over. */
  const overSince = (side: Side, at: Millis): Millis => (at === MAX_TIME ? MAX_TIME : at - side.to - 1);

  function setTimer(side: Side, earliest: Millis): void {
    const time = earliest + side.to + cleanUp + 1;
    if (byEvent) timers.atEventTime(time);
    else timers.atProcessingTime(time);
    sweepOf(side).set(time);
  }

  const sweepOf = (side: Side): ValueState => sweepAt[side.name];

  function leave(side: Side, gone: readonly Waiting[], out: Out): void {
    for (const { row, time, matched } of gone) if (!matched) sides.unmatched(side, row, time, time, out);
  }

  function sweep(side: Side, out: Out): void {
    const over = overSince(side, now());
    const held = side.rows.get() as unknown as readonly Waiting[];
    const left = held.filter(({ time }) => time > over);
    side.rows.set(left as never);
    if (left.length > 0)
      setTimer(
        side,
        left.reduce((earliest, { time }) => Math.min(earliest, time), MAX_TIME),
      );
    else sweepOf(side).clear();
    leave(
      side,
      held.filter(({ time }) => time <= over),
      out,
    );
  }

  return {
    onRow(row, eventTime, out, port) {
      const [own, other] = port === "left" ? [sides.left, sides.right] : [sides.right, sides.left];
      const at = now();
      const time = byEvent ? eventTime : at;
      if (state.key.includes(null)) return sides.unmatched(own, row, time, time, out);
      sides.check(own, row, time);
      const [from, to] = [time + own.from, time + own.to];
      const over = overSince(other, at);
      const held = other.rows.get() as unknown as readonly Waiting[];
      const left: Waiting[] = [];
      const gone: Waiting[] = [];
      let matched = false;
      let hasChanged = false;
      for (const there of held) {
        const joins = there.time >= from && there.time <= to;
        if (joins) sides.join(own, row, time, there, out);
        matched ||= joins;
        hasChanged ||= joins && !there.matched;
        const after = joins && !there.matched ? { ...there, matched: true } : there;
        (after.time <= over ? gone : left).push(after);
      }
      if (hasChanged || gone.length > 0) other.rows.set(left as never);
      leave(other, gone, out);
      if (at < to) {
        own.rows.add({ time, matched, row });
        if (sweepOf(own).get() === null) setTimer(own, time);
      } else if (!matched) sides.unmatched(own, row, time, time, out);
    },
    onTimer(time, out) {
      for (const side of [sides.right, sides.left]) if (sweepOf(side).get() === time) sweep(side, out);
    },
    holdings: sides.holdings,
  };
}
