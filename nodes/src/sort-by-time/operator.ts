import { MIN_TIME, type Millis, type Operator, type OperatorContext, type Row, RowError } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import { type Place, rowOrder } from "../row-order.ts";
import { BIGINT, rowOf } from "../state-types.ts";
import type { SortByTimeParams } from "./spec.ts";

interface Waiting {
  readonly place: Place;
  readonly row: Row;
}

/**
 * Flink's RowTimeSortOperator, by key. Rows of one time have one timer, and are a part of their key in the state: a checkpoint writes the times that rows came for or left, and not all that wait. A row is late
 * when one of its time, or of a later one, has been let out already: one that is behind the watermark while nothing was let out since is still in order, and leaves with the next watermark.
 */
export function createOperator(
  { orderBy, mostRows }: SortByTimeParams,
  { state, timers, schemas, expressions }: OperatorContext,
): Operator {
  const order = rowOrder(orderBy, expressions);
  const row = rowOf({ place: order.placeType, row: schemas.inputs.in as DataType });
  const ofTime = state.list("rows of a time", row, { compact: true });
  // Before there were parts of keys, each key had its rows here. What an older savepoint has leaves from here, with rows of its times.
  const older = state.map("waiting", { key: BIGINT, value: { type: "ARRAY", element: row } });
  const lastGiven = state.value("last given", BIGINT);
  const ofKey = state.value("rows", BIGINT);
  const count = state.counter("rows held");

  return {
    onRow(row, time, out) {
      if (time === MIN_TIME) throw noTime();
      const given = lastGiven.get();
      if (given !== null && time <= Number(given)) return out.emit("late", row, time);
      const held = Number(ofKey.get() ?? 0);
      if (held >= mostRows) throw tooMany(mostRows);
      const one = { place: order.placeOf(row, time), row };
      ofKey.set(held + 1);
      count.add(1);
      const ofOlder = older.get(time) as readonly Waiting[] | undefined;
      if (ofOlder !== undefined) return older.set(time, [...ofOlder, one] as unknown as Value);
      state.part(time);
      ofTime.add(one as unknown as Value);
      timers.atEventTime(time);
    },
    onTimer(time: Millis, out) {
      const ofPart = ofTime.get() as unknown as readonly Waiting[];
      ofTime.clear();
      state.part(undefined);
      const rows = [...((older.take(time) ?? []) as unknown as readonly Waiting[]), ...ofPart];
      ofKey.set(Number(ofKey.get()) - rows.length);
      count.add(-rows.length);
      lastGiven.set(time);
      // Rows of one place stay as they came.
      for (const { row } of rows.toSorted((a, b) => order.compare(a.place, b.place))) out.emit("out", row, time);
    },
    holdings: () => ({ rows: count.total }),
  };
}

function noTime(): RowError {
  return new RowError("sort-by-time.no-time", {
    en: "The row has no event time. Put an event time node before this one.",
    zh: "该行没有事件时间。请在此节点之前放一个事件时间节点。",
  });
}

function tooMany(most: number): RowError {
  return new RowError("sort-by-time.too-many", {
    en: `${most} rows of the key wait already. See why the watermark stands still, or let more wait.`,
    zh: `该 key 已有 ${most} 行在等待。请检查水位线为何停滞，或提高上限。`,
  });
}
