import {
  type Change,
  type CompiledExpression,
  changeRow,
  fieldChanger,
  kindOf,
  type Millis,
  type Operator,
  type OperatorContext,
  type Row,
  withKind,
} from "@millrace/engine/node";
import type { Value, Values } from "@millrace/engine/schema";
import { fieldType, valueAt } from "../field-types.ts";
import type { FlattenParams } from "./spec.ts";

/**
 * An element that is a row goes on as the row it was decoded as, with its own piece of the record's text: members that no schema knows survive. What is
 * added to it are changes to that row.
 */
export function createOperator(
  { array, fields, element, position, whenEmpty }: FlattenParams,
  { expressions, schemas }: OperatorContext,
): Operator {
  const path = array.split(".");
  const added: { path: readonly string[]; value: CompiledExpression }[] = fields.map(({ name, value }) => ({
    path: name.split("."),
    value: expressions.value(value),
  }));
  const elementPath = element.split(".");
  const positionPath = position?.split(".");
  const change = fieldChanger([...added.map((one) => one.path), ...(positionPath ? [positionPath] : [])]);
  const nothing: Values = Object.fromEntries((schemas.outputs.out?.fields ?? []).map(({ name }) => [name, null]));

  const arrayType = schemas.inputs.in && fieldType(schemas.inputs.in, array);
  const isRows = arrayType?.type === "ARRAY" && arrayType.element.type === "ROW";

  function rowOf(item: Value): Row {
    if (item === null) return nothing;
    return isRows ? (item as Row) : changeRow({}, elementPath, item);
  }

  /** What is added to every element of the row but its position. */
  function additions(row: Row, time: Millis): Change[] {
    return added.map(({ path, value }) => ({ path, value: value(row, time) }));
  }

  return {
    onRow(row, time, out) {
      const items = valueAt(row, path) as readonly Value[] | null;
      const isEmpty = items === null || items.length === 0;
      if (isEmpty && whenEmpty === "drop") return out.drop("empty", row);
      const changes = additions(row, time);
      const kind = kindOf(row);
      const emit = (start: Row, place: number | null) => {
        const all = positionPath ? [...changes, { path: positionPath, value: place }] : changes;
        const made = all.length === 0 ? start : change(start, all);
        out.emit("out", kind === "+I" ? made : withKind(made, kind), time);
      };
      if (isEmpty) emit(nothing, null);
      else for (let i = 0; i < items.length; i++) emit(rowOf(items[i] as Value), i + 1);
    },
  };
}
