/** Which word of an expression is meant at a place: what a hover explains. */
import type { DataType, Schema } from "@millrace/engine/schema";

const NAME = "(?:`(?:[^`]|``)*`|[A-Za-z_][A-Za-z0-9_]*)";
const PATHS = new RegExp(`${NAME}(?:\\s*\\.\\s*${NAME})*`, "g");

export interface FieldAt {
  readonly start: number;
  readonly end: number;
  readonly path: readonly string[];
  readonly dataType: DataType;
}

/** The field whose name stands at `offset`, down to that name: over `page` in `page.page_id` it is the row. */
export function fieldAt(text: string, offset: number, schema: Schema): FieldAt | undefined {
  for (const match of text.matchAll(PATHS)) {
    const start = match.index;
    if (offset < start || offset > start + match[0].length || isInsideText(text.slice(0, start))) continue;
    const after = text.slice(offset, start + match[0].length).search(/\s*\./);
    const end = after < 0 ? start + match[0].length : offset + after;
    const path = namesOf(text.slice(start, end));
    const dataType = typeAt(schema, path);
    if (dataType) return { start, end, path, dataType };
  }
  return undefined;
}

/** The plain word at `offset`, which may be a function's name. */
export function wordAt(text: string, offset: number): { readonly start: number; readonly end: number; readonly word: string } | undefined {
  for (const { index, 0: word } of text.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)) {
    const end = index + word.length;
    if (offset >= index && offset <= end) return isInsideText(text.slice(0, index)) ? undefined : { start: index, end, word };
  }
  return undefined;
}

function namesOf(path: string): string[] {
  return [...path.matchAll(new RegExp(NAME, "g"))].map(([name]) => (name.startsWith("`") ? name.slice(1, -1).replaceAll("``", "`") : name));
}

function typeAt(schema: Schema, path: readonly string[]): DataType | undefined {
  let type: DataType | undefined = schema;
  for (const name of path) {
    if (type?.type !== "ROW") return undefined;
    type = type.fields.find((field) => field.name === name)?.dataType;
  }
  return type;
}

/** Whether the text ends within '…', -- … or a comment of several lines. */
function isInsideText(before: string): boolean {
  const rest = before.replace(/'(?:[^']|'')*'|`[^`]*`|--[^\n]*\n|\/\*[\s\S]*?\*\//g, " ");
  return /'|--|\/\*/.test(rest);
}
