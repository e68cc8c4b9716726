/** What a window gives: the key's values and the fields, as they are at the moment. */
import { rowOfValues } from "@millrace/engine/codec";
import { sameValue } from "@millrace/engine/expression";
import { type GroupExpressions, type KeyedState, type Millis, type Out, type Row, type RowError, withKind } from "@millrace/engine/node";
import type { RowKind, Value, Values } from "@millrace/engine/schema";
import { putAt } from "../field-types.ts";
import type { OpenWindow } from "./open-windows.ts";
import type { WindowParams } from "./spec.ts";

/** The window's bounds on the wall clock, and its last millisecond as an epoch time, which is the result's own. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
  readonly last: Millis;
}

/** Emits the result on `out`; with `isUpdating` nothing where it is the same as last time, else the last one is taken back. The window must be saved afterwards. */
export type Give = (window: OpenWindow, bounds: Bounds, out: Out) => void;

export function giver({ key, fields }: WindowParams, groups: GroupExpressions, state: KeyedState, isUpdating: boolean): Give {
  const makeGroup = rowOfValues([...key.map(({ name }) => name), "window_start", "window_end", "window_time"]);
  const make = rowMaker([...key, ...fields].map(({ name }) => name));
  let failure: RowError | undefined;
  const noteFailure = (error: RowError) => {
    failure ??= error;
  };

  function emit(values: readonly Value[], kind: RowKind, last: Millis, out: Out): void {
    const row = make([...state.key, ...values]);
    out.emit("out", kind === "+I" ? row : withKind(row, kind), last);
  }

  return (window, { start, end, last }, out) => {
    failure = undefined;
    const group: Values = makeGroup([...state.key, start, end, last]);
    const values = groups.values(window.rows, group, last, noteFailure);
    if (failure !== undefined) return out.fail("out", make([...state.key, ...values]), last, failure);
    if (!isUpdating) return emit(values, "+I", last, out);
    const { given } = window;
    if (given !== null) {
      if (values.every((value, i) => sameValue(value, given[i] as Value))) return;
      emit(
        values.map((_, i) => given[i] as Value),
        "-U",
        last,
        out,
      );
    }
    emit(values, given === null ? "+I" : "+U", last, out);
    window.given = values;
  };
}

/** Names with dots are members of nested rows. */
function rowMaker(names: readonly string[]): (values: readonly Value[]) => Row {
  if (!names.some((name) => name.includes("."))) return rowOfValues(names);
  const paths = names.map((name) => name.split("."));
  return (values) => {
    const made: Record<string, Value> = {};
    for (let i = 0; i < paths.length; i++) putAt(made, paths[i] as string[], values[i] as Value);
    return made;
  };
}
