import { check, compile } from "@millrace/engine/expression";
import { type Millis, type OperatorContext, type Row, RowError } from "@millrace/engine/node";
import type { Value } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";

/** Furthest instant that a date can name: 275 thousand years either way. */
const FURTHEST = 8_640_000_000_000_000;

/** Reads a row's time as epoch milliseconds; null where it has none. Throws `RowError` for numbers that no date has. */
export function timeReader(text: string, context: OperatorContext): (row: Row, time: Millis) => Millis | null {
  const { evaluate, isNanos } = compiled(text, context);
  return (row, time) => {
    const value = evaluate(row, time);
    if (value === null) return null;
    const millis = isNanos ? Number(floorToMillis(BigInt(value as bigint))) : value;
    if (typeof millis !== "number" || millis > FURTHEST || millis < -FURTHEST) throw notATime(text, value);
    return millis;
  };
}

function compiled(text: string, context: OperatorContext): { evaluate: (row: Row, time: Millis) => Value; isNanos: boolean } {
  const expression = context.expressions.value(text);
  const { dataType } = expression;
  if (dataType.type === "TIMESTAMP") return { evaluate: atZone(text, dataType.precision, context), isNanos: dataType.precision > 3 };
  return { evaluate: expression, isNanos: dataType.type === "TIMESTAMP_LTZ" && dataType.precision > 3 };
}

/** A TIMESTAMP is a wall clock's reading: which instant it is, the pipeline's time zone decides. */
function atZone(text: string, precision: number, { schemas, timeZone, now }: OperatorContext): (row: Row, time: Millis) => Value {
  const settings = { timeZone };
  const { checked } = check(`CAST((${text}\n) AS TIMESTAMP_LTZ(${precision}))`, schemas.inputs.in ?? { type: "ROW", fields: [] }, settings);
  if (!checked) throw new Error(`the planner has checked ${quote(text)}, but it cannot be cast to TIMESTAMP_LTZ(${precision})`);
  const evaluate = compile(checked, settings);
  const context = { time: 0, now };
  return (row, time) => {
    context.time = time;
    return evaluate(row, context);
  };
}

function floorToMillis(nanos: bigint): bigint {
  const millis = nanos / 1_000_000n;
  return nanos < 0n && millis * 1_000_000n !== nanos ? millis - 1n : millis;
}

function notATime(text: string, value: Value): RowError {
  return new RowError("event-time.not-a-time", {
    en: `The time ${quote(text)} is ${String(value)}, which is no date; expected epoch milliseconds.`,
    zh: `时间 ${quote(text)} 为 ${String(value)}，不是有效日期；应为毫秒时间戳。`,
  });
}
