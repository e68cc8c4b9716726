/** What may stand at a place of a half-written expression: fields of what was written before a dot, otherwise fields, functions and words. */
import type { Words } from "../node/spec.ts";
import { type DataType, fieldNamed, type Schema } from "../schema/index.ts";
import type { TextRange } from "./api.ts";
import { type FunctionDefinition, signatureText } from "./functions/define.ts";
import { FUNCTIONS, functionNamed } from "./functions/table.ts";
import { ExpressionFailure } from "./problems.ts";
import { quoteName } from "./quote-name.ts";
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

export interface FunctionHelp {
  readonly name: string;
  readonly group: FunctionDefinition["group"];
  readonly signatures: readonly string[];
  readonly help: Words;
  readonly example: { readonly text: string; readonly result: string };
}

const WORDS =
  "AND OR NOT IS NULL IS NOT NULL TRUE FALSE IN BETWEEN LIKE CASE WHEN THEN ELSE END CAST TRY_CAST INTERVAL DATE TIMESTAMP".split(" ");

const NOTHING = (offset: number): Completions => ({ range: { start: offset, end: offset }, items: [] });

/** Empty inside a text, a comment or a number. */
export function completionsAt(text: string, offset: number, schema: Schema): Completions {
  const tokens = tokensBefore(text, offset);
  if (!tokens) return NOTHING(offset);
  const last = tokens.at(-1);
  const isTyping = last !== undefined && last.end === offset && (last.kind === "word" || last.kind === "quoted");
  if (last?.kind === "number" && last.end === offset) return NOTHING(offset);
  const written = isTyping ? (tokens.pop() as Token) : undefined;
  const range = { start: written?.start ?? offset, end: offset };
  const isMember = tokens.at(-1)?.kind === "symbol" && tokens.at(-1)?.text === ".";
  const items = isMember ? membersOf(typeBefore(tokens.slice(0, -1), schema)) : offersIn(schema);
  return { range, items: inOrder(items, written?.text ?? "") };
}

export function functionHelp(name: string): FunctionHelp | undefined {
  const definition = functionNamed(name.toUpperCase());
  return definition && helpOf(definition);
}

/** All functions, for documentation. */
export function allFunctionHelp(): readonly FunctionHelp[] {
  return FUNCTIONS.map(helpOf);
}

function helpOf(definition: FunctionDefinition): FunctionHelp {
  const { name, group, help, example } = definition;
  return { name, group, help, example, signatures: definition.signatures.map((signature) => signatureText(definition, signature)) };
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

function offersIn(schema: Schema): Completion[] {
  // An expression sees one row.
  const ofRows = FUNCTIONS.filter(({ group }) => group !== "aggregate");
  const functions = ofRows.map((definition): Completion => {
    const { name, niladic } = definition;
    return { kind: "function", name, insert: niladic ? name : `${name}(`, help: helpOf(definition) };
  });
  const words = [...new Set(WORDS)].map((name): Completion => ({ kind: "word", name, insert: name }));
  return [...membersOf({ path: [], dataType: schema }), ...functions, ...words];
}

function inOrder(items: readonly Completion[], written: string): Completion[] {
  const begins = ({ name }: Completion) => name.toLowerCase().startsWith(written.toLowerCase());
  return [...items.filter(begins), ...items.filter((item) => !begins(item))];
}
