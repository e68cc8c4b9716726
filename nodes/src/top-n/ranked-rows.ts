/** Lists of rows in order, and what is told of them: the order and kinds of Flink's top N functions. Lists are values of the state and are replaced, never changed. */
import { changeRow, kindOf, type Millis, type Out, type Row, withKind } from "@millrace/engine/node";
import type { DataType, RowKind, Values } from "@millrace/engine/schema";
import type { Place, RowOrder } from "../row-order.ts";
import { rowOf } from "../state-types.ts";

export interface Ranked {
  readonly place: Place;
  /** What tells the row's thing from others, where rows update each other: a row with the members "0", "1" … */
  readonly id: Values | null;
  /** An insert, whatever it came as. */
  readonly row: Row;
}

export function rankedType(placeType: DataType, idType: DataType, rowType: DataType): DataType {
  return rowOf({ place: placeType, id: idType, row: rowType });
}

/** Where a row of that place would come: behind all that are equal. */
export function placeIn(list: readonly Ranked[], place: Place, { compare }: RowOrder): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare((list[middle] as Ranked).place, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Move {
  readonly old: readonly Ranked[];
  readonly list: readonly Ranked[];
  readonly from: number;
  readonly to: number;
  readonly after: Ranked;
}

export interface Telling {
  /** Each row has its rank among its fields, so that one whose rank changes is told anew. */
  readonly rankPath: readonly string[] | undefined;
  /** Ranks below this one are not told. */
  readonly firstRank: number;
  /** Former rows are told before new ones. */
  readonly tellsOld: boolean;
}

/** Tells what becomes of the first `limit` ranks (from 1 on) by one row that came at `time`. */
export function teller({ rankPath, firstRank, tellsOld }: Telling) {
  const byRank = rankPath !== undefined || firstRank > 1;

  function tell(kind: RowKind, { row }: Ranked, rank: number, limit: number, time: Millis, out: Out): void {
    if (rank < firstRank || rank > limit || (kind === "-U" && !tellsOld)) return;
    const ranked = rankPath === undefined ? row : changeRow(row, rankPath, rank);
    out.emit("out", kindOf(ranked) === kind ? ranked : withKind(ranked, kind), time);
  }

  /** The rows from index `from` of `list` on have one before them that is new there. */
  function shiftDown(list: readonly Ranked[], entry: Ranked, from: number, limit: number, time: Millis, out: Out): void {
    let current = entry;
    let at = from;
    for (; at < list.length && at < limit; at++) {
      const former = list[at] as Ranked;
      tell("-U", former, at + 1, limit, time, out);
      tell("+U", current, at + 1, limit, time, out);
      current = former;
    }
    tell("+I", current, at + 1, limit, time, out);
  }

  return {
    tell,
    /** `entry` comes to index `at` of what is `list` so far. */
    came(list: readonly Ranked[], entry: Ranked, at: number, limit: number, time: Millis, out: Out): void {
      if (at >= limit) return;
      if (byRank) return shiftDown(list, entry, at, limit, time, out);
      const last = list[limit - 1];
      if (last !== undefined) tell("-D", last, limit, limit, time, out);
      tell("+I", entry, at + 1, limit, time, out);
    },
    /** The row at index `at` of what is `list` so far goes. */
    went(list: readonly Ranked[], at: number, limit: number, time: Millis, out: Out): void {
      if (at >= limit) return;
      let gone = list[at] as Ranked;
      if (!byRank) {
        tell("-D", gone, at + 1, limit, time, out);
        const next = list[limit];
        if (next !== undefined) tell("+I", next, limit, limit, time, out);
        return;
      }
      let rank = at + 1;
      for (; rank < list.length && rank <= limit; rank++) {
        const next = list[rank] as Ranked;
        tell("-U", gone, rank, limit, time, out);
        tell("+U", next, rank, limit, time, out);
        gone = next;
      }
      tell("-D", gone, rank, limit, time, out);
    },
    /** The row at index `from` of what was `old` is `after` now and stands at index `to` of `list`; at none of its indices where it is none of the first any more. */
    moved({ old, list, from, to, after }: Move, limit: number, time: Millis, out: Out): void {
      const before = old[from] as Ranked;
      if (!byRank) {
        if (from >= limit && to >= limit) return;
        if (from < limit && to < limit) {
          tell("-U", before, from + 1, limit, time, out);
          return tell("+U", after, to + 1, limit, time, out);
        }
        tell("-D", from < limit ? before : (old[limit - 1] as Ranked), limit, limit, time, out);
        return tell("+I", from < limit ? (list[limit - 1] as Ranked) : after, limit, limit, time, out);
      }
      if (to < from) return movedUp({ old, from, to, after }, limit, time, out);
      tell("-U", before, from + 1, limit, time, out);
      for (let at = from; at < to && at < limit; at++) {
        const next = list[at] as Ranked;
        tell("-U", next, at + 2, limit, time, out);
        tell("+U", next, at + 1, limit, time, out);
      }
      tell("+U", after, to + 1, limit, time, out);
    },
  };

  function movedUp({ old, from, to, after }: Omit<Move, "list">, limit: number, time: Millis, out: Out): void {
    const before = old[from] as Ranked;
    let current = after;
    for (let at = to; at < from; at++) {
      const former = old[at] as Ranked;
      tell("-U", former, at + 1, limit, time, out);
      // The row itself is taken back before it is told with its new rank.
      if (at === to) tell("-U", before, from + 1, limit, time, out);
      tell("+U", current, at + 1, limit, time, out);
      current = former;
    }
    tell("+U", current, from + 1, limit, time, out);
  }
}
