import {
  type CompiledExpression,
  changeRow,
  type Millis,
  type Operator,
  type OperatorContext,
  type Out,
  type Row,
  RowError,
  toMillis,
} from "@millrace/engine/node";
import type { Value } from "@millrace/engine/schema";
import { quote, valueAt } from "../field-types.ts";
import type { MarkFirstSeenParams } from "./spec.ts";

/**
 * Remembers one value per key. Which rows are first, and whether the value moves on:
 *
 * | compare | first when nothing is remembered, or | remembered value |
 * | --- | --- | --- |
 * | equal | value = remembered | stays the first one |
 * | different | value <> remembered | that of the latest first row |
 * | newer-than | value > remembered | that of the latest first row |
 */
export function createOperator(params: MarkFirstSeenParams, { state, expressions }: OperatorContext): Operator {
  const { key, compare, output } = params;
  const applies = params.when === undefined ? undefined : expressions.condition(params.when);
  const remember = expressions.value(params.value);
  const remembered = state.value(
    "value",
    remember.dataType,
    params.forgetAfter === undefined ? {} : { ttlMs: toMillis(params.forgetAfter) },
  );
  const finish = finisher(output, (text) => (text === undefined ? undefined : expressions.value(text)));

  /** Whether the value is a first one; it is then remembered. */
  function isFirst(value: Value): boolean {
    const old = remembered.get();
    if (old === null) {
      remembered.set(value);
      return true;
    }
    if (compare === "equal") return value === old;
    if (compare === "different" ? value === old : (value as number) <= (old as number)) return false;
    remembered.set(value);
    return true;
  }

  return {
    onRow(row, time, out) {
      const missing = state.key.indexOf(null);
      if (missing !== -1) throw noKey(key[missing] as string);
      if (applies !== undefined && !applies(row, time)) {
        if (params.store === "every-row") {
          const value = remember(row, time);
          if (value !== null) isFirst(value);
        }
        return out.emit("out", row, time);
      }
      const value = remember(row, time);
      if (value === null) throw noValue(params.value);
      finish(isFirst(value), row, time, out);
    },
  };
}

type Finish = (isFirst: boolean, row: Row, time: Millis, out: Out) => void;

function finisher(output: MarkFirstSeenParams["output"], compile: (text: string | undefined) => CompiledExpression | undefined): Finish {
  switch (output.do) {
    case "drop":
      return (isFirst, row, time, out) => (isFirst ? out.emit("out", row, time) : out.drop("repeat", row));
    case "split":
      return (isFirst, row, time, out) => out.emit(isFirst ? "out" : "repeat", row, time);
    case "set": {
      const path = output.field.split(".");
      const [first, repeat] = [compile(output.first), compile(output.repeat)];
      return (isFirst, row, time, out) => {
        const set = isFirst ? first : repeat;
        if (set === undefined) return out.emit("out", row, time);
        const value = set(row, time);
        // A row that says so already is written through as the bytes it came in.
        out.emit("out", valueAt(row, path) === value ? row : changeRow(row, path, value), time);
      };
    }
  }
}

function noKey(key: string): RowError {
  return new RowError("mark-first-seen.no-key", {
    en: `The key ${quote(key)} is NULL for this row; expected a value.`,
    zh: `该行的 key ${quote(key)} 为 NULL；应有值。`,
  });
}

function noValue(value: string): RowError {
  return new RowError("mark-first-seen.no-value", {
    en: `The value to remember, ${quote(value)}, is NULL for this row; expected a value.`,
    zh: `该行要记住的值 ${quote(value)} 为 NULL；应有值。`,
  });
}
