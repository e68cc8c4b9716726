import { type MatchedExpression, type Operator, type OperatorContext, type Out, type Row, RowError } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import { makeAutomaton } from "./automaton.ts";
import { chainOf } from "./links-of-params.ts";
import { resultMaker } from "./match-result.ts";
import { type Found, Matcher, type Skip, TooMuchHeld } from "./matcher.ts";
import type { PatternParams } from "./params.ts";
import { compareRows } from "./row-order.ts";

/**
 * In event time rows wait, by time, until the watermark has passed them. The first timer of a key that fires then processes all of them that the watermark has passed, each time first, and last the time of the
 * watermark itself; so what did not come is known without a further row. Without a whole length of time (`within`) there is no timer for what may take too long: Flink looks at gaps when a row of the key is
 * processed. Only at the end of input everything is looked at, for which a timer is kept ahead.
 */
export function createOperator(params: PatternParams, context: OperatorContext): Operator {
  const { state, timers, expressions } = context;
  const { links, conditions } = chainOf(params);
  const automaton = makeAutomaton(links);
  const tests = conditions.map(({ text }) => expressions.matched(text, "matched"));
  const plain = tests.filter(({ looksBack }) => !looksBack);
  const order = (params.order ?? []).map((text) => expressions.matched(text, "matched"));
  const result = resultMaker(params, context);
  const { rowType, keptOf } = keptRows(context, result.needsWholeRows, [...tests, ...order, result]);
  const matcher = new Matcher(state, {
    automaton,
    skip: skipOf(params.skip),
    conditions: tests.map((test) => (row, time, path) => test(test.looksBack ? path() : NONE, row, time) === true),
    looksBack: tests.map(({ looksBack }) => looksBack),
    rowType,
    limit: params.limit,
  });
  const waiting = state.map("waiting rows", { key: { type: "BIGINT", nullable: false }, value: { type: "ARRAY", element: rowType } });
  const compare = order.length === 0 ? undefined : compareRows(order);
  const endTimer = automaton.withinMs === 0 && automaton.gaps.size > 0;
  const keyTexts = params.key ?? [];

  function emit(found: Found, out: Out): void {
    const last = found.path.at(-1) as Found["path"][number];
    try {
      if (found.cannotSkip) throw cannotSkip(params.skip, found);
      out.emit(found.isTimeout ? "timeout" : "match", result.make(found.path, found.time), found.time);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      out.reject(error, last.row, last.time);
    }
  }

  function advance(time: number, out: Out): void {
    for (const found of matcher.advance(time)) emit(found, out);
  }

  function process(row: Row, time: number, out: Out): void {
    for (const found of matcher.process(row, time)) emit(found, out);
  }

  function refuse(error: unknown): RowError {
    if (error instanceof TooMuchHeld) return tooMuchHeld(params.limit);
    if (error instanceof RowError) return error;
    throw error;
  }

  /** All that wait and that the watermark has passed, in order; true if there were any. */
  function processWaiting(out: Out): boolean {
    if (waiting.size === 0) return false;
    const due = [...waiting.entries()].filter(([time]) => (time as number) <= timers.watermark);
    due.sort(([a], [b]) => (a as number) - (b as number));
    let begins = false;
    for (const [at, held] of due) {
      const time = at as number;
      waiting.delete(time);
      const rows = held as readonly Row[];
      advance(time, out);
      for (const row of compare === undefined ? rows : rows.toSorted((a, b) => compare(a, b, time))) {
        try {
          process(row, time, out);
        } catch (error) {
          out.reject(refuse(error), row, time);
        }
        begins ||= matcher.begins;
        if (begins && automaton.withinMs > 0) timers.atEventTime(time + automaton.withinMs);
      }
    }
    return due.length > 0;
  }

  /** One timer of the key is ahead while partial matches are held for which there is no other. */
  function keepEndTimer(): void {
    if (endTimer && timers.watermark < Number.POSITIVE_INFINITY && matcher.holds)
      timers.atEventTime((Math.floor(timers.watermark / END_TIMER_MS) + 1) * END_TIMER_MS);
  }

  function onArrival(row: Row, out: Out): void {
    const now = context.now();
    advance(now, out);
    try {
      process(row, now, out);
    } catch (error) {
      throw refuse(error);
    }
    if (matcher.begins && automaton.withinMs > 0) timers.atProcessingTime(now + automaton.withinMs + 1);
  }

  return {
    onRow(row, time, out) {
      const missing = state.key.indexOf(null);
      if (missing !== -1) throw noKey(keyTexts[missing] as string);
      if (params.time === "processing") return onArrival(row, out);
      if (time <= timers.watermark) return out.emit("late", row, time);
      // A row that cannot be computed is best told as long as all of it is at hand.
      for (const test of plain) test(NONE, row, time);
      const held = waiting.get(time) as readonly Value[] | undefined;
      const kept = keptOf(row);
      waiting.set(time, held === undefined ? [kept] : [...held, kept]);
      timers.atEventTime(time);
    },
    onTimer(_time, out, timer) {
      if (timer === "processing") return advance(context.now(), out);
      const hadWaiting = processWaiting(out);
      if (hadWaiting || !endTimer || timers.watermark === Number.POSITIVE_INFINITY) advance(timers.watermark, out);
      keepEndTimer();
    },
  };
}

