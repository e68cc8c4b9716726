import { rowOfValues } from "@millrace/engine/codec";
import {
  attach,
  type CompiledExpression,
  changeFields,
  kindOf,
  type Millis,
  type Operator,
  type OperatorContext,
  type Row,
  removeField,
} from "@millrace/engine/node";
import type { Value } from "@millrace/engine/schema";
import { putAt } from "../field-types.ts";
import type { SelectParams } from "./spec.ts";

export function createOperator({ keep, fields, drop = [] }: SelectParams, { expressions }: OperatorContext): Operator {
  const named = fields.map(({ name, value }) => ({ path: name.split("."), value: expressions.value(value) }));
  const make =
    keep === "all"
      ? changer(
          named,
          drop.map((field) => field.split(".")),
        )
      : builder(named);
  return { onRow: (row, time, out) => out.emit("out", make(row, time), time) };
}

type Make = (row: Row, time: Millis) => Row;
interface Named {
  readonly path: readonly string[];
  readonly value: CompiledExpression;
}

/** The row itself, changed: what nobody named survives, fields that no schema knows too. */
function changer(named: readonly Named[], dropped: readonly (readonly string[])[]): Make {
  return (row, time) => {
    const changes = named.map(({ path, value }) => ({ path, value: value(row, time) }));
    const left = dropped.reduce(removeField, row);
    return changes.length === 0 ? left : changeFields(left, changes);
  };
}

/** A new row of the named fields alone. */
function builder(named: readonly Named[]): Make {
  if (named.every(({ path }) => path.length === 1)) return flatBuilder(named);
  return (row, time) => {
    const made: Record<string, Value> = {};
    for (const { path, value } of named) putAt(made, path, value(row, time));
    const kind = kindOf(row);
    return kind === "+I" ? made : attach(made, { kind });
  };
}

/** Most selects make no nested rows: one object literal instead of a loop over names. */
function flatBuilder(named: readonly Named[]): Make {
  const make = rowOfValues(named.map(({ path }) => path[0] as string));
  const values: Value[] = named.map(() => null);
  const expressions = named.map(({ value }) => value);
  return (row, time) => {
    for (let i = 0; i < expressions.length; i++) values[i] = (expressions[i] as CompiledExpression)(row, time);
    const made = make(values);
    const kind = kindOf(row);
    return kind === "+I" ? made : attach(made, { kind });
  };
}
