/** Scripts of single operators (`windows.json`): what was done to Flink's operator, step by step, and what came out of it. */

export interface OperatorScript {
  readonly id: string;
  readonly operator: { readonly kind: string; readonly params: Readonly<Record<string, unknown>> };
  readonly steps: readonly ScriptStep[];
  readonly expect: readonly ScriptExpectation[];
  /** False: the rows of one step come in any order, all before the step's watermark. */
  readonly ordered: boolean;
}

/** One thing that is done. Kinds that are no operators have words of their own, which their player knows. */
export interface ScriptStep {
  readonly row?: readonly unknown[];
  readonly ts?: ScriptTime;
  readonly kind?: "+I" | "-U" | "+U" | "-D";
  /** From 1; left out: the only one. */
  readonly input?: number;
  readonly watermark?: ScriptTime;
  readonly status?: "IDLE" | "ACTIVE";
  readonly processingTime?: ScriptTime;
  readonly ttlTime?: ScriptTime;
  readonly snapshotRestore?: true;
  readonly [word: string]: unknown;
}

/** One thing that came out after the step; the other members say what. */
export interface ScriptExpectation {
  readonly after: number;
  readonly [word: string]: unknown;
}

/** What came out, in the members of an expectation. */
export type Seen = Readonly<Record<string, unknown>>;

/** Milliseconds; "MAX" and "MIN" are Java's greatest and least, others beyond 2^53 are texts of their digits. */
export type ScriptTime = number | string;

/** What came out after each step. An error ends the script, as `{error: words}`. */
export type PlayScript = (script: OperatorScript) => readonly (readonly Seen[])[];

/** The product has nothing to express the script with; the message says what is missing. */
export class Unsupported extends Error {}

/** Milliseconds as the engine has them. */
export function timeOf(time: ScriptTime): number {
  if (time === "MAX") return Number.POSITIVE_INFINITY;
  if (time === "MIN") return Number.NEGATIVE_INFINITY;
  const millis = Number(time);
  if (!Number.isSafeInteger(millis)) throw new Unsupported("times beyond 2^53 milliseconds");
  return millis;
}

/** A time as scripts have it. */
export function scriptTime(millis: number): ScriptTime {
  if (millis === Number.POSITIVE_INFINITY) return "MAX";
  return millis === Number.NEGATIVE_INFINITY ? "MIN" : millis;
}

const FAR = 2n ** 53n;
/** A whole number of windows for every length that a script has: a day's. */
const DAY = 86_400_000n;

/**
 * The script with its times moved back where they lie beyond 2^53, by whole days, so that they are exact; `raise` moves what came out forth again. Only for operators to which one day is like
 * another.
 */
export function lowered(script: OperatorScript): { readonly script: OperatorScript; readonly raise: (value: unknown) => unknown } {
  const far =
    JSON.stringify(script.steps)
      .match(/"\d{16,19}"/g)
      ?.map((text) => BigInt(text.slice(1, -1)))
      .filter((time) => time > FAR) ?? [];
  if (far.length === 0) return { script, raise: (value) => value };
  const [least = 0n] = far.toSorted((a, b) => (a < b ? -1 : 1));
  const shift = least - (least % DAY);
  const lower = (value: unknown) => (typeof value === "string" && /^\d{16,19}$/.test(value) ? Number(BigInt(value) - shift) : value);
  // Numbers of rows and sums are smaller than any time of such a script.
  const isTime = (value: number) => value > 1_000 && far.some((time) => Math.abs(Number(time - shift) - value) < Number(DAY));
  const raise = (value: unknown) => (typeof value === "number" && isTime(value) ? String(BigInt(value) + shift) : value);
  return { script: mapped(script, lower) as OperatorScript, raise: (value) => mapped(value, raise) };
}

function mapped(value: unknown, change: (scalar: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return change(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapped(item, change)]));
}

/** Columns c0, c1 … of an input, typed by its first row. */
export function columnsOf({ steps }: OperatorScript, input: number): Record<string, string> {
  const first = steps.find((step) => step.row !== undefined && (step.input ?? 1) === input)?.row ?? [];
  return Object.fromEntries(first.map((value, i) => [`c${i}`, typeof value === "string" ? "STRING" : "BIGINT"]));
}
