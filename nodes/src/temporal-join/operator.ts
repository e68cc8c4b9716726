import {
  attach,
  kindOf,
  MIN_TIME,
  type Millis,
  type Operator,
  type OperatorContext,
  type Out,
  type Row,
  RowError,
  toMillis,
} from "@millrace/engine/node";
import type { DataType } from "@millrace/engine/schema";
import { joinedRowCheck, joinedRowMaker } from "../joined-row.ts";
import { BIGINT, rowOf } from "../state-types.ts";
import type { TemporalJoinParams } from "./spec.ts";

interface Waiting {
  readonly time: Millis;
  readonly row: Row;
}

/** Undefined row: from here on there is none. */
interface Version {
  readonly row: Row | null;
}

/**
 * As Flink's TemporalRowTimeJoinOperator and TemporalProcessTimeJoinOperator. By event time left rows wait until the watermark has passed them, and leave in the order they came; a version that came later takes the place
 * of one of the same time. Versions go when a later one is behind the watermark; the latest stays. One timer per key stands for the earliest of what waits.
 */
export function createOperator(params: TemporalJoinParams, context: OperatorContext): Operator {
  const { state, timers, schemas } = context;
  const byEvent = params.time === "event";
  const make = joinedRowMaker(params.joined, context);
  const check = joinedRowCheck(params.joined, context);
  const ends = params.endsWhen === undefined ? () => false : context.expressions.condition(params.endsWhen, "right");
  const waiting = state.list("waiting", rowOf({ time: BIGINT, row: schemas.inputs.left as DataType }));
  const versions = state.map("versions", { key: BIGINT, value: rowOf({ row: schemas.inputs.right as DataType }) });
  const held = state.counter("rows held");
  const nextTimer = state.value("timer", BIGINT);
  const forgetting = forgetter(params, context, () => {
    held.add(-waiting.get().length);
    waiting.clear();
    versions.clear();
    const set = nextTimer.get() as Millis | null;
    if (set !== null) timers.cancelEventTime(set);
    nextTimer.clear();
  });

  function emit(left: Row, time: Millis, right: Row | null, out: Out): void {
    if (right === null && params.outer === "none") return out.emit("unmatched", left, time);
    const joined = make(left, time, right, time);
    const kind = kindOf(left);
    out.emit("joined", kind === "+I" ? joined : attach(joined, { kind }), time);
  }

  function versionOf(row: Row, time: Millis): Version {
    const kind = kindOf(row);
    return { row: kind === "-D" || kind === "-U" || ends(row, time) ? null : row };
  }

  function setTimer(time: Millis): void {
    const set = nextTimer.get() as Millis | null;
    if (set !== null && set <= time) return;
    if (set !== null) timers.cancelEventTime(set);
    timers.atEventTime(time);
    nextTimer.set(time);
  }

  function onRight(row: Row, time: Millis, out: Out): void {
    if (state.key.includes(null)) return out.drop("no-key", row);
    check("right", row, time);
    const version = versionOf(row, time);
    if (byEvent) {
      versions.set(time, version as never);
      setTimer(time);
    } else if (version.row === null) {
      versions.clear();
      return forgetting.stop();
    } else versions.set(0, version as never);
    forgetting.touch();
  }

  function onLeft(row: Row, time: Millis, out: Out): void {
    if (byEvent && time <= timers.watermark) return out.emit("late", row, time);
    if (state.key.includes(null)) return emit(row, time, null, out);
    check("left", row, time);
    if (byEvent) {
      waiting.add({ time, row });
      held.add(1);
      setTimer(time);
      return forgetting.touch();
    }
    const latest = versions.get(0) as Version | undefined;
    emit(row, time, latest?.row ?? null, out);
    if (latest !== undefined) forgetting.touch();
  }

  /** Lets out what the watermark has passed, and forgets versions that no later row can ask for. */
  function settle(out: Out): void {
    const { watermark } = timers;
    const before = waiting.get() as unknown as readonly Waiting[];
    const left = before.filter(({ time }) => time > watermark);
    const known = ([...versions.entries()] as unknown as [Millis, Version][]).sort(([a], [b]) => a - b);
    for (const { row, time } of before)
      if (time <= watermark) emit(row, time, known.findLast(([from]) => from <= time)?.[1].row ?? null, out);
    if (left.length < before.length) waiting.set(left as never);
    held.add(left.length - before.length);
    const newer = known.findIndex(([from]) => from > watermark);
    const kept = newer === -1 ? known.length - 1 : newer - 1;
    for (const [from] of known.slice(0, Math.max(kept, 0))) versions.delete(from);
    if (left.length > 0) setTimer(left.reduce((earliest, { time }) => Math.min(earliest, time), Number.POSITIVE_INFINITY));
    if (left.length > 0 || known.length > 0) forgetting.touch();
    else forgetting.stop();
  }

  return {
    onRow(row, time, out, port) {
      if (byEvent && time === MIN_TIME) throw noTime();
      if (port === "left") onLeft(row, time, out);
      else onRight(row, time, out);
    },
    onTimer(time, out, timer) {
      if (timer === "processing") return forgetting.onTimer(time);
      nextTimer.clear();
      settle(out);
    },
    ...(byEvent && { holdings: () => ({ rows: held.total }) }),
  };
}

/** Flink's idle state retention: between two bounds of processing time after the last touch, so that not every touch moves a timer. */
function forgetter({ forgetAfter, forgetBy }: TemporalJoinParams, { state, timers, now }: OperatorContext, forget: () => void) {
  if (forgetAfter === undefined) return { touch: () => undefined, stop: () => undefined, onTimer: () => undefined };
  const least = toMillis(forgetAfter);
  const most = forgetBy === undefined ? Math.round(least * 1.5) : toMillis(forgetBy);
  const at = state.value("forgetAt", BIGINT);
  const cancel = () => {
    const set = at.get() as Millis | null;
    if (set !== null) timers.cancelProcessingTime(set);
  };
  return {
    touch() {
      const set = at.get() as Millis | null;
      if (set !== null && now() + least <= set) return;
      cancel();
      timers.atProcessingTime(now() + most);
      at.set(now() + most);
    },
    stop() {
      cancel();
      at.clear();
    },
    onTimer(time: Millis) {
      if (at.get() !== time) return;
      at.clear();
      forget();
    },
  };
}

function noTime(): RowError {
  return new RowError("temporal-join.no-time", {
    en: "The row has no time, and a temporal join compares times. Put an event time node before the join.",
    zh: "该行没有时间，而时态连接需要比较时间。请在连接之前加一个事件时间节点。",
  });
}
