/**
 * Expressions that try a function or an operator with NULL, the smallest, the largest and the wrong, made of its example: what every one must have been asked of Flink
 * with. A new one gets its answers from `node services/flink/record-answers.ts`.
 */

import type { DataType } from "../../schema/index.ts";
import { check, parse } from "../check.ts";
import { childrenOf } from "../children.ts";
import { formatType } from "../format-type.ts";
import { type FormDescription, OPERATORS } from "../forms.ts";
import type { FunctionDefinition } from "../functions/define.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { ExpressionFailure } from "../problems.ts";
import type { Expression } from "../syntax.ts";
import { withNullable } from "../typed-tree.ts";

type Call = Extract<Expression, { kind: "call" }>;

const NO_FIELDS = { type: "ROW", fields: [] } as const;
const SETTINGS = { timeZone: "UTC" };

const TEXTS = ["''", "'a'", "'😀王b'", `'${"xy ".repeat(70)}'`];
const NUMBERS = ["0", "-1", "2147483647", "CAST(-9223372036854775807 AS BIGINT) - 1", "9223372036854775807", "1.5", "CAST(1.5 AS DOUBLE)"];
const TIMES = [
  "DATE '0001-01-01'",
  "DATE '9999-12-31'",
  "TIMESTAMP '0001-01-01 00:00:00'",
  "TIMESTAMP '9999-12-31 23:59:59.999'",
  "TIME '23:59:59'",
];
const EXTREMES: Readonly<Partial<Record<DataType["type"], readonly string[]>>> = {
  STRING: TEXTS,
  CHAR: TEXTS,
  VARCHAR: TEXTS,
  INT: NUMBERS,
  BIGINT: NUMBERS,
  DECIMAL: NUMBERS,
  DOUBLE: NUMBERS,
  DATE: TIMES,
  TIME: TIMES,
  TIMESTAMP: TIMES,
  TIMESTAMP_LTZ: TIMES,
  BINARY: ["x''", "x'00ff'"],
  VARBINARY: ["x''", "x'00ff'"],
  BYTES: ["x''", "x'00ff'"],
  BOOLEAN: ["FALSE", "TRUE"],
};
/** Each is wrong for some. */
const WRONG = ["ARRAY[1]", "MAP['a', 1]", "1", "'a'", "DATE '2024-01-01'", "TRUE"];

/** Those that can be asked: with values of their own, and the same every time. */
export function isCovered({ group, niladic, signatures }: FunctionDefinition): boolean {
  const isVolatile = signatures.some(({ compute }) => typeof compute === "object" && (compute.volatile || compute.usesContext));
  return group !== "aggregate" && !niladic && !isVolatile;
}

/** Under the name or alias; empty for functions whose example does not call them by it. */
export function coveringExpressions({ name: own, example }: FunctionDefinition, name: string): readonly string[] {
  const text = example.text.replace(new RegExp(`\\b${own}\\b`), name);
  const call = parsed(text, name);
  if (!call) return [];
  const found = new Set(variations(text, call.args));
  const close = text.lastIndexOf(")", call.range.end - 1);
  found.add(`${text.slice(0, close)}${call.args.length > 0 ? ", " : ""}1${text.slice(close)}`);
  if (call.args.length > 0) found.add(`${name}()`);
  return [...found];
}

const SYMBOL = /^[-=<>!+*/%|]+$/;

/** The operator between and around other values; of a form that names several symbols each. */
export function coveringForm({ form, example }: FormDescription): readonly string[] {
  const symbols = form.split(" ").filter((word) => SYMBOL.test(word));
  const shown = example.text.split(" ").find((word) => symbols.includes(word));
  const texts = shown === undefined ? [example.text] : symbols.map((symbol) => example.text.replace(` ${shown} `, ` ${symbol} `));
  return [...new Set(texts.flatMap((text) => variations(text, operandsOf(parse(text)))))];
}

/** What stands directly under the operator; the ends of two periods stand in rows. */
function operandsOf(expression: Expression): readonly Expression[] {
  return childrenOf(expression).flatMap((one) => (one.kind === "row" ? childrenOf(one) : [one]));
}

/** Everything that Flink must have been asked, each once. */
export function everythingCovered(): readonly string[] {
  const ofFunctions = FUNCTIONS.filter(isCovered).flatMap((definition) =>
    [definition.name, ...(definition.aliases ?? [])].flatMap((name) => coveringExpressions(definition, name)),
  );
  return [...new Set([...ofFunctions, ...OPERATORS.flatMap(coveringForm)])];
}

/** The text, and the text with other values in the place of each part. */
function variations(text: string, parts: readonly Expression[]): readonly string[] {
  const found = new Set([text]);
  for (const part of parts) {
    if (part.kind === "word") continue;
    const { start, end } = part.range;
    const { checked } = check(text.slice(start, end), NO_FIELDS, SETTINGS);
    const type = checked?.dataType;
    // Flink takes no bare NULL in most places, which is a difference of its own.
    const nulls =
      !type || type.type === "NULL"
        ? []
        : [`CAST(NULL AS ${type.type === "CHAR" && type.length === 0 ? "STRING" : formatType(withNullable(type, true))})`];
    for (const other of [...nulls, ...((type && EXTREMES[type.type]) ?? []), ...WRONG])
      found.add(text.slice(0, start) + other + text.slice(end));
  }
  return [...found];
}

function parsed(text: string, name: string): Call | undefined {
  try {
    return callOf(parse(text), name);
  } catch (error) {
    // An alias that does not take the words of the other (SUBSTR).
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}

function callOf(node: unknown, name: string): Call | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  if ((node as Expression).kind === "call" && (node as Call).name.toUpperCase() === name) return node as Call;
  for (const part of Object.values(node)) {
    const found = callOf(part, name);
    if (found) return found;
  }
  return undefined;
}
