/**
 * A window is open from its first row until nothing more is to be done for it, and has one timer all the while, at the time of what comes next: an early result, the result, or, where rows may come
 * late, the end of that. Rows that come between the result and that end give it anew at once. Boundaries are Flink's: a window is over when the watermark has reached its last millisecond, and gone
 * when it has reached that plus the allowed lateness.
 */

import { type TimeZone, timeZoneOf } from "@millrace/engine/expression";
import { MIN_TIME, type Millis, type Operator, type OperatorContext, type Out, type Row, RowError, toMillis } from "@millrace/engine/node";
import { type OpenWindow, OpenWindows } from "./open-windows.ts";
import { type Bounds, giver } from "./results.ts";
import { type AlignedWindow, shapeOf } from "./shapes.ts";
import { hasLatePort, isUpdating, type WindowParams } from "./spec.ts";

export function createOperator(params: WindowParams, context: OperatorContext): Operator {
  const life = createLife(params, context);
  const { window } = params;
  return window.kind === "session" ? sessions(toMillis(window.gap), life, context) : aligned(window, life, context);
}

type Life = ReturnType<typeof createLife>;

/** What all kinds of windows have in common once it is known which a row belongs to. */
function createLife(params: WindowParams, { state, timers, expressions, now }: OperatorContext) {
  const groups = expressions.groups(params.fields.map(({ value }) => value));
  const updates = isUpdating(params);
  const open = new OpenWindows(state, groups, updates);
  const give = giver(params, groups, state, updates);
  const isEventTime = params.time === "event";
  const lateness = params.lateness === undefined ? 0 : toMillis(params.lateness);
  const interval = params.early === undefined ? undefined : toMillis(params.early);
  // Group windows count the time between early results on the clock, from a window's first row on; DataStream's triggers count it in the window's own time, at whole multiples.
  const isEarlyByClock = interval !== undefined && params.rules === "group-window" && isEventTime;
  const late = hasLatePort(params);

  const setTimer = (time: Millis) => (isEventTime ? timers.atEventTime(time) : timers.atProcessingTime(time));

  function firstEarly(at: Millis, last: Millis): Millis | null {
    if (interval === undefined) return null;
    if (params.rules === "group-window") return now() + interval;
    return Math.min(at - (at % interval) + interval, last);
  }

  /** When the window is due before it is over. */
  function dueBefore(last: Millis, early: Millis | null): Millis {
    return early === null || isEarlyByClock ? last : Math.min(early, last);
  }

  return {
    groups,
    open,
    give,
    isEventTime,
    /** The time of a row here. */
    timeOf(time: Millis): Millis {
      if (!isEventTime) return now();
      if (time === MIN_TIME) throw noTime();
      return time;
    },
    /** The watermark has passed the last millisecond of a window and the lateness. */
    isGone: (last: Millis) => isEventTime && last + lateness <= timers.watermark,
    /** A row that no window takes. */
    refuse(row: Row, time: Millis, out: Out): void {
      if (late) out.emit("late", row, time);
      else out.drop("late", row);
    },
    /** A window that gets its first row, which came at `at`. It is to be saved. */
    begin(start: number, end: number, last: Millis, at: Millis): OpenWindow {
      const isOver = isEventTime && last <= timers.watermark;
      const early = isOver ? null : firstEarly(at, last);
      const due = isOver ? last + lateness : dueBefore(last, early);
      setTimer(due);
      if (isEarlyByClock && early !== null) timers.atProcessingTime(early);
      return { start, end, due, early, rows: groups.create(), given: null };
    },
    /** Whether its result was given, so that each further row gives it anew. */
    isOver: (window: OpenWindow, last: Millis) => window.due > last,
    /** A session may last longer now. A timer that comes too early is set anew when it comes: rows would set one each. */
    settle(window: OpenWindow, last: Millis): void {
      const isOver = isEventTime && last <= timers.watermark;
      const due = isOver ? last + lateness : dueBefore(last, window.early);
      if (isOver ? window.due === due : window.due <= due) return;
      window.due = due;
      setTimer(due);
    },
    /** The window's timer is due. */
    proceed(window: OpenWindow, bounds: Bounds, time: Millis, out: Out): void {
      const { last } = bounds;
      if (time > last) return open.remove(window.end);
      const isEarly = time < last;
      // A session goes on: its timer was set for an earlier end.
      if (!isEarly || window.early === time) give(window, bounds, out);
      if (!isEarly) {
        if (lateness === 0) return open.remove(window.end);
        window.early = null;
        window.due = last + lateness;
      } else {
        if (window.early === time) window.early = Math.min(time + (interval as number), last);
        window.due = dueBefore(last, window.early);
      }
      setTimer(window.due);
      open.save(window);
    },
    /** A timer on the clock, for early results of windows in event time. */
    giveEarly(window: OpenWindow, bounds: Bounds, time: Millis, out: Out): void {
      give(window, bounds, out);
      window.early = time + (interval as number);
      timers.atProcessingTime(window.early);
      open.save(window);
    },
    isEarlyByClock,
    holdings: () => ({ "open windows": isEventTime ? timers.pending.event : timers.pending.processing }),
  };
}

