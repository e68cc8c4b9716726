/** Making a join's result of its two rows, for operators; `joined-fields.ts` says what it looks like. */
import { rowOfValues } from "@millrace/engine/codec";
import type { CompiledExpression, Millis, OperatorContext, Row } from "@millrace/engine/node";
import type { Value, Values } from "@millrace/engine/schema";
import { putAt } from "./field-types.ts";
import type { JoinedRow, JoinSide } from "./joined-fields.ts";

/** Either row may be missing; what would come of it is NULL. */
export type MakeJoined = (left: Row | null, leftTime: Millis, right: Row | null, rightTime: Millis) => Row;

export function joinedRowMaker(joined: JoinedRow, { expressions, schemas }: Pick<OperatorContext, "expressions" | "schemas">): MakeJoined {
  if (joined.as === "nested") return (left, _leftTime, right) => ({ left, right });
  if (joined.as === "side-by-side") {
    const names = (side: JoinSide) => (schemas.inputs[side]?.fields ?? []).map(({ name }) => name);
    const [leftNames, rightNames] = [names("left"), names("right")];
    const make = rowOfValues([
      ...leftNames.map((name) => joined.leftPrefix + name),
      ...rightNames.map((name) => joined.rightPrefix + name),
    ]);
    const values: Value[] = [];
    return (left, _leftTime, right) => {
      let i = 0;
      for (const name of leftNames) values[i++] = memberOf(left, name);
      for (const name of rightNames) values[i++] = memberOf(right, name);
      return make(values);
    };
  }
  const fields = joined.fields.map(({ name, from, value }) => ({ path: name.split("."), from, value: expressions.value(value, from) }));
  const computed = (
    { from, value }: { from: JoinSide; value: CompiledExpression },
    ...[left, leftTime, right, rightTime]: Parameters<MakeJoined>
  ) => {
    if (from === "left") return left === null ? null : value(left, leftTime);
    return right === null ? null : value(right, rightTime);
  };
  if (fields.every(({ path }) => path.length === 1)) {
    const make = rowOfValues(fields.map(({ path }) => path[0] as string));
    const values: Value[] = fields.map(() => null);
    return (left, leftTime, right, rightTime) => {
      for (let i = 0; i < fields.length; i++) values[i] = computed(fields[i] as (typeof fields)[number], left, leftTime, right, rightTime);
      return make(values);
    };
  }
  return (left, leftTime, right, rightTime) => {
    const made: Record<string, Value> = {};
    for (const field of fields) putAt(made, field.path, computed(field, left, leftTime, right, rightTime));
    return made;
  };
}

function memberOf(row: Values | null, name: string): Value {
  return row === null ? null : (row[name] ?? null);
}

/**
 * Computes what a joined row takes of a row, and throws the `RowError` that comes of it: where rows are joined by a timer, one that cannot be computed must leave by `error` when it comes, for in a timer there is
 * no row to blame.
 */
export function joinedRowCheck(
  joined: JoinedRow,
  { expressions }: Pick<OperatorContext, "expressions">,
): (side: JoinSide, row: Row, time: Millis) => void {
  if (joined.as !== "select") return () => undefined;
  const of = (side: JoinSide) => joined.fields.filter(({ from }) => from === side).map(({ value }) => expressions.value(value, side));
  const values = { left: of("left"), right: of("right") };
  return (side, row, time) => {
    for (const value of values[side]) value(row, time);
  };
}
