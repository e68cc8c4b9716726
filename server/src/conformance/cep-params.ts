/** Recorded patterns as params of the pattern node: the steps of `cep.json`, and chains of calls of Flink's builder. */
import { Unsupported } from "./operators/script.ts";

export interface RecordedStep {
  readonly name?: string;
  readonly contiguity: "next" | "followedBy" | "followedByAny" | "notNext" | "notFollowedBy" | null;
  readonly where?: string | null;
  readonly times?: readonly [number, number | null];
  readonly optional?: boolean;
  readonly greedy?: boolean;
  readonly consecutive?: boolean;
  readonly allowCombinations?: boolean;
  readonly until?: string | null;
  readonly within?: RecordedWithin | null;
  readonly timesWithin?: RecordedWithin | null;
  readonly group?: readonly RecordedStep[];
}

interface RecordedWithin {
  readonly ms: number;
  readonly mode: "FIRST_AND_LAST" | "PREVIOUS_AND_CURRENT";
}

export interface RecordedSkip {
  readonly strategy: "NO_SKIP" | "SKIP_TO_NEXT" | "SKIP_PAST_LAST_EVENT" | "SKIP_TO_FIRST" | "SKIP_TO_LAST";
  readonly target?: string;
  readonly throwOnMiss?: boolean;
}

export interface RecordedPattern {
  readonly steps: readonly RecordedStep[];
  readonly within?: RecordedWithin | null;
  readonly skip: RecordedSkip;
}

/** One call of the builder: its name, then its arguments. */
export type BuilderCall = readonly [string, ...unknown[]];

const FOLLOWS: Readonly<Record<string, string>> = { next: "next", followedBy: "followed-by", followedByAny: "followed-by-any" };
const NOT_FOLLOWS: Readonly<Record<string, string>> = { notNext: "next", notFollowedBy: "followed-by" };

export function paramsOfPattern({ steps, within, skip }: RecordedPattern): Record<string, unknown> {
  return { steps: steps.map(stepOf), ...(within && { within: millis(within.ms) }), skip: skipOf(skip) };
}

function stepOf(step: RecordedStep): Record<string, unknown> {
  const { name, contiguity, where, optional, within, group } = step;
  const follows = contiguity ?? "next";
  const common = {
    ...(group ? { is: "group", steps: group.map(stepOf) } : { is: "row", name, ...(where != null && { where }) }),
    ...(within?.mode === "PREVIOUS_AND_CURRENT" && { gap: millis(within.ms) }),
  };
  if (follows in NOT_FOLLOWS) return { ...common, is: "none", follows: NOT_FOLLOWS[follows] };
  return { ...common, follows: FOLLOWS[follows], ...repeatOf(step), ...(optional && { optional }) };
}

function repeatOf({
  times,
  greedy,
  consecutive,
  allowCombinations,
  until,
  timesWithin,
  group,
  name,
}: RecordedStep): Record<string, unknown> {
  const [least, most] = times ?? [1, 1];
  if (least === 1 && most === 1 && !timesWithin && !greedy && !consecutive && !allowCombinations) return {};
  if (greedy && group) throw new Error(`the group ${name} is greedy`);
  return {
    repeat: {
      ...(most === null ? { do: "or-more", least } : { do: "times", least, most }),
      between: consecutive ? "strict" : allowCombinations ? "any" : "relaxed",
      ...(greedy && { greedy }),
      ...(until != null && { until }),
      ...(timesWithin && { gap: millis(timesWithin.ms) }),
    },
  };
}

function skipOf({ strategy, target, throwOnMiss }: RecordedSkip): Record<string, unknown> {
  const to = { NO_SKIP: "none", SKIP_TO_NEXT: "next", SKIP_PAST_LAST_EVENT: "past-last", SKIP_TO_FIRST: "first", SKIP_TO_LAST: "last" }[
    strategy
  ];
  return { to, ...(target !== undefined && { step: target }), ...(throwOnMiss && { missing: "error" }) };
}

const millis = (ms: unknown): string => `${Number(ms)} ms`;

