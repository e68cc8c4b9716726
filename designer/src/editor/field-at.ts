/** Which field of the schema an expression's text is about at a place: what completion offers there, and what a hover explains. */
import { quoteName } from "@millrace/engine/expression";
import type { DataType, Schema } from "@millrace/engine/schema";

export interface FieldOffer {
  readonly name: string;
  /** As it is written: with backticks where the name is reserved or no plain word. */
  readonly insert: string;
  readonly path: readonly string[];
  readonly dataType: DataType;
}

export interface FieldOffers {
  /** What the chosen name replaces, from 0, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly fields: readonly FieldOffer[];
}

const NAME = "(?:`(?:[^`]|``)*`|[A-Za-z_][A-Za-z0-9_]*)";
const BEFORE = new RegExp(`((?:${NAME}\\s*\\.\\s*)*)(\`[^\`]*|[A-Za-z_][A-Za-z0-9_]*)?$`);
const PATHS = new RegExp(`${NAME}(?:\\s*\\.\\s*${NAME})*`, "g");

/** Fields that may stand at `offset`; undefined within a text or a comment. */
export function fieldOffers(text: string, offset: number, schema: Schema): FieldOffers | undefined {
  const before = text.slice(0, offset);
  if (isInsideText(before)) return undefined;
  const [, parents = "", typed = ""] = BEFORE.exec(before) ?? [];
  const path = namesOf(parents);
  const row = path.length === 0 ? schema : typeAt(schema, path);
  const fields = row?.type === "ROW" ? row.fields : [];
  return {
    start: offset - typed.length,
    end: offset,
    fields: fields.map(({ name, dataType }) => ({ name, insert: quoteName(name), path: [...path, name], dataType })),
  };
}

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
