/**
 * Recorded patterns (`cep.json`), played through the pattern node and the runtime: in processing time, row by row, for what came out with which row; and in event time, sorted by it, for times and the end of
 * input. Malformed patterns must be refused, the well-formed ones among them accepted.
 */
import type { Values } from "@millrace/engine/schema";
import { type Emitted, NodeRefused, NodeRun } from "@millrace/engine/testing";
import { nodeTypes } from "../documents.ts";
import { type BuilderCall, paramsOfCalls, paramsOfPattern, type RecordedPattern } from "./cep-params.ts";
import { Unsupported } from "./operators/script.ts";
import { addUnsupported, newTally, type Tally } from "./tally.ts";

interface RecordedEvent {
  readonly seq: number;
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly volume: number | null;
  readonly type: string;
  readonly ts: number;
}

type StepRows = Readonly<Record<string, readonly number[]>>;

interface RecordedTimeout {
  readonly match: StepRows;
  readonly ts: number;
  readonly after?: number;
}

interface PatternCase {
  readonly id: string;
  readonly events: readonly RecordedEvent[];
  readonly pattern: RecordedPattern;
  readonly matches: readonly (readonly number[])[];
  readonly matchesByStep?: readonly { readonly match: StepRows; readonly after: number; readonly by: "advance" | "process" }[];
  readonly timeouts?: readonly RecordedTimeout[] | null;
  readonly atEnd?: { readonly matches: readonly (StepRows | readonly number[])[]; readonly timeouts: readonly RecordedTimeout[] };
  readonly error?: unknown;
  readonly errorRegex?: string;
  /** The matches by event time, where events come in another order. */
  readonly sorted?: unknown;
  readonly unsortedInput?: boolean;
}

interface MalformedCase {
  readonly id: string;
  readonly calls: readonly BuilderCall[];
  readonly ok: boolean;
}

export interface PatternFile {
  readonly cases?: readonly PatternCase[];
  readonly iterativeCases?: readonly PatternCase[];
  readonly malformed?: readonly MalformedCase[];
}

export function patternCases({ cases = [], iterativeCases = [], malformed = [] }: PatternFile): Tally {
  const tally = newTally();
  for (const one of [...cases, ...iterativeCases]) count(tally, one.id, () => playPattern(one));
  for (const one of malformed) count(tally, one.id, () => playMalformed(one));
  return tally;
}

function count(tally: Tally, id: string, play: () => string | undefined): void {
  try {
    const difference = play();
    if (difference === undefined) tally.passed += 1;
    else tally.failures.push(`${id}: ${difference}`);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    addUnsupported(tally, error.message);
  }
}

const SCHEMA = "seq INT, id INT, name STRING, price DOUBLE, volume DOUBLE, type STRING, ts BIGINT";

function playMalformed({ calls, ok }: MalformedCase): string | undefined {
  const params = paramsOfCalls(calls, (text) => (/^[a-z]\w*$/i.test(text) && !/^(true|false)$/i.test(text) ? `name = '${text}'` : text));
  const refused = refusal({ ...params, key: ["id"] });
  if (ok) return refused === undefined ? undefined : `refused: ${refused}`;
  return refused === undefined ? "expected to be refused" : undefined;
}

function refusal(params: Record<string, unknown>): string | undefined {
  try {
    newRun(params);
    return undefined;
  } catch (error) {
    if (error instanceof NodeRefused) return error.message;
    throw error;
  }
}

function newRun(params: Record<string, unknown>): NodeRun {
  const node = nodeTypes.get("pattern");
  if (node === undefined) throw new Error("there is no node type for patterns");
  return new NodeRun(node, { params, inputs: { in: { schema: SCHEMA } } });
}

function playPattern(one: PatternCase): string | undefined {
  const names = [...new Set(stepNames(one.pattern.steps))];
  // A text of the rows of each step, in the order of the steps.
  const fields = names.map((name, i) => ({ name: `s${i}`, value: `LISTAGG(CAST(\`${name}\`.seq AS STRING), ',')` }));
  const params = { ...paramsOfPattern(one.pattern), output: { do: "fields", fields } };
  try {
    if (one.error !== undefined) return expectError(one, params, names);
    return (
      (one.unsortedInput ? undefined : differenceOnArrival(one, params, names)) ??
      (isDifferentInOperator(one) ? undefined : differenceInEventTime(one, params, names))
    );
  } catch (error) {
    if (error instanceof NodeRefused) return `refused: ${error.message}`;
    throw error;
  }
}

function stepNames(steps: RecordedPattern["steps"]): string[] {
  return steps.flatMap((step) => (step.group ? stepNames(step.group) : [step.name as string]));
}

function expectError(one: PatternCase, params: Record<string, unknown>, names: readonly string[]): string | undefined {
  const came = arrivals(one, params, names).flatMap(({ errors }) => errors);
  if (came.length === 0) return "expected an error, got none";
  const words = new RegExp(one.errorRegex ?? "");
  return came.some((message) => words.test(message)) ? undefined : `expected an error like ${one.errorRegex}, got ${came[0]}`;
}

interface Came {
  readonly matches: string[];
  readonly timeouts: string[];
  readonly errors: string[];
}

