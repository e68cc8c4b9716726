import { comparisonOf, sameValue } from "@millrace/engine/expression";
import {
  kindOf,
  MIN_TIME,
  type Millis,
  type Operator,
  type OperatorContext,
  type Out,
  type Row,
  RowError,
  toMillis,
  withKind,
} from "@millrace/engine/node";
import type { DataType, RowKind, Value } from "@millrace/engine/schema";
import { BIGINT, rowOf } from "../state-types.ts";
import { windowLast } from "../window-end.ts";
import type { DistinctParams } from "./spec.ts";

/** As Flink's four functions of deduplication, and that of windows: which of them follows from the params. */
export function createOperator(params: DistinctParams, context: OperatorContext): Operator {
  const { keep, order, emit } = params;
  if (params.windowEnd !== undefined) return oneOfWindows(keep, params.windowEnd, context);
  if (emit === "watermark") return firstWhenPassed(params, context);
  if (order.by !== "arrival") return bestSoFar(params, context);
  return keep === "first" ? firstToCome(params, context) : lastToCome(params, context);
}

/** ProcTimeDeduplicateKeepFirstRowFunction: nothing is kept but that there was one. */
function firstToCome({ forgetAfter }: DistinctParams, { state }: OperatorContext): Operator {
  const seen = state.value("seen", { type: "BOOLEAN" }, options(forgetAfter));
  return {
    onRow(row, time, out) {
      if (seen.get() !== null) return out.drop("repeat", row);
      seen.set(true);
      out.emit("out", row, time);
    },
  };
}

/** ProcTimeDeduplicateKeepLastRowFunction, over changes too: what is taken back ends its key. */
function lastToCome({ forgetAfter, endsWhen, changes }: DistinctParams, { state, schemas, expressions }: OperatorContext): Operator {
  const kept = state.value("kept", rowOf({ row: schemas.inputs.in as DataType }), options(forgetAfter));
  const ends = endsWhen === undefined ? () => false : expressions.condition(endsWhen);
  return {
    onRow(row, time, out) {
      const old = (kept.get() as { row: Row } | null)?.row;
      const kind = kindOf(row);
      if (kind === "-D" || kind === "-U") {
        if (old === undefined) return out.drop("unknown", row);
        out.emit("out", withKind(old, "-D"), time);
        return kept.clear();
      }
      if (old !== undefined && forgetAfter === undefined && sameValue(old, row)) return out.drop("repeat", row);
      if (ends(row, time)) {
        if (old === undefined) return out.drop("unknown", row);
        out.emit("out", withKind(old, "-D"), time);
        return kept.clear();
      }
      emitChange(old, row, time, changes, out);
      kept.set({ row: ofKind(row, "+I") } as never);
    },
  };
}

/** RowTimeDeduplicateFunction: by time or a value, at once, taken back when another turns out to be it. */
function bestSoFar({ keep, order, forgetAfter, changes }: DistinctParams, { state, schemas, expressions }: OperatorContext): Operator {
  const placeOf = order.by === "value" ? expressions.value(order.value) : undefined;
  const orderType: DataType = placeOf?.dataType ?? BIGINT;
  const compare = comparisonOf(orderType) as (a: Value, b: Value) => number;
  const kept = state.value("kept", rowOf({ row: schemas.inputs.in as DataType, order: orderType }), options(forgetAfter));

  /** Of equal times the last to come is the last; an equal value is not newer. */
  function isBetter(place: Value, old: Value): boolean {
    const difference = compare(place, old);
    if (keep === "first") return difference < 0;
    return order.by === "time" ? difference >= 0 : difference > 0;
  }

  return {
    onRow(row, time, out) {
      if (!placeOf && time === MIN_TIME) throw noTime();
      const place = placeOf ? placeOf(row, time) : time;
      const old = kept.get() as { row: Row; order: Value } | null;
      if (place === null || (old !== null && !isBetter(place, old.order))) return out.drop("repeat", row);
      emitChange(old?.row, row, time, changes, out);
      kept.set({ row, order: place } as never);
    },
  };
}

