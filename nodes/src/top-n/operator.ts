/**
 * As Flink's rank functions, one for each way of what the rows may do (`wayOf`): AppendOnlyFirstN, FastTop1, AppendOnlyTopN and Updatable, Retractable, and the window rank.
 *
 * Of what Flink does with a number that rows give, one thing is otherwise: there it lets up to a hundred rows in, of which some then come out that are not among the first. Here that number decides.
 */
import { sameValue } from "@millrace/engine/expression";
import {
  type CompiledExpression,
  kindOf,
  type Millis,
  type Operator,
  type OperatorContext,
  type Out,
  type Row,
  RowError,
  withKind,
} from "@millrace/engine/node";
import type { DataType, Value, Values } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";
import { type Place, type RowOrder, rowOrder } from "../row-order.ts";
import { BIGINT, rowOf } from "../state-types.ts";
import { windowLast } from "../window-end.ts";
import { AllRows } from "./all-rows.ts";
import { lifetime } from "./lifetime.ts";
import { placeIn, type Ranked, rankedType, teller } from "./ranked-rows.ts";
import { numberOf, resultChanges, type TopNParams, wayOf } from "./spec.ts";

export function createOperator(params: TopNParams, context: OperatorContext): Operator {
  const input = context.changelogs.in ?? { mode: "append" };
  const way = wayOf(params, input);
  const parts = partsOf(params, context, resultChanges(params, input).mode !== "upsert");
  switch (way) {
    case "window-end":
      return firstOfWindows(params.windowEnd as string, parts, context);
    case "first":
      return firstToCome(parts);
    case "best":
      return bestSoFar(parts);
    case "growing":
      return firstSoFar(parts);
    case "changing":
      return firstOfAll(parts);
  }
}

type Parts = ReturnType<typeof partsOf>;

/** What all ways have in common. */
function partsOf(params: TopNParams, context: OperatorContext, tellsOld: boolean) {
  const { state, expressions, schemas } = context;
  const { orderBy, rank, firstRank, rowKey, forgetAfter } = params;
  const order = rowOrder(orderBy, expressions);
  const ids = rowKey?.map((text) => expressions.value(text, "in"));
  const limit = limits(params.n, context);
  const kept = state.counter("kept");
  return {
    state,
    order,
    limitOf: limit.of,
    type: rankedType(order.placeType, idTypeOf(ids), schemas.inputs.in as DataType),
    idType: ids && idTypeOf(ids),
    /** Throws `RowError`. */
    entryOf: (row: Row, time: Millis): Ranked => ({
      place: order.placeOf(row, time),
      id: ids === undefined ? null : Object.fromEntries(ids.map((id, i) => [String(i), id(row, time)])),
      row: asInsert(row),
    }),
    kept,
    /** `forget` clears what is kept of the current key, and says how many rows that was. */
    lifeOf: (forget: () => number) =>
      lifetime(forgetAfter, context, () => {
        limit.forget();
        kept.add(-forget());
      }),
    telling: teller({ rankPath: rank?.split("."), firstRank, tellsOld }),
  };
}

function idTypeOf(ids: readonly CompiledExpression[] = []): DataType {
  return rowOf(Object.fromEntries(ids.map(({ dataType }, i) => [String(i), dataType])));
}

/** How many rows the current key has; the first that comes says it, where it is no number. */
function limits(n: string, { state, expressions }: OperatorContext): { of(row: Row, time: Millis): number; forget(): void } {
  const fixed = numberOf(n);
  if (fixed !== undefined) return { of: () => fixed, forget: () => undefined };
  const value = expressions.value(n, "in");
  const said = state.value("n", BIGINT);
  return {
    of(row, time) {
      const known = said.get();
      if (known !== null) return Number(known);
      const limit = value(row, time);
      if (limit === null) throw noNumber(n);
      said.set(Math.max(0, Number(limit)));
      return Math.max(0, Number(limit));
    },
    forget: () => said.clear(),
  };
}

/** AppendOnlyFirstNFunction: nothing is kept but how many there were. */
function firstToCome({ state, limitOf, telling, lifeOf }: Parts): Operator {
  const seen = state.value("seen", BIGINT);
  const life = lifeOf(() => {
    seen.clear();
    return 0;
  });
  return {
    onRow(row, time, out) {
      life.check();
      const limit = limitOf(row, time);
      const before = Number(seen.get() ?? 0);
      if (before >= limit) return out.drop("beyond", row);
      seen.set(before + 1);
      life.touch();
      telling.tell("+I", { place: {}, id: null, row: asInsert(row) }, before + 1, limit, time, out);
    },
    onTimer: life.onTimer,
  };
}

