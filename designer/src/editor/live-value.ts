/**
 * The live value of an expression: what it gives for records that really passed. Pure, so that it is tested without a browser; the
 * worker calls it, because a hostile pattern may run for ever and must be able to be stopped.
 */
import { codecOf } from "@millrace/engine/codec";
import { check, compile, formatType, formatValue } from "@millrace/engine/expression";
import { RowError, type Words } from "@millrace/engine/node";
import type { Schema, Values } from "@millrace/engine/schema";
import { leavesOf } from "../preview/leaves.ts";
import { cellText, isObject, type Json, parseJson, valueAt } from "../preview/record.ts";

export interface LiveSample {
  readonly text: string;
  /** Event time, epoch ms. */
  readonly time: number | null;
}

export interface LiveQuestion {
  readonly text: string;
  readonly schema: Schema;
  readonly timeZone: string;
  readonly expects: "condition" | "time" | undefined;
  /** Epoch ms for expressions that ask for the clock. */
  readonly now: number;
}

export type LiveResult =
  | { readonly is: "value"; readonly text: string }
  | { readonly is: "null" }
  | { readonly is: "error"; readonly message: Words };

export interface ShownResult {
  readonly result: LiveResult;
  /** The record in short, as names and values: what the expression read of it, or else its first fields. */
  readonly record: readonly RecordPart[];
}

export interface RecordPart {
  readonly name: string;
  readonly text: string;
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

/** Samples decoded by a schema; those that cannot be are errors of their own. */
export type LiveRows = readonly {
  readonly sample: LiveSample;
  readonly row: Values | RowError;
}[];

export const SHOWN = 5;
const PARTS = 3;
const PART_LENGTH = 40;

const JSON_FORMAT = { name: "json" } as const;

/** Oldest first, as the samples are. */
export function liveRows(samples: readonly LiveSample[], schema: Schema): LiveRows {
  const decoder = codecOf(JSON_FORMAT).decoder(schema, true, JSON_FORMAT);
  const encoder = new TextEncoder();
  return samples.map((sample) => {
    const bytes = encoder.encode(sample.text);
    return { sample, row: orRowError(() => decoder.decode({ bytes, start: 0, end: bytes.length })) };
  });
}

export function liveValue({ text, schema, timeZone, expects, now }: LiveQuestion, rows: LiveRows): LiveAnswer {
  const settings = { timeZone };
  const { checked } = check(text, schema, settings);
  if (!checked) return { type: undefined, shown: [], count: 0, nulls: 0, errors: 0, kept: undefined, keeps: undefined };
  const compiled = compile(checked, settings);
  const values = rows.map(({ sample, row }) =>
    row instanceof RowError ? row : orRowError(() => compiled(row, { time: sample.time ?? 0, now: () => now })),
  );
  const keeps = checked.dataType.type === "BOOLEAN" ? values.map((value) => value === true) : undefined;
  const latest = rows.map(({ sample }, index) => ({ sample, value: values[index] })).slice(-SHOWN);
  return {
    type: formatType(checked.dataType),
    shown: latest.toReversed().map(({ sample, value }) => ({
      result:
        value instanceof RowError
          ? { is: "error", message: value.words }
          : value === null || value === undefined
            ? { is: "null" }
            : { is: "value", text: formatValue(value, checked.dataType, settings) },
      record: inShort(sample.text, checked.reads),
    })),
    count: values.length,
    nulls: values.filter((value) => value === null).length,
    errors: values.filter((value) => value instanceof RowError).length,
    kept: expects === "condition" ? keeps?.filter(Boolean).length : undefined,
    keeps,
  };
}

/** What a row cannot give is its answer; anything else is a bug and must be seen. */
function orRowError<T>(work: () => T): T | RowError {
  try {
    return work();
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}

function inShort(text: string, reads: readonly (readonly string[])[]): readonly RecordPart[] {
  const record = parseJson(text);
  if (!isObject(record)) return [{ name: "", text: text.slice(0, PART_LENGTH * PARTS) }];
  const read = reads.filter((path) => !path.includes("[]")).slice(0, PARTS);
  if (read.length === 0) return leavesOf(record, PARTS).map(({ path, value }) => ({ name: path, text: partText(value) }));
  const lasts = read.map((path) => path.at(-1));
  return read.map((path) => {
    const name = path.at(-1) ?? "";
    return { name: lasts.filter((last) => last === name).length > 1 ? path.join(".") : name, text: partText(valueAt(record, path)) };
  });
}

function partText(value: Json | undefined): string {
  return value === undefined || value === null ? "NULL" : cellText(value).slice(0, PART_LENGTH);
}
