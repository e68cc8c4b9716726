import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { codecOf } from "@millrace/engine/codec";
import {
  type CheckedExpression,
  check,
  compile,
  EXPRESSION_PROBLEM_WORDS,
  formatType,
  formatValue,
  parseSchema,
} from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import { DEFAULTS, timeZoneProblem, words } from "@millrace/engine/pipeline";
import { inferSchema, type Schema, type Value } from "@millrace/engine/schema";
import { Command } from "commander";
import { UsageError } from "../data-folder.ts";
import { problemLine } from "./load-pipeline.ts";

/** Rows from which the schema is inferred; what follows them is read as it comes. */
const ROWS_FOR_SCHEMA = 1_000;

export const evalCommand = new Command("eval")
  .description("Evaluates an expression over rows: JSON lines on standard input, one result a line (as JSON) on standard output.")
  .argument("<expression>", "such as \"UPPER(page.page_id) || '!'\"; without rows on a terminal it is evaluated once")
  .option(
    "--schema <file>",
    'the fields of the rows, as in "mid STRING, ts BIGINT, page ROW<page_id STRING>"; without it they are inferred',
  )
  .option("--zone <zone>", "IANA name of the time zone", DEFAULTS.timeZone)
  .option("--time-zone <zone>", "the same as --zone")
  .option("--typed", 'print {"value", "type", "string"}: also the type, and the text that a cast to STRING gives')
  .action(evaluate);

interface Options {
  readonly schema?: string;
  readonly zone: string;
  readonly timeZone?: string;
  readonly typed?: true;
}

async function evaluate(expression: string, options: Options): Promise<void> {
  const declared = options.schema === undefined ? undefined : schemaIn(options.schema);
  const how = { timeZone: options.timeZone ?? options.zone, typed: options.typed === true };
  const wrongZone = timeZoneProblem(how.timeZone);
  if (wrongZone) throw new UsageError(words(wrongZone).en);
  if (process.stdin.isTTY) {
    const evaluateLine = evaluator(expression, declared ?? inferSchema([]), how);
    console.log(evaluateLine("{}"));
    return;
  }
  const waiting: { text: string; line: number }[] = [];
  let evaluateLine = declared && evaluator(expression, declared, how);
  let line = 0;

  function flush(): void {
    evaluateLine ??= evaluator(expression, schemaOf(waiting), how);
    for (const row of waiting.splice(0)) print(row, evaluateLine);
  }
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === "") continue;
    waiting.push({ text, line });
    if (evaluateLine || waiting.length >= ROWS_FOR_SCHEMA) flush();
  }
  if (waiting.length > 0) flush();
}

/** A row that cannot be evaluated gives `null`, so that results stay beside their rows, and a line on standard error. */
function print({ text, line }: { text: string; line: number }, evaluateLine: (text: string) => string): void {
  try {
    console.log(evaluateLine(text));
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    console.log("null");
    console.error(`line ${line}: ${error.message}`);
    process.exitCode = 1;
  }
}

function schemaIn(file: string): Schema {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The schema cannot be read: ${(error as Error).message}.`);
  }
  const read = parseSchema(text.trim());
  if ("schema" in read) return read.schema;
  const { code, args } = read.problem;
  throw new UsageError(
    `The schema in ${file} is wrong: ${EXPRESSION_PROBLEM_WORDS[code as keyof typeof EXPRESSION_PROBLEM_WORDS](args).en}`,
  );
}

function schemaOf(rows: readonly { readonly text: string }[]): Schema {
  const parsed: unknown[] = [];
  for (const { text } of rows) {
    try {
      parsed.push(JSON.parse(text));
    } catch {
      // The decoder says later, with line and place, what is wrong with it.
    }
  }
  return inferSchema(parsed);
}

interface How {
  readonly timeZone: string;
  readonly typed: boolean;
}

function evaluator(expression: string, schema: Schema, { timeZone, typed }: How): (text: string) => string {
  const { checked, problems } = check(expression, schema, { timeZone });
  if (!checked)
    throw new UsageError(
      `The expression has ${problems.length === 1 ? "an error" : "errors"}:\n${problems.map((one) => `  ${problemLine(one)}`).join("\n")}`,
    );
  const value = compile(checked, { timeZone });
  const decoder = codecOf({ name: "json" }).decoder(schema, true, { name: "json" });
  const print = typed ? typedJsonOf(checked, timeZone) : jsonOf(checked);
  const context = { time: Date.now(), now: Date.now };
  return (text) => {
    const bytes = Buffer.from(text);
    return print(value(decoder.decode({ bytes, start: 0, end: bytes.length }), context));
  };
}

/** A value of the expression's type as JSON, exact numbers included: what the codec writes for a record of one field. */
function jsonOf(checked: CheckedExpression): (value: Value) => string {
  const schema: Schema = { type: "ROW", fields: [{ name: "v", dataType: checked.dataType }] };
  const encoder = codecOf({ name: "json" }).encoder(schema, { name: "json", omitNulls: false });
  return (v) => {
    const { bytes, start, end } = encoder.encode({ v });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", start + '{"v":'.length, end - 1);
  };
}

function typedJsonOf(checked: CheckedExpression, timeZone: string): (value: Value) => string {
  const print = jsonOf(checked);
  const type = JSON.stringify(formatType(checked.declaredType));
  return (value) => {
    const string = value === null ? null : formatValue(value, checked.dataType, { timeZone });
    return `{"value":${print(value)},"type":${type},"string":${JSON.stringify(string)}}`;
  };
}
