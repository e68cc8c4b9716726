/**
 * Random texts against expressions, seeded: expressions that Flink answered, damaged and spliced, and heaps of tokens. Each must be refused with words and a place, or be
 * printed as it was read, compiled, and give a value of its type or a row error, within a second or two.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  check,
  compile,
  completionsAt,
  EXPRESSION_PROBLEM_WORDS,
  type ExpressionProblem,
  type ExpressionProblemCode,
  formatValue,
  parse,
  parseSchema,
  print,
} from "../src/expression/index.ts";
import { RowError } from "../src/node/index.ts";
import type { Schema } from "../src/schema/index.ts";

export interface ExpressionFuzzCounts {
  texts: number;
  /** Refused with problems. */
  refused: number;
  values: number;
  rowErrors: number;
  slowestMillis: number;
}

const FIELDS =
  "i INT, b BIGINT NOT NULL, d DECIMAL(20, 4), x DOUBLE, s STRING, c CHAR(3), ok BOOLEAN, day DATE, ts TIMESTAMP(3), z TIMESTAMP_LTZ(9), list ARRAY<INT>, m MAP<STRING, BIGINT>, r ROW<a INT, t STRING>, v VARIANT, bytes BYTES";
const ROW = {
  i: -7,
  b: 9_007_199_254_740_993n,
  d: 123_456,
  x: -0.5,
  s: "王 😀 a",
  c: "ab ",
  ok: null,
  day: 19_874,
  ts: 1_717_158_600_123,
  z: 1_717_158_600_123_456_789n,
  list: [1, null, 3],
  m: new Map([["k", 1]]),
  r: { a: 1, t: null },
  v: { a: [1, { b: "x" }] },
  bytes: new Uint8Array([0, 255]),
};
const NUMBERS =
  "0 -1 1 7 2147483647 -2147483648 9223372036854775807 99999999999999999999 1e308 1.5 0.000000001 NULL i b d x r.a list[1] m['k']".split(
    " ",
  );
const TEXTS =
  "'' '😀' 'a%' 'a_c' '\u0000' 'ab,cd' '0001-01-01' '9999-12-31 23:59:59' '2024-03-10 02:30:00' '$.a[*]' '{\"a\":[1.50]}' '(a+)+$' '\\' '-9' 'UTC' 'yyyy-MM-dd' NULL s c r.t".split(
    " ",
  );
const ANYTHING = [...NUMBERS, ...TEXTS, ..."TRUE x'ff' ok day ts z list m r v v.a bytes".split(" ")];
const SETTINGS = { timeZone: "America/New_York" };
/** No text takes so long, on however busy a machine. */
const PATIENCE_MS = 10_000;

/** Throws with the text where something is not as it must be. */
export function fuzzExpressions(seed: number, texts: number): ExpressionFuzzCounts {
  const schema = schemaOf(FIELDS);
  const pick = generator(seed);
  const seeds = answeredExpressions();
  const counts: ExpressionFuzzCounts = { texts: 0, refused: 0, values: 0, rowErrors: 0, slowestMillis: 0 };
  for (let i = 0; i < texts; i++) {
    const text = randomText(pick, seeds);
    const begun = performance.now();
    let outcome: Outcome;
    try {
      outcome = tryText(text, schema, pick(text.length + 1));
    } catch (error) {
      throw new Error(`seed ${seed}, text ${i}: ${JSON.stringify(text)}: ${(error as Error).message}`, { cause: error });
    }
    const millis = performance.now() - begun;
    if (millis > PATIENCE_MS) throw new Error(`seed ${seed}, text ${i}: ${JSON.stringify(text)} took ${Math.round(millis)} ms`);
    counts.slowestMillis = Math.max(counts.slowestMillis, Math.round(millis));
    counts.texts += 1;
    counts[outcome] += 1;
  }
  return counts;
}

type Outcome = "refused" | "values" | "rowErrors";

