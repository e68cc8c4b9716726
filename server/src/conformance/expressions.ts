/** Recorded answers of scalar expressions (`expressions.json`), played through the expression compiler. */
import {
  type CheckedExpression,
  check,
  compile,
  EXPRESSION_PROBLEM_WORDS,
  formatType,
  formatValue,
  parseType,
} from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import type { DataType, Schema, Value, Values } from "@millrace/engine/schema";
import { caseValue } from "./case-value.ts";
import { newTally, type Tally } from "./tally.ts";

export interface ExpressionCase {
  readonly id: string;
  readonly sql: string;
  /** Flink's CAST to STRING of the result; of bytes `expectedHex` instead. */
  readonly expected?: string | null;
  readonly expectedHex?: string | null;
  readonly isNull?: boolean;
  readonly type?: string | null;
  readonly error?: boolean;
  readonly inputs?: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
  readonly timeZone?: string;
  readonly tags?: readonly string[];
}

export function playExpressions(cases: readonly ExpressionCase[]): Tally {
  const tally = newTally();
  for (const one of cases) {
    const difference = playExpression(one);
    if (difference === undefined) tally.passed += 1;
    else tally.failures.push(`${one.id}: ${one.sql}: ${difference}`);
  }
  return tally;
}

/** What differs from the recorded answer; undefined when nothing does. */
function playExpression(one: ExpressionCase): string | undefined {
  // Flink's tests call their table so.
  const settings = { timeZone: one.timeZone ?? "UTC", rowName: "testTable" };
  const { schema, row } = inputsOf(one, settings.timeZone);
  const { checked, problems } = check(one.sql, schema, settings);
  if (!checked) {
    const words = problems.map(({ code, args }) => EXPRESSION_PROBLEM_WORDS[code as keyof typeof EXPRESSION_PROBLEM_WORDS](args).en);
    return one.error ? undefined : `refused: ${words.join(" ")}`;
  }
  let value: Value;
  try {
    value = compile(checked, settings)(row, { time: 0, now: Date.now });
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return one.error ? undefined : `fails: ${error.message}`;
  }
  if (one.error) return `expected an error, got ${formatValue(value, checked.dataType, settings)}`;
  return differentType(one, checked) ?? differentValue(one, checked, value, settings.timeZone);
}

function inputsOf({ inputs = {} }: ExpressionCase, timeZone: string): { schema: Schema; row: Values } {
  const fields = Object.entries(inputs).map(([name, input]) => ({ name, dataType: readType(input.type), value: input.value }));
  return {
    schema: { type: "ROW", fields: fields.map(({ name, dataType }) => ({ name, dataType })) },
    row: Object.fromEntries(fields.map(({ name, dataType, value }) => [name, caseValue(value, dataType, timeZone)])),
  };
}

function readType(text: string): DataType {
  const read = parseType(text);
  if ("problem" in read) throw new Error(`the case has the type ${text}, which is none: ${read.problem.code}`);
  return read.dataType;
}

function differentType({ type, tags = [] }: ExpressionCase, { declaredType }: CheckedExpression): string | undefined {
  if (!type || tags.includes("type-quirk")) return undefined;
  // CHAR(0), the type of '', can be declared by nobody.
  const read = parseType(type);
  const [expected, got] = ["problem" in read ? type : formatType(read.dataType), formatType(declaredType)];
  return expected === got || declaredType.type === "NULL" ? undefined : `expected the type ${expected}, got ${got}`;
}

function differentValue(one: ExpressionCase, { dataType }: CheckedExpression, value: Value, timeZone: string): string | undefined {
  if (one.isNull) return value === null ? undefined : `expected NULL, got ${formatValue(value, dataType, { timeZone })}`;
  if (value === null) return `expected ${one.expected ?? one.expectedHex}, got NULL`;
  if (value instanceof Uint8Array && one.expectedHex) {
    const hex = Buffer.from(value).toString("hex");
    return hex === one.expectedHex.toLowerCase() ? undefined : `expected the bytes ${one.expectedHex}, got ${hex}`;
  }
  const got = formatValue(value, dataType, { timeZone });
  if (got === one.expected) return undefined;
  if (one.tags?.includes("float-ulp") && isWithinTwoUlp(Number(one.expected), value)) return undefined;
  return `expected ${one.expected}, got ${got}`;
}

function isWithinTwoUlp(expected: number, got: Value): boolean {
  return typeof got === "number" && Math.abs(order(expected) - order(got)) <= 2;
}

/** A DOUBLE's place among all of them. */
function order(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const place = bits.getBigInt64(0);
  return Number(place < 0n ? -(place & 0x7fff_ffff_ffff_ffffn) : place);
}