/** Windows that are aligned to the clock. */
function aligned(window: AlignedWindow, life: Life, { timeZone }: OperatorContext): Operator {
  const shape = shapeOf(window, timeZone);
  const { open, groups, give } = life;
  const boundsOf = ({ start, end }: OpenWindow): Bounds => ({ start, end, last: shape.lastOf(end) });
  const isOne = window.kind === "tumbling";

  function addTo(end: number, last: Millis, at: Millis, out: Out): void {
    const found = open.withEnd(end) ?? life.begin(shape.startOf(end), end, last, at);
    groups.add(found.rows);
    if (life.isOver(found, last)) give(found, boundsOf(found), out);
    open.save(found);
  }

  return {
    onRow(row, time, out) {
      const at = life.timeOf(time);
      const ends = shape.endsAt(at);
      if (isOne) {
        const end = ends[0] as number;
        const last = shape.lastOf(end);
        if (life.isGone(last)) return life.refuse(row, time, out);
        groups.read(row, at);
        return addTo(end, last, at, out);
      }
      if (ends.length === 0) return out.drop("between", row);
      const first = ends.findIndex((end) => !life.isGone(shape.lastOf(end)));
      if (first === -1) return life.refuse(row, time, out);
      groups.read(row, at);
      for (let i = first; i < ends.length; i++) addTo(ends[i] as number, shape.lastOf(ends[i] as number), at, out);
    },
    onTimer(time, out, timer) {
      if (timer === "processing" && life.isEarlyByClock) {
        for (const found of open.where(({ early }) => early === time)) life.giveEarly(found, boundsOf(found), time, out);
        return;
      }
      for (const found of open.where(({ due }) => due === time)) life.proceed(found, boundsOf(found), time, out);
    },
    holdings: life.holdings,
  };
}

/** Windows that last as long as rows follow each other. Their bounds are epoch times: what a clock on the wall does meanwhile does not make them longer. */
function sessions(gap: number, life: Life, { timeZone }: OperatorContext): Operator {
  const { open, groups, give } = life;
  const zone = timeZoneOf(timeZone);
  const boundsOf = ({ start, end }: OpenWindow): Bounds => ({ start: wallOf(start, zone), end: wallOf(end, zone), last: end - 1 });

  /** Makes one of sessions that a row has brought together. */
  function joined(found: readonly OpenWindow[]): OpenWindow {
    const [first, ...others] = found as [OpenWindow, ...OpenWindow[]];
    for (const window of found) open.remove(window.end);
    for (const window of others) {
      groups.merge(first.rows, window.rows);
      first.end = window.end;
      first.due = Math.min(first.due, window.due);
      if (window.early !== null) first.early = Math.min(first.early ?? window.early, window.early);
    }
    return first;
  }

  return {
    onRow(row, time, out) {
      const at = life.timeOf(time);
      const found = open.where(({ start, end }) => start <= at + gap && end >= at);
      if (found.length === 0 && life.isGone(at + gap - 1)) return life.refuse(row, time, out);
      groups.read(row, at);
      const window = found.length === 0 ? life.begin(at, at + gap, at + gap - 1, at) : joined(found);
      window.start = Math.min(window.start, at);
      window.end = Math.max(window.end, at + gap);
      groups.add(window.rows);
      life.settle(window, window.end - 1);
      if (life.isOver(window, window.end - 1)) give(window, boundsOf(window), out);
      open.save(window);
    },
    onTimer(time, out) {
      for (const window of open.where(({ due }) => due === time)) life.proceed(window, boundsOf(window), time, out);
    },
    holdings: life.holdings,
  };
}

function wallOf(time: Millis, zone: TimeZone): number {
  return time + zone.offsetAt(time);
}

function noTime(): RowError {
  return new RowError("window.no-time", {
    en: "The row has no event time. Put an event time node before the window.",
    zh: "该行没有事件时间。请在开窗之前放一个事件时间节点。",
  });
}
