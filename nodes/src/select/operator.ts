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
  const make = maker();
  return { onRow: (row, time, out) => out.emit("out", make(row, time), time) };

  function maker(): Make {
    // Most selects make no nested rows.
    if (keep !== "all" && fields.every(({ name }) => !name.includes("."))) return ofKind(expressions.row(fields));
    const named = fields.map(({ name, value }) => ({ path: name.split("."), value: expressions.value(value) }));
    if (keep !== "all") return ofKind(nester(named));
    return changer(
      named,
      drop.map((field) => field.split(".")),
    );
  }
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

/** Gives new rows the kind of the row they were made of. */
function ofKind(make: Make): Make {
  return (row, time) => {
    const made = make(row, time);
    const kind = kindOf(row);
    return kind === "+I" ? made : attach(made, { kind });
  };
}

function nester(named: readonly Named[]): Make {
  return (row, time) => {
    const made: Record<string, Value> = {};
    for (const { path, value } of named) putAt(made, path, value(row, time));
    return made;
  };
}
