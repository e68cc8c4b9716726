/** What may stand at a place of a half-written expression: fields of what was written before a dot, otherwise fields, functions and words. */
import { type DataType, fieldNamed, type Schema } from "../schema/index.ts";
import type { TextRange } from "./api.ts";
import { FUNCTIONS, functionNamed } from "./functions/table.ts";
import { type FunctionHelp, helpOfFunction } from "./help.ts";
import { ExpressionFailure } from "./problems.ts";
import { quoteName } from "./quote-name.ts";
import { callsAround } from "./signature-at.ts";
import { type Token, tokenize } from "./tokens.ts";

export type Completion =
  | {
      readonly kind: "field";
      readonly name: string;
      readonly insert: string;
      readonly path: readonly string[];
      readonly dataType: DataType;
    }
  | { readonly kind: "function"; readonly name: string; readonly insert: string; readonly help: FunctionHelp }
  | { readonly kind: "word"; readonly name: string; readonly insert: string };

export interface Completions {
  /** What a chosen completion replaces. */
  readonly range: TextRange;
  /** Those that begin with what is written first, then the others, each in the order of schema and table. */
  readonly items: readonly Completion[];
}

const WORDS =
  "AND OR NOT IS NULL IS NOT NULL TRUE FALSE IN BETWEEN LIKE CASE WHEN THEN ELSE END CAST TRY_CAST INTERVAL DATE TIMESTAMP".split(" ");

const NOTHING = (offset: number): Completions => ({ range: { start: offset, end: offset }, items: [] });

/**
 * Empty inside a text, a comment or a number. With `groups` the expression is over groups of rows: beside aggregates it reads the fields of the group, within them
 * those of the rows.
 */
export function completionsAt(text: string, offset: number, schema: Schema, groups?: Schema): Completions {
  const tokens = tokensBefore(text, offset);
  if (!tokens) return NOTHING(offset);
  const last = tokens.at(-1);
  const isTyping = last !== undefined && last.end === offset && (last.kind === "word" || last.kind === "quoted");
  if (last?.kind === "number" && last.end === offset) return NOTHING(offset);
  const written = isTyping ? (tokens.pop() as Token) : undefined;
  const range = { start: written?.start ?? offset, end: offset };
  const isMember = tokens.at(-1)?.kind === "symbol" && tokens.at(-1)?.text === ".";
  const isOverGroup = groups !== undefined && !callsAround(text.slice(0, range.start)).some(isAggregate);
  const row = isOverGroup ? groups : schema;
  const items = isMember ? membersOf(typeBefore(tokens.slice(0, -1), row)) : offersIn(row, isOverGroup);
  return { range, items: inOrder(items, written?.text ?? "") };
}

/** The name that ends at the offset, and the field that it is with the names and brackets before it; undefined where no name ends. */
export function pathBefore(
  text: string,
  offset: number,
  schema: Schema,
):
  | {
      readonly range: TextRange;
      readonly name: string;
      readonly path: readonly string[] | undefined;
      readonly dataType: DataType | undefined;
    }
  | undefined {
  const tokens = tokensBefore(text, offset);
  const last = tokens?.at(-1);
  if (!tokens || !last || last.end !== offset || (last.kind !== "word" && last.kind !== "quoted")) return undefined;
  const place = typeBefore(tokens, schema);
  return { range: { start: last.start, end: last.end }, name: last.text, path: place?.path, dataType: place?.dataType };
}

/** Undefined where the text before the offset ends inside a text or a comment, or is none. A name that is being quoted is taken as quoted. */
function tokensBefore(text: string, offset: number): Token[] | undefined {
  const before = text.slice(0, offset);
  if (/(?:--[^\n]*|\/\*(?:(?!\*\/)[\s\S])*)$/.test(before)) return undefined;
  return readTokens(before) ?? shortened(readTokens(`${before}\``), offset);
}

function readTokens(text: string): Token[] | undefined {
  try {
    return tokenize(text).slice(0, -1);
  } catch (error) {
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}

function shortened(tokens: Token[] | undefined, offset: number): Token[] | undefined {
  return tokens?.map((token) => (token.end > offset ? { ...token, end: offset } : token));
}

interface Place {
  readonly path: readonly string[];
  readonly dataType: DataType;
}

/** The type of the path that ends where the tokens end: names, dots and [ ]. */
function typeBefore(tokens: readonly Token[], schema: Schema): Place | undefined {
  const steps: string[] = [];
  let at = tokens.length - 1;
  for (;;) {
    if (isSymbol(tokens[at], "]")) {
      at = openingOf(tokens, at) - 1;
      if (at < 0) return undefined;
      steps.unshift("[]");
      continue;
    }
    const token = tokens[at];
    if (token?.kind !== "word" && token?.kind !== "quoted") return undefined;
    steps.unshift(token.text);
    if (!isSymbol(tokens[at - 1], ".")) break;
    at -= 2;
  }
  return placeOf(schema, steps);
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}

function openingOf(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (isSymbol(tokens[at], "]")) depth++;
    if (isSymbol(tokens[at], "[") && --depth === 0) return at;
  }
  return -1;
}

function placeOf(schema: Schema, steps: readonly string[]): Place | undefined {
  let dataType: DataType | undefined = schema;
  for (const step of steps) {
    if (dataType?.type === "ROW") dataType = fieldNamed(dataType, step)?.dataType;
    else if (step === "[]" && dataType?.type === "ARRAY") dataType = dataType.element;
    else if (step === "[]" && dataType?.type === "MAP") dataType = dataType.value;
    else return undefined;
  }
  return dataType && { path: steps, dataType };
}

function membersOf(place: Place | undefined): Completion[] {
  if (place?.dataType.type !== "ROW") return [];
  return place.dataType.fields.map(({ name, dataType }) => ({
    kind: "field",
    name,
    insert: quoteName(name),
    path: [...place.path, name],
    dataType,
  }));
}

function isAggregate(name: string): boolean {
  return functionNamed(name.toUpperCase())?.group === "aggregate";
}

/** Aggregates only where there is a group. */
function offersIn(schema: Schema, isOverGroup: boolean): Completion[] {
  const offered = FUNCTIONS.filter(({ group }) => isOverGroup || group !== "aggregate");
  const functions = offered.map((definition): Completion => {
    const { name, niladic } = definition;
    return { kind: "function", name, insert: niladic ? name : `${name}(`, help: helpOfFunction(definition) };
  });
  const words = [...new Set(WORDS)].map((name): Completion => ({ kind: "word", name, insert: name }));
  return [...membersOf({ path: [], dataType: schema }), ...functions, ...words];
}

function inOrder(items: readonly Completion[], written: string): Completion[] {
  const begins = ({ name }: Completion) => name.toLowerCase().startsWith(written.toLowerCase());
  return [...items.filter(begins), ...items.filter((item) => !begins(item))];
}