/** RowTimeDeduplicateKeepFirstRowFunction: the earliest waits until the watermark has passed it, and is not forgotten while it waits. */
function firstWhenPassed({ forgetAfter }: DistinctParams, { state, timers, schemas }: OperatorContext): Operator {
  const waiting = state.value("waiting", rowOf({ row: schemas.inputs.in as DataType, time: BIGINT }));
  const given = state.value("given", { type: "BOOLEAN" }, options(forgetAfter));
  const count = state.counter("rows held");
  return {
    onRow(row, time, out) {
      if (time === MIN_TIME) throw noTime();
      // Strictly: Flink takes a row whose time is the watermark.
      if (time < timers.watermark) return out.emit("late", row, time);
      if (given.get() !== null) return out.drop("repeat", row);
      const old = waiting.get() as { row: Row; time: Millis } | null;
      if (old !== null && time >= old.time) return out.drop("repeat", row);
      if (old !== null) {
        timers.cancelEventTime(old.time);
        out.drop("repeat", old.row);
      } else count.add(1);
      timers.atEventTime(time);
      waiting.set({ row, time } as never);
    },
    onTimer(_time, out) {
      const first = waiting.get() as { row: Row; time: Millis } | null;
      if (first === null) return;
      waiting.clear();
      count.add(-1);
      given.set(true);
      out.emit("out", first.row, first.time);
    },
    holdings: () => ({ rows: count.total }),
  };
}

/** RowTimeWindowDeduplicate: one row of each window, when the watermark has reached its last millisecond. */
function oneOfWindows(
  keep: DistinctParams["keep"],
  windowEnd: string,
  { state, timers, schemas, expressions, timeZone }: OperatorContext,
): Operator {
  const lastOf = windowLast(windowEnd, expressions, timeZone);
  const windows = state.map("windows", { key: BIGINT, value: rowOf({ row: schemas.inputs.in as DataType, time: BIGINT }) });
  const count = state.counter("rows held");
  return {
    onRow(row, time, out) {
      if (time === MIN_TIME) throw noTime();
      const last = lastOf(row, time);
      if (last <= timers.watermark) return out.emit("late", row, time);
      const old = windows.get(last) as { row: Row; time: Millis } | undefined;
      if (old === undefined) {
        timers.atEventTime(last);
        count.add(1);
      } else {
        // Of equal times the first to come is the first, the last to come the last.
        const isBetter = keep === "first" ? time < old.time : time >= old.time;
        out.drop("repeat", isBetter ? old.row : row);
        if (!isBetter) return;
      }
      windows.set(last, { row, time } as never);
    },
    onTimer(last, out) {
      const kept = windows.take(last) as { row: Row } | undefined;
      if (kept === undefined) return;
      count.add(-1);
      out.emit("out", kept.row, last);
    },
    holdings: () => ({ rows: count.total }),
  };
}

function emitChange(old: Row | undefined, row: Row, time: Millis, changes: DistinctParams["changes"], out: Out): void {
  if (old === undefined) return out.emit("out", ofKind(row, "+I"), time);
  if (changes === "retract") out.emit("out", withKind(old, "-U"), time);
  out.emit("out", withKind(row, "+U"), time);
}

function ofKind(row: Row, kind: RowKind): Row {
  return kindOf(row) === kind ? row : withKind(row, kind);
}

function options(forgetAfter: string | undefined) {
  return forgetAfter === undefined ? {} : { ttlMs: toMillis(forgetAfter) };
}

function noTime(): RowError {
  return new RowError("distinct.no-time", {
    en: "The row has no time, and the order is by time. Put an event time node before this one, or order by arrival.",
    zh: "该行没有时间，而顺序按事件时间。请在此节点之前加一个事件时间节点，或按到达顺序。",
  });
}
