import {
  type MatchedExpression,
  type MatchedRow,
  type Operator,
  type OperatorContext,
  type Out,
  type Row,
  RowError,
} from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import { makeAutomaton } from "./automaton.ts";
import { chainOf } from "./links-of-params.ts";
import { resultMaker } from "./match-result.ts";
import { type Found, Matcher, type Skip, TooMuchHeld } from "./matcher.ts";
import type { PatternParams } from "./params.ts";
import { compareRows } from "./row-order.ts";
import { WaitingRows } from "./waiting-rows.ts";

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
  const order = (params.order ?? []).map((text) => expressions.matched(text, "matched"));
  const result = resultMaker(params, context);
  const { rowType, keptOf } = keptRows(context, result.needsWholeRows, [...tests, ...order, result]);
  const matcher = new Matcher(state, {
    automaton,
    skip: skipOf(params.skip),
    conditions: tests.map((test) =>
      Object.assign((row: Row, time: number, path: readonly MatchedRow[]) => test(path, row, time) === true, { looksBack: test.looksBack }),
    ),
    rowType,
    limit: params.limit,
    needsRows: order.length > 0,
  });
  const waiting = new WaitingRows(state, rowType);
  /** By which conditions the rows that wait were judged. */
  const judgedBy = state.value("judged by", { type: "INT" });
  const judges = fingerprint(conditions.map(({ text }) => text));
  /** The time of the key's timer, but for those that were set before it and are of no use any more. */
  const nextTimer = state.value("next timer", { type: "BIGINT" });
  const compare = order.length === 0 ? undefined : compareRows(order);
  const hasGaps = automaton.gaps.size > 0;
  /** Nothing but the key's next row tells what took too long. */
  const isBlind = hasGaps && automaton.withinMs === 0;
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

  function process(row: Row, time: number, holds: number, out: Out): void {
    for (const found of matcher.process(row, time, holds)) emit(found, out);
  }

  function refuse(error: unknown): RowError {
    if (error instanceof TooMuchHeld) return tooMuchHeld(params.limit);
    if (error instanceof RowError) return error;
    throw error;
  }

  /** Sets the key's timer, unless one is set for that time or before. */
  function wakeAt(time: number): void {
    const next = nextTimer.get() as number | null;
    if (next !== null && next <= time) return;
    nextTimer.set(time);
    timers.atEventTime(time);
  }

  /** Rows that wait when a changed pattern goes on are judged by its conditions. */
  function checkJudges(): void {
    if (judgedBy.get() === judges) return;
    waiting.judgeAgain((row, time) => matcher.judge(row, time));
    judgedBy.set(judges);
  }

  function processDue(count: number, out: Out): void {
    const { dueTimes, dueHolds, dueRows } = waiting;
    let time = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const at = dueTimes[i] as number;
      const row = dueRows[i] ?? NO_ROW;
      if (at > time) advance(at, out);
      time = at;
      try {
        process(row, time, dueHolds[i] as number, out);
      } catch (error) {
        out.reject(refuse(error), row, time);
      }
      // Flink looks at gaps whenever a whole match might have taken too long.
      if (hasGaps && !isBlind && matcher.begins) timers.atEventTime(time + automaton.withinMs);
    }
  }

  function onEventTimer(out: Out): void {
    const { watermark } = timers;
    matcher.open();
    checkJudges();
    const due = waiting.take(watermark, compare);
    processDue(due, out);
    if (due > 0 || !isBlind || watermark === Number.POSITIVE_INFINITY) advance(watermark, out);
    matcher.close();
    const next = nextTimer.get() as number | null;
    if (next !== null && next > watermark) return;
    // The key's timer has fired.
    const isLooked = isBlind && matcher.holds && watermark < Number.POSITIVE_INFINITY;
    const wanted = Math.min(
      waiting.next,
      matcher.deadline,
      isLooked ? (Math.floor(watermark / END_TIMER_MS) + 1) * END_TIMER_MS : Number.POSITIVE_INFINITY,
    );
    if (wanted === Number.POSITIVE_INFINITY) {
      nextTimer.clear();
      judgedBy.clear();
    } else {
      nextTimer.set(wanted);
      timers.atEventTime(wanted);
    }
  }

  function onArrival(row: Row, out: Out): void {
    const now = context.now();
    matcher.open();
    try {
      advance(now, out);
      process(row, now, matcher.judge(row, now), out);
    } catch (error) {
      throw refuse(error);
    } finally {
      matcher.close();
    }
    if (matcher.begins && automaton.withinMs > 0) timers.atProcessingTime(now + automaton.withinMs + 1);
  }

  return {
    onRow(row, time, out) {
      const missing = state.key.indexOf(null);
      if (missing !== -1) throw noKey(keyTexts[missing] as string);
      if (params.time === "processing") return onArrival(row, out);
      if (time <= timers.watermark) return out.emit("late", row, time);
      // Judged now, for a row that cannot be computed is best told while all of it is at hand.
      const holds = matcher.judge(row, time);
      checkJudges();
      waiting.add(time, holds, matcher.mayNeed(holds) ? keptOf(row) : null);
      wakeAt(time);
    },
    onTimer(_time, out, timer) {
      if (timer === "event") return onEventTimer(out);
      matcher.open();
      advance(context.now(), out);
      matcher.close();
    },
    holdings: () => matcher.holdings(),
  };
}

const NO_ROW: Row = {};
/** While partial matches are held for which there is no other timer, one is ahead by no more than this. */
const END_TIMER_MS = 600_000;

/** Tells conditions from others: rows that wait were judged by those of before when a changed pattern goes on. */
function fingerprint(texts: readonly string[]): number {
  let hash = 0;
  for (const char of texts.join("\u0000")) hash = (Math.imul(hash, 31) + (char.codePointAt(0) as number)) | 0;
  return hash;
}

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
