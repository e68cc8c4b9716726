import { createInterface } from "node:readline";
import { codecOf } from "@millrace/engine/codec";
import { type CheckedExpression, check, compile } from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import { DEFAULTS } from "@millrace/engine/pipeline";
import { inferSchema, type Schema } from "@millrace/engine/schema";
import { Command } from "commander";
import { UsageError } from "../data-folder.ts";
import { problemLine } from "./load-pipeline.ts";

/** Rows from which the schema is inferred; what follows them is read as it comes. */
const ROWS_FOR_SCHEMA = 1_000;

export const evalCommand = new Command("eval")
  .description("Evaluates an expression over rows: JSON lines on standard input, one result a line (as JSON) on standard output.")
  .argument("<expression>", "such as \"UPPER(page.page_id) || '!'\"; without rows on a terminal it is evaluated once")
  .option("--time-zone <zone>", "IANA name", DEFAULTS.timeZone)
  .action(evaluate);

async function evaluate(expression: string, { timeZone }: { timeZone: string }): Promise<void> {
  if (process.stdin.isTTY) {
    const evaluateLine = evaluator(expression, inferSchema([]), timeZone);
    console.log(evaluateLine("{}"));
    return;
  }
  const waiting: { text: string; line: number }[] = [];
  let evaluateLine: ((text: string) => string) | undefined;
  let line = 0;

  function flush(): void {
    evaluateLine ??= evaluator(expression, schemaOf(waiting), timeZone);
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

function evaluator(expression: string, schema: Schema, timeZone: string): (text: string) => string {
  const { checked, problems } = check(expression, schema, { timeZone });
  if (!checked)
    throw new UsageError(
      `The expression has ${problems.length === 1 ? "an error" : "errors"}:\n${problems.map((one) => `  ${problemLine(one)}`).join("\n")}`,
    );
  const value = compile(checked, { timeZone });
  const decoder = codecOf({ name: "json" }).decoder(schema, true, { name: "json" });
  const print = jsonOf(checked);
  const context = { time: Date.now(), now: Date.now };
  return (text) => {
    const bytes = Buffer.from(text);
    return print(value(decoder.decode({ bytes, start: 0, end: bytes.length }), context));
  };
}

/** A value of the expression's type as JSON, exact numbers included: what the codec writes for a record of one field. */
function jsonOf(checked: CheckedExpression): (value: ReturnType<ReturnType<typeof compile>>) => string {
  const schema: Schema = { type: "ROW", fields: [{ name: "v", dataType: checked.dataType }] };
  const encoder = codecOf({ name: "json" }).encoder(schema, { name: "json", omitNulls: false });
  return (v) => {
    const { bytes, start, end } = encoder.encode({ v });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8", start + '{"v":'.length, end - 1);
  };
}