const NONE: readonly never[] = [];
const END_TIMER_MS = 600_000;

/** What of a row is kept: all of it where it may leave as it came, else the fields that are read. */
function keptRows(
  { schemas }: OperatorContext,
  whole: boolean,
  readers: readonly Pick<MatchedExpression, "reads">[],
): { rowType: DataType; keptOf: (row: Row) => Row } {
  const input = schemas.inputs.in as DataType & { type: "ROW" };
  if (whole) return { rowType: input, keptOf: (row) => row };
  const read = new Set(readers.flatMap(({ reads }) => reads.map(([name]) => name)));
  const fields = input.fields.filter(({ name }) => read.has(name));
  const names = fields.map(({ name }) => name);
  const keptOf = (row: Row): Row => {
    const kept: Record<string, Value> = {};
    for (const name of names) kept[name] = row[name] ?? null;
    return kept;
  };
  return { rowType: { type: "ROW", fields }, keptOf };
}

function skipOf(skip: PatternParams["skip"]): Skip {
  return "step" in skip ? { to: skip.to, step: skip.step, failsWithout: skip.missing === "error" } : skip;
}

function noKey(text: string): RowError {
  return new RowError("pattern.no-key", {
    en: `The key "${text}" is NULL for this row; expected a value.`,
    zh: `该行的 key “${text}” 为 NULL；应有值。`,
  });
}

function tooMuchHeld(limit: number): RowError {
  return new RowError("pattern.too-much-held", {
    en: `With this row more than ${limit} partial matches or matched rows would be held for its key. Shorten "within", end loops by "until", skip matches, or raise the limit.`,
    zh: `加上该行，其 key 将保留超过 ${limit} 个部分匹配或匹配的行。请缩短时限，用“直到”结束循环，跳过匹配，或提高上限。`,
  });
}

function cannotSkip(skip: PatternParams["skip"], { path }: Found): RowError {
  const step = "step" in skip ? skip.step : "";
  const steps = [...new Set(path.map((matched) => matched.step))].join(", ");
  if (path.some((matched) => matched.step === step))
    return new RowError("pattern.cannot-skip", {
      en: `Could not skip to first element of a match: it begins with ${step}. Skip to another step, or let such matches skip nothing.`,
      zh: `无法跳转到匹配的第一行：匹配以 ${step} 开头。请跳转到其他步骤，或让这样的匹配不跳过。`,
    });
  return new RowError("pattern.cannot-skip", {
    en: `Could not skip to ${step}. No such element in the found match, which has ${steps}. Skip to another step, or let such matches skip nothing.`,
    zh: `无法跳转到 ${step}：匹配中没有它，只有 ${steps}。请跳转到其他步骤，或让这样的匹配不跳过。`,
  });
}
