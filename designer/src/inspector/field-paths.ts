/** The fields of a schema as a picker offers them. */
import type { DataType, Schema } from "@millrace/engine/schema";

export interface FieldChoice {
  /** Names joined by dots, as params write a field. */
  readonly path: string;
  /** The names one by one. */
  readonly steps: readonly string[];
  readonly dataType: DataType;
}

const MAX_DEPTH = 6;

/** Every field, rows before their members. */
export function fieldChoices(schema: Schema): readonly FieldChoice[] {
  const choices: FieldChoice[] = [];
  collect(schema, [], choices);
  return choices;
}

function collect(schema: Schema, path: readonly string[], choices: FieldChoice[]): void {
  for (const { name, dataType } of schema.fields) {
    const inner = [...path, name];
    choices.push({ path: inner.join("."), steps: inner, dataType });
    if (dataType.type === "ROW" && inner.length < MAX_DEPTH) collect(dataType, inner, choices);
  }
}