function tryText(text: string, schema: Schema, cursor: number): Outcome {
  completionsAt(text, cursor, schema);
  const { checked, problems } = check(text, schema, SETTINGS);
  for (const problem of problems) assertTold(problem, text);
  if (!checked) {
    if (problems.length === 0) throw new Error("refused without a problem");
    return "refused";
  }
  const printed = print(parse(text));
  if (print(parse(printed)) !== printed) throw new Error(`printed as ${printed}, which is printed as ${print(parse(printed))}`);
  const compiled = compile(checked, SETTINGS);
  try {
    const value = compiled(ROW, { time: 0, now: () => 1_717_158_600_123, random: () => 0.5 });
    if (value === undefined) throw new Error("gives undefined");
    if (value === null && checked.dataType.nullable === false) throw new Error("gives NULL where it cannot");
    if (value !== null) formatValue(value, checked.dataType, SETTINGS);
    return "values";
  } catch (error) {
    if (error instanceof RowError && error.message !== "") return "rowErrors";
    throw error;
  }
}

function assertTold({ code, args, range }: ExpressionProblem, text: string): void {
  const words = EXPRESSION_PROBLEM_WORDS[code as ExpressionProblemCode](args);
  if (range.start < 0 || range.start > range.end || range.end > text.length)
    throw new Error(`${code} is nowhere: ${JSON.stringify(range)}`);
  if (
    /\bundefined\b|unexpected|\[object/i.test(words.en.replaceAll(/"[^"]*"|'[^']*'/g, "")) &&
    !/undefined|unexpected|\[object/i.test(text)
  )
    throw new Error(`says ${words.en}`);
  if (!/[\u4e00-\u9fff]/.test(words.zh)) throw new Error(`says ${words.zh} in Chinese`);
}

function randomText(pick: (below: number) => number, seeds: readonly string[]): string {
  const anySeed = () => seeds[pick(seeds.length)] as string;
  const anyOf = (list: readonly string[]) => list[pick(list.length)] as string;
  if (pick(12) === 0) return Array.from({ length: 1 + pick(30) }, () => String.fromCodePoint(pick(pick(2) ? 128 : 0x11000))).join("");
  let tokens = tokensOf(anySeed());
  for (let changes = 1 + pick(3); changes > 0; changes--) {
    const at = pick(tokens.length);
    const others = tokensOf(anySeed());
    switch (pick(20)) {
      case 0:
        tokens.splice(at, 1);
        break;
      case 1:
        tokens.splice(at, 0, others[pick(others.length)] ?? "");
        break;
      case 2:
        tokens = [...tokens.slice(0, at), ...others.slice(pick(others.length))];
        break;
      case 3:
        // A literal or a word becomes a whole expression.
        tokens = [...tokens.slice(0, at), "(", ...others, ")", ...tokens.slice(at + 1)];
        break;
      default: {
        // Nearly always still an expression: another value of the kind, or a field.
        const literals = tokens.flatMap((token, index) => (/^(?:['\d]|NULL$|TRUE$|FALSE$)/.test(token) ? [index] : []));
        const index = literals.length > 0 ? (literals[pick(literals.length)] as number) : at;
        const token = tokens[index] as string;
        tokens[index] = anyOf(pick(5) === 0 ? ANYTHING : token.startsWith("'") ? TEXTS : /^\d/.test(token) ? NUMBERS : ANYTHING);
      }
    }
    if (tokens.length === 0) tokens = others;
  }
  return tokens.join(pick(10) === 0 ? "" : " ");
}

function tokensOf(text: string): string[] {
  return text.match(/'(?:[^']|'')*'|[\p{L}_][\p{L}\p{N}_]*|\d[\d.]*|[^\s]/gu) ?? [text];
}

let answered: readonly string[] | undefined;

function answeredExpressions(): readonly string[] {
  const folder = join(import.meta.dirname, "../src/expression/flink/answers");
  answered ??= readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line) as readonly string[])
    // What Flink refused as well is refused here at once.
    .flatMap(([sql, type]) => (sql !== undefined && type !== undefined ? [sql] : []));
  return answered;
}

function schemaOf(fields: string): Schema {
  const read = parseSchema(fields);
  if ("problem" in read) throw new Error(read.problem.code);
  return read.schema;
}

/** Whole numbers below a limit: mulberry32. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
