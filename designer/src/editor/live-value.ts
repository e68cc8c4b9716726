/**
 * The live value of an expression: what it gives for records that really passed. Pure, so that it is tested without a browser; the
 * worker calls it, because a hostile pattern may run for ever and must be able to be stopped.
 */
import { codecOf } from "@millrace/engine/codec";
import { check, compile, formatType, formatValue } from "@millrace/engine/expression";
import { RowError } from "@millrace/engine/node";
import type { DataType, Schema } from "@millrace/engine/schema";
import { cellText, parseJson, valueAt } from "../preview/record.ts";

export interface LiveQuestion {
  readonly text: string;
  readonly schema: Schema;
  readonly timeZone: string;
  readonly expects: "condition" | "time" | undefined;
  /** Oldest first; the latest are shown. */
  readonly samples: readonly { readonly text: string; readonly time: number | null }[];
  /** Epoch ms for expressions that ask for the clock. */
  readonly now: number;
}

export type LiveResult =
  | { readonly is: "value"; readonly text: string }
  | { readonly is: "null" }
  | { readonly is: "error"; readonly message: string };

export interface ShownResult {
  readonly result: LiveResult;
  /** What the expression read from the record: "home · 1200". */
  readonly read: string;
}

export interface LiveAnswer {
  /** Type in SQL's words; undefined when the expression has errors (its problems are shown at the field). */
  readonly type: string | undefined;
  /** Latest first, at most five. */
  readonly shown: readonly ShownResult[];
  /** Over all samples. */
  readonly count: number;
  readonly nulls: number;
  readonly errors: number;
  /** Of a condition: rows for which it is TRUE. */
  readonly kept: number | undefined;
  /** For each sample, in their order, whether the condition is TRUE; what a filter of records uses. */
  readonly keeps: readonly boolean[] | undefined;
}

export const SHOWN = 5;

const JSON_FORMAT = { name: "json" } as const;

export function liveValue(question: LiveQuestion): LiveAnswer {
  const settings = { timeZone: question.timeZone };
  const { checked } = check(question.text, question.schema, settings);
  if (!checked) return { type: undefined, shown: [], count: 0, nulls: 0, errors: 0, kept: undefined, keeps: undefined };
  const decoder = codecOf(JSON_FORMAT).decoder(question.schema, true, JSON_FORMAT);
  const compiled = compile(checked, settings);
  const results = question.samples.map((sample): Evaluated => {
    try {
      const bytes = new TextEncoder().encode(sample.text);
      const row = decoder.decode({ bytes, start: 0, end: bytes.length });
      const value = compiled(row, { time: sample.time ?? 0, now: () => question.now });
      return value === null
        ? { is: "null" }
        : { is: "value", text: formatValue(value, checked.dataType, settings), isTrue: value === true };
    } catch (error) {
      // What a row cannot give is its answer; anything else is a bug and must be seen.
      if (error instanceof RowError) return { is: "error", message: error.message };
      throw error;
    }
  });
  const keeps = isBoolean(checked.dataType) ? results.map((result) => result.is === "value" && result.isTrue) : undefined;
  return {
    type: formatType(checked.dataType),
    shown: results
      .map((result, index) => ({ result: withoutTruth(result), sample: question.samples[index] }))
      .slice(-SHOWN)
      .toReversed()
      .map(({ result, sample }) => ({ result, read: readText(sample?.text ?? "", checked.reads) })),
    count: results.length,
    nulls: results.filter(({ is }) => is === "null").length,
    errors: results.filter(({ is }) => is === "error").length,
    kept: question.expects === "condition" ? keeps?.filter(Boolean).length : undefined,
    keeps,
  };
}

type Evaluated = Exclude<LiveResult, { is: "value" }> | { readonly is: "value"; readonly text: string; readonly isTrue: boolean };

function withoutTruth(result: Evaluated): LiveResult {
  return result.is === "value" ? { is: "value", text: result.text } : result;
}

/** A few of the values read, short; none where the value itself is all that was read. */
function readText(text: string, reads: readonly (readonly string[])[]): string {
  const record = parseJson(text);
  const plain = reads.filter((path) => !path.includes("[]")).slice(0, 3);
  return plain
    .map((path) => cellText(valueAt(record, path)).slice(0, 40))
    .filter((part) => part !== "")
    .join(" · ");
}

function isBoolean(dataType: DataType): boolean {
  return dataType.type === "BOOLEAN";
}
