/** What the cases of windows have in common. */
import { type NodeCase, row, type Step } from "@millrace/engine/node";

export const MIN = 60_000;
export const H = 60 * MIN;

/** Rows of a user with an amount; the time is beside them. */
export const INPUTS = { in: "user STRING, n INT" };

export const at = (time: number, user: string | null = "ann", n = 1): Step => row(time, { user, n });

/** Counts and sums by user, with the window's bounds. */
export function params(window: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): NodeCase["params"] {
  return {
    key: [{ name: "user", value: "user" }],
    window,
    fields: [
      { name: "count", value: "COUNT(*)" },
      { name: "sum", value: "SUM(n)" },
      { name: "from", value: "window_start" },
      { name: "to", value: "window_end" },
    ],
    ...more,
  };
}

/** A result, its bounds as epoch milliseconds of the wall clock. */
export function result(user: string | null, count: number, sum: number, from: number, to: number, time = to - 1, kind?: "-U" | "+U") {
  return { value: { user, count, sum, from: clock(from), to: clock(to) }, time, ...(kind && { kind }) };
}

export function gives(step: Step, ...rows: ReturnType<typeof result>[]): Step {
  return { ...step, expect: { ...step.expect, rows: { ...step.expect?.rows, out: rows } } };
}

/** The row leaves as late. */
export function late(step: Step): Step {
  const [one] = step.rows?.in ?? [];
  return { ...step, expect: { rows: { out: [], late: [{ value: one?.value, ...(one?.time !== undefined && { time: one.time }) }] } } };
}

function clock(wall: number): string {
  const [seconds = "", fraction = ""] = new Date(wall).toISOString().slice(0, 23).replace("T", " ").split(".");
  const digits = fraction.replace(/0+$/, "");
  return digits === "" ? seconds : `${seconds}.${digits}`;
}