/** FastTop1Function: the one that is best is told to have become another. */
function bestSoFar({ state, order, type, entryOf, telling, kept, lifeOf }: Parts): Operator {
  const best = state.value("best", type);
  const life = lifeOf(() => {
    best.clear();
    return 1;
  });
  return {
    onRow(row, time, out) {
      refuseEnd(row);
      life.check();
      const entry = entryOf(row, time);
      const old = best.get() as Ranked | null;
      // A new state of the very row that is kept is told even where it is no better.
      const isNew = old === null || order.compare(entry.place, old.place) < 0 || (entry.id !== null && sameValue(entry.id, old.id));
      if (!isNew) return out.drop("beyond", row);
      best.set(asValue(entry));
      life.touch();
      if (old === null) {
        kept.add(1);
        return telling.tell("+I", entry, 1, 1, time, out);
      }
      telling.tell("-U", old, 1, 1, time, out);
      telling.tell("+U", entry, 1, 1, time, out);
    },
    onTimer: life.onTimer,
    holdings: () => ({ rows: kept.total }),
  };
}

/** AppendOnlyTopNFunction and UpdatableTopNFunction: what is not among the first will never be. */
function firstSoFar({ state, order, limitOf, type, entryOf, telling, kept, lifeOf }: Parts): Operator {
  const rows = state.value("rows", { type: "ARRAY", element: type });
  const listed = () => (rows.get() ?? []) as unknown as readonly Ranked[];
  const life = lifeOf(() => {
    const { length } = listed();
    rows.clear();
    return length;
  });
  return {
    onRow(row, time, out) {
      refuseEnd(row);
      life.check();
      const entry = entryOf(row, time);
      const limit = limitOf(row, time);
      const list = listed();
      const from = entry.id === null ? -1 : list.findIndex(({ id }) => sameValue(id, entry.id));
      if (from !== -1) {
        const { list: next, to } = movedTo(list, from, entry, order);
        rows.set(asValue(next));
        life.touch();
        return telling.moved({ old: list, list: next, from, to, after: entry }, limit, time, out);
      }
      const at = placeIn(list, entry.place, order);
      if (at >= limit) return out.drop("beyond", row);
      rows.set(asValue(list.toSpliced(at, 0, entry).slice(0, limit)));
      if (list.length < limit) kept.add(1);
      life.touch();
      telling.came(list, entry, at, limit, time, out);
    },
    onTimer: life.onTimer,
    holdings: () => ({ rows: kept.total }),
  };
}

/** RetractableTopNFunction: any row may come up when others go. Rows that update each other by a row key are moved. */
function firstOfAll({ state, order, limitOf, type, idType, entryOf, telling, kept, lifeOf }: Parts): Operator {
  const rows = new AllRows(state, order, type);
  const places = idType && state.map("places", { key: idType, value: order.placeType });
  const life = lifeOf(() => {
    places?.clear();
    return rows.clear();
  });

  function come(entry: Ranked, limit: number, time: Millis, out: Out): void {
    const list = rows.first(limit);
    const at = rows.indexFor(list, entry.place);
    rows.add(list, entry, at, limit);
    telling.came(list, entry, at, limit, time, out);
  }

  /** False when there is none such, as below. */
  function go(place: Place, isIt: IsWanted, limit: number, time: Millis, out: Out): boolean {
    const list = rows.first(limit);
    const at = rows.indexOf(list, place, isIt);
    if (at === -1) return rows.changeRest(place, isIt);
    rows.remove(list, at);
    telling.went(list, at, limit, time, out);
    return true;
  }

  /** The row at a place is another now. */
  function move(entry: Ranked, place: Place, isIt: IsWanted, limit: number, time: Millis, out: Out): boolean {
    const list = rows.first(limit);
    const from = rows.indexOf(list, place, isIt);
    const stays = order.compare(place, entry.place) === 0;
    if (from === -1) {
      if (stays) return rows.changeRest(place, isIt, entry);
      if (!rows.changeRest(place, isIt)) return false;
      come(entry, limit, time, out);
    } else if (stays) {
      rows.replace(list, from, entry);
      telling.moved({ old: list, list: list.with(from, entry), from, to: from, after: entry }, limit, time, out);
    } else {
      rows.remove(list, from);
      const without = rows.first(limit);
      const to = rows.indexFor(without, entry.place);
      rows.add(without, entry, to, limit);
      const after = to <= without.length ? without.toSpliced(to, 0, entry) : without;
      telling.moved({ old: list, list: after, from, to, after: entry }, limit, time, out);
    }
    return true;
  }

  /** Rows of one thing: the row key says which, whatever else they hold. True when something was there before. */
  function update(entry: Ranked, ends: boolean, limit: number, time: Millis, out: Out): boolean {
    const id = entry.id as Values;
    const isIt = (one: Ranked) => sameValue(one.id, id);
    const place = places?.get(id) as Place | undefined;
    if (ends) places?.delete(id);
    else places?.set(id, entry.place);
    if (place === undefined) return false;
    return ends ? go(place, isIt, limit, time, out) : move(entry, place, isIt, limit, time, out);
  }

  return {
    onRow(row, time, out) {
      life.check();
      const entry = entryOf(row, time);
      const limit = limitOf(row, time);
      const ends = endsRow(row);
      const wasThere =
        entry.id === null
          ? ends && go(entry.place, (one) => sameValue(one.row, entry.row), limit, time, out)
          : update(entry, ends, limit, time, out);
      if (ends && !wasThere) return out.drop("unknown", row);
      if (!ends && !wasThere) come(entry, limit, time, out);
      if (ends) kept.add(-1);
      else if (!wasThere) kept.add(1);
      life.touch();
    },
    onTimer: life.onTimer,
    holdings: () => ({ rows: kept.total }),
  };
}

