/** What both sets of rules share: the rows that wait on either side, what a row matches, and what leaves. */
import type { CompactListState, Millis, OperatorContext, Out, Row } from "@millrace/engine/node";
import type { DataType } from "@millrace/engine/schema";
import type { JoinSide } from "../joined-fields.ts";
import { joinedRowCheck, joinedRowMaker } from "../joined-row.ts";
import { BIGINT, rowOf } from "../state-types.ts";
import { boundsOf, type IntervalJoinParams, outerSides } from "./spec.ts";

/** A row that waits. */
export interface Waiting {
  readonly time: Millis;
  /** It was joined once. */
  readonly matched: boolean;
  readonly row: Row;
}

export interface Side {
  readonly name: JoinSide;
  readonly rows: CompactListState;
  /** Rows of the other side match from `time + from` to `time + to`, both included. */
  readonly from: Millis;
  readonly to: Millis;
}

export interface Sides {
  readonly left: Side;
  readonly right: Side;
  /** Emits a pair; `here` is the row of `side`. Its time is the later one of both. */
  join(side: Side, here: Row, hereTime: Millis, there: Waiting, out: Out): void;
  /** Throws the `RowError` of a row that could not be let out when its time has passed. */
  check(side: Side, row: Row, time: Millis): void;
  /** Lets a row without a partner out. */
  unmatched(side: Side, row: Row, rowTime: Millis, time: Millis, out: Out): void;
  /** Rows that wait, by the names of the spec. */
  holdings(): Record<string, number>;
}

export function openSides(params: IntervalJoinParams, context: OperatorContext): Sides {
  const { lower, upper } = boundsOf(params);
  const make = joinedRowMaker(params.joined, context);
  const check = joinedRowCheck(params.joined, context);
  const padded = outerSides(params.outer);
  const side = (name: JoinSide, from: Millis, to: Millis): Side => ({
    name,
    rows: context.state.list(name, waitingType(context.schemas.inputs[name] as DataType), {
      compact: true,
      texts: params.joined.as === "nested" || (!padded.has(name) && context.isWired(unmatchedPort(name))),
    }),
    from,
    to,
  });
  const left = side("left", lower, upper);
  const right = side("right", 0 - upper, 0 - lower);
  return {
    left,
    right,
    holdings: () => ({ left: left.rows.total, right: right.rows.total }),
    join(side, here, hereTime, there, out) {
      const row = side.name === "left" ? make(here, hereTime, there.row, there.time) : make(there.row, there.time, here, hereTime);
      out.emit("joined", row, Math.max(hereTime, there.time));
    },
    check({ name }, row, time) {
      if (padded.has(name)) check(name, row, time);
    },
    unmatched({ name }, row, rowTime, time, out) {
      if (!padded.has(name)) out.emit(unmatchedPort(name), row, time);
      else out.emit("joined", name === "left" ? make(row, rowTime, null, rowTime) : make(null, rowTime, row, rowTime), time);
    },
  };
}

function unmatchedPort(side: JoinSide): string {
  return side === "left" ? "unmatchedLeft" : "unmatchedRight";
}

function waitingType(row: DataType): DataType {
  return rowOf({ time: BIGINT, matched: { type: "BOOLEAN" }, row });
}
