import { MIN_TIME, type Millis, type Operator, type OperatorContext, RowError } from "@millrace/engine/node";
import { openSides, type Side, type Waiting } from "./sides.ts";
import type { IntervalJoinParams } from "./spec.ts";

/**
 * As Flink's IntervalJoinOperator: a row behind the watermark (strictly) is late and joins nothing; others are kept until the watermark reaches the last time at which a partner could come,
 * their own time at least. What Flink does not do: a row that goes without a partner leaves, at the time at which that is certain, as its own time is behind the watermark by then.
 */
export function streamRules(params: IntervalJoinParams, context: OperatorContext): Operator {
  const { state, timers } = context;
  const sides = openSides(params, context);
  const { left, right } = sides;

  /** Removes what is due. Gives the latest time at which anything of what is left is. */
  function removeDue(side: Side, now: Millis, emit: (held: Waiting) => void): Millis {
    const held = side.rows.get() as unknown as readonly Waiting[];
    const left = held.filter((one) => dueAt(one, side) > now);
    if (left.length < held.length) {
      side.rows.set(left as never);
      for (const one of held) if (!one.matched && dueAt(one, side) <= now) emit(one);
    }
    return left.reduce((latest, one) => Math.max(latest, dueAt(one, side)), MIN_TIME);
  }

  return {
    onRow(row, time, out, port) {
      if (time === MIN_TIME) throw noTime();
      const [own, other] = port === "left" ? [left, right] : [right, left];
      if (time < timers.watermark) return out.emit(own === left ? "lateLeft" : "lateRight", row, time);
      if (state.key.includes(null)) return sides.unmatched(own, row, time, time, out);
      sides.check(own, row, time);
      const held = other.rows.get() as unknown as readonly Waiting[];
      const [from, to] = [time + own.from, time + own.to];
      let matched = false;
      for (let i = 0; i < held.length; i++) {
        const there = held[i] as Waiting;
        if (there.time < from || there.time > to || dueAt(there, other) <= timers.watermark) continue;
        sides.join(own, row, time, there, out);
        matched = true;
        if (!there.matched) other.rows.setField(i, "matched", true);
      }
      own.rows.add({ time, matched, row });
      // A matched one lets nothing out, and can go with another of its key; that waits, or it would not have matched.
      if (!matched) timers.atEventTime(time + Math.max(own.to, 0));
    },
    onTimer(time, out) {
      const latest = Math.max(
        ...[left, right].map((side) => removeDue(side, time, (held) => sides.unmatched(side, held.row, held.time, time, out))),
      );
      if (latest > MIN_TIME) timers.atEventTime(latest);
    },
    holdings: sides.holdings,
  };
}

/** The watermark from which on it is not there any more. */
function dueAt({ time }: Waiting, { to }: Side): Millis {
  return time + Math.max(to, 0);
}

function noTime(): RowError {
  return new RowError("interval-join.no-time", {
    en: "The row has no time, and an interval join compares times. Put an event time node before the join.",
    zh: "该行没有时间，而区间连接需要比较时间。请在连接之前加一个事件时间节点。",
  });
}