type Json = Record<string, unknown>;
const SKIP_CALLS: Readonly<Record<string, string>> = {
  noSkip: "none",
  skipToNext: "next",
  skipPastLast: "past-last",
  skipPastLastEvent: "past-last",
  skipToFirst: "first",
  skipToLast: "last",
};

/**
 * What a chain of calls says, as params. What is said twice stands as a list where one is expected, so that it is the node that refuses it. `condition` makes a condition of what `where` got.
 */
export function paramsOfCalls(calls: readonly BuilderCall[], condition: (text: string) => string = (text) => text): Json {
  const params: Json = {};
  const steps: Json[] = [];
  for (const call of calls) applyCall(call, params, steps, condition);
  return { ...params, steps };
}

function applyCall([name, ...args]: BuilderCall, params: Json, steps: Json[], condition: (text: string) => string): void {
  const step = steps.at(-1) ?? {};
  const [first] = args;
  if (name in SKIP_CALLS) {
    params.skip = {
      to: SKIP_CALLS[name],
      ...(typeof first === "string" && { step: first }),
      ...(args[1] === true && { missing: "error" }),
    };
    return;
  }
  switch (name) {
    case "begin":
    case "next":
    case "followedBy":
    case "followedByAny":
    case "beginGroup":
    case "nextGroup":
    case "followedByGroup":
    case "followedByAnyGroup":
      steps.push(begun(name.replace(/Group$/, ""), first, condition));
      return;
    case "notNext":
    case "notFollowedBy":
      steps.push({ is: "none", name: first, follows: NOT_FOLLOWS[name] });
      return;
    case "where":
      step.where = combined(step.where, "AND", condition(String(first)));
      return;
    case "or":
      step.where = combined(step.where, "OR", condition(String(first)));
      return;
    case "subtype":
      step.where = combined(step.where, "AND", `type = '${String(first)}'`);
      return;
    case "optional":
      say(step, "optional", true);
      return;
    case "oneOrMore":
    case "timesOrMore":
      say(step, "repeat", { do: "or-more", least: name === "oneOrMore" ? 1 : first, ...gapOf(name === "oneOrMore" ? first : args[1]) });
      return;
    case "times":
      // Flink takes no 0 where it is the only number.
      say(step, "repeat", {
        do: "times",
        least: first,
        ...((args.length > 1 || first === 0) && { most: args[1] ?? 0 }),
        ...gapOf(args[2]),
      });
      return;
    case "greedy":
      ofRepeat(step, "greedy", true);
      return;
    case "consecutive":
      ofRepeat(step, "between", "strict");
      return;
    case "allowCombinations":
      ofRepeat(step, "between", "any");
      return;
    case "until":
      ofRepeat(step, "until", condition(String(first ?? "TRUE")));
      return;
    case "within":
      // None at all is what Flink makes of 0.
      if (Number(first) !== 0)
        params.within = millis(
          Math.min(Number(first), params.within === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(String(params.within), 10)),
        );
      return;
    case "withinGap":
      step.gap = millis(first);
      return;
    default:
      throw new Unsupported(`the call ${name}`);
  }
}

function begun(contiguity: string, what: unknown, condition: (text: string) => string): Json {
  const follows = FOLLOWS[contiguity] ?? "next";
  const group = Array.isArray(what) ? what : (what as { group?: unknown } | null)?.group;
  if (!Array.isArray(group)) return { is: "row", name: what, follows };
  return { is: "group", steps: paramsOfCalls(group as BuilderCall[], condition).steps, follows };
}

function combined(before: unknown, operator: string, condition: string): string {
  return before === undefined ? condition : `(${String(before)}) ${operator} (${condition})`;
}

/** Said once it is the value, said again a list. */
function say(step: Json, name: string, value: unknown): void {
  step[name] = step[name] === undefined ? value : [step[name], value].flat();
}

function ofRepeat(step: Json, name: string, value: unknown): void {
  const repeat = (Array.isArray(step.repeat) ? step.repeat.at(-1) : (step.repeat ?? { do: "once" })) as Json;
  say(repeat, name, value);
  step.repeat ??= repeat;
}

function gapOf(ms: unknown): Json {
  return typeof ms === "number" ? { gap: millis(ms) } : {};
}