type IsWanted = (entry: Ranked) => boolean;

/** As Flink's window rank: each window's first rows when the watermark has reached its last millisecond. */
function firstOfWindows(windowEnd: string, parts: Parts, { timers, state, expressions, timeZone }: OperatorContext): Operator {
  const { order, limitOf, type, entryOf, telling, kept } = parts;
  const lastOf = windowLast(windowEnd, expressions, timeZone);
  const windows = state.map("windows", { key: BIGINT, value: { type: "ARRAY", element: type } });
  return {
    onRow(row, time, out) {
      const last = lastOf(row, time);
      if (last <= timers.watermark) return out.emit("late", row, time);
      const entry = entryOf(row, time);
      const limit = limitOf(row, time);
      const list = (windows.get(last) ?? []) as unknown as readonly Ranked[];
      const at = placeIn(list, entry.place, order);
      if (at >= limit) return out.drop("beyond", row);
      if (list.length === limit) out.drop("beyond", (list[limit - 1] as Ranked).row);
      else kept.add(1);
      if (list.length === 0) timers.atEventTime(last);
      windows.set(last, asValue(list.toSpliced(at, 0, entry).slice(0, limit)));
    },
    onTimer(last, out) {
      const list = (windows.take(last) ?? []) as unknown as readonly Ranked[];
      kept.add(-list.length);
      for (const [i, entry] of list.entries()) telling.tell("+I", entry, i + 1, list.length, last, out);
    },
    holdings: () => ({ rows: kept.total, windows: timers.pending.event }),
  };
}

function movedTo(list: readonly Ranked[], from: number, entry: Ranked, order: RowOrder): { list: readonly Ranked[]; to: number } {
  // A row whose place is the same stays where it is among its equals.
  if (order.compare((list[from] as Ranked).place, entry.place) === 0) return { list: list.with(from, entry), to: from };
  const without = list.toSpliced(from, 1);
  const to = placeIn(without, entry.place, order);
  return { list: without.toSpliced(to, 0, entry), to };
}

function asValue(kept: Ranked | readonly Ranked[]): Value {
  return kept as unknown as Values;
}

function asInsert(row: Row): Row {
  return kindOf(row) === "+I" ? row : withKind(row, "+I");
}

function endsRow(row: Row): boolean {
  const kind = kindOf(row);
  return kind === "-D" || kind === "-U";
}

function refuseEnd(row: Row): void {
  if (endsRow(row))
    throw new RowError("top-n.deleted", {
      en: 'The row is deleted, and rows are said to change only for the better. Choose "in any way".',
      zh: "该行被删除，而参数说明行只会变得更优。请选择“任意”。",
    });
}

function noNumber(n: string): RowError {
  return new RowError("top-n.no-number", {
    en: `How many rows to keep, ${quote(n)}, is NULL for this row; expected a whole number.`,
    zh: `该行的取行数 ${quote(n)} 为 NULL；应为整数。`,
  });
}