function cameOf(emitted: readonly Emitted[], names: readonly string[]): Came {
  const came: Came = { matches: [], timeouts: [], errors: [] };
  for (const one of emitted) {
    if ("error" in one) came.errors.push(one.error);
    if (!("port" in one)) continue;
    const text = textOf(rowsByStep(one.row, names));
    if (one.port === "match") came.matches.push(text);
    else came.timeouts.push(`${text} at ${one.time}`);
  }
  return came;
}

function rowsByStep(row: Values, names: readonly string[]): StepRows {
  return Object.fromEntries(
    names.flatMap((name, i) => {
      const list = row[`s${i}`];
      return typeof list === "string" ? [[name, list.split(",").map(Number)]] : [];
    }),
  );
}

function textOf(match: StepRows): string {
  const names = Object.keys(match).sort();
  return names.map((name) => `${name}=${(match[name] as readonly number[]).join(",")}`).join(" ");
}

/** What came with each event: as time moved to it, and as it was processed. */
function arrivals(one: PatternCase, params: Record<string, unknown>, names: readonly string[]): (Came & { before: Came; seq: number })[] {
  const run = newRun({ ...params, time: "processing" });
  return one.events.map((event) => {
    run.advanceClock(event.ts);
    const before = cameOf(run.take(), names);
    run.push("in", { ...event }, event.ts);
    return { ...cameOf(run.take(), names), before, seq: event.seq };
  });
}

function differenceOnArrival(one: PatternCase, params: Record<string, unknown>, names: readonly string[]): string | undefined {
  for (const { seq, before, matches, timeouts, errors } of arrivals(one, params, names)) {
    if (errors.length > 0) return `event ${seq}: ${errors[0]}`;
    const expected = (one.matchesByStep ?? []).filter(({ after }) => after === seq);
    const found =
      difference(
        `matches with event ${seq}`,
        expected.map(({ match }) => textOf(match)),
        [...before.matches, ...matches],
      ) ??
      // What time alone completes cannot come later than the row.
      difference(
        `matches by event ${seq} itself`,
        expected.filter(({ by }) => by === "process").map(({ match }) => textOf(match)),
        matches.slice(expected.filter(({ by }) => by === "advance").length - before.matches.length),
      );
    if (found !== undefined) return found;
    const timedOut = (one.timeouts ?? []).filter(({ after }) => after === seq);
    const late = difference(
      `timeouts with event ${seq}`,
      timedOut.map(({ match, ts }) => `${textOf(match)} at ${ts}`),
      [...before.timeouts, ...timeouts],
    );
    if (one.timeouts && late !== undefined) return late;
  }
  return undefined;
}

/** Where rows have equal times, Flink's operator moves time once, and its tests of the matcher did so before each: that tells where gaps are looked at. */
function isDifferentInOperator({ events, pattern }: PatternCase): boolean {
  const hasGap = (steps: RecordedPattern["steps"]): boolean =>
    steps.some((step) => step.within?.mode === "PREVIOUS_AND_CURRENT" || step.timesWithin || hasGap(step.group ?? []));
  return hasGap(pattern.steps) && new Set(events.map(({ ts }) => ts)).size < events.length;
}

/** All rows wait until the end of input: then they are sorted, and time moves from one to the next and to the end, as it did for Flink's matcher. */
function differenceInEventTime(one: PatternCase, params: Record<string, unknown>, names: readonly string[]): string | undefined {
  const run = newRun(params);
  for (const event of one.events) run.push("in", { ...event }, event.ts);
  run.restart();
  run.watermark("in", Number.POSITIVE_INFINITY);
  const came = cameOf(run.take(), names);
  const matches = one.unsortedInput && one.sorted !== undefined ? matchesOf(one.sorted) : one.matches;
  const atEnd = one.unsortedInput ? [] : (one.atEnd?.matches ?? []).map((match) => (isList(match) ? match : Object.values(match).flat()));
  const timeouts = [...(one.timeouts ?? []), ...(one.atEnd?.timeouts ?? [])];
  return (
    (came.errors[0] && `error: ${came.errors[0]}`) ??
    difference(
      "matches in event time",
      [...matches, ...atEnd].map(sortedText),
      came.matches.map((text) => sortedText([...text.matchAll(/[=,](\d+)/g)].map(([, seq]) => Number(seq)))),
    ) ??
    (one.unsortedInput
      ? undefined
      : difference(
          "timeouts in event time",
          timeouts.map(({ match, ts }) => `${textOf(match)} at ${ts}`),
          came.timeouts,
        ))
  );
}

function isList(match: StepRows | readonly number[]): match is readonly number[] {
  return Array.isArray(match);
}

function sortedText(seqs: readonly number[]): string {
  return [...seqs].sort((a, b) => a - b).join(",");
}

/** `sorted` is a list of matches, or an object that has one. */
function matchesOf(sorted: unknown): readonly (readonly number[])[] {
  return (Array.isArray(sorted) ? sorted : (sorted as { matches: unknown }).matches) as readonly (readonly number[])[];
}

/** As multisets. */
function difference(what: string, expected: readonly string[], got: readonly string[]): string | undefined {
  const [a, b] = [[...expected].sort().join("; "), [...got].sort().join("; ")];
  return a === b ? undefined : `${what}: expected ${a || "none"}, got ${b || "none"}`;
}
