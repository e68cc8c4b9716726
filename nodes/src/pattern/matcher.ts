/**
 * Moves the partial matches of one key through the automaton, as Flink 2.2.1's NFA does: time first, then the row. Completed matches leave in the order of their first rows; with a skip strategy one is held back
 * until no partial match began before it, for that one, once complete, would have the first say.
 */
import type { CounterState, KeyedState, Row, ValueState } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import type { Automaton, State } from "./automaton.ts";
import { type Decide, type Decision, decidersOf, MOST_BITS } from "./decisions.ts";
import { neededCondition } from "./formula.ts";
import { MatchBuffer, type Matched } from "./match-buffer.ts";
import { isNotLater, keep, type Partial, pop, push } from "./partial-heap.ts";

export type Skip =
  | { readonly to: "none" | "next" | "past-last" }
  | { readonly to: "first" | "last"; readonly step: string; readonly failsWithout: boolean };

/** Whether it holds for the row, whose time it is, beside the rows that the partial match has so far. */
export interface Condition {
  (row: Row, time: number, path: readonly Matched[]): boolean;
  /** Whether it looks at those, so that it may differ from one partial match to the next. */
  readonly looksBack: boolean;
}

export interface MatcherOptions {
  readonly automaton: Automaton;
  readonly skip: Skip;
  readonly conditions: readonly Condition[];
  /** Type of the rows. */
  readonly rowType: DataType;
  /** Most partial matches, and most entries, of one key. */
  readonly limit: number;
  /** Rows are needed though no step takes them. */
  readonly needsRows: boolean;
}

/** What is to be emitted. */
export interface Found {
  readonly path: readonly Matched[];
  readonly time: number;
  readonly isTimeout: boolean;
  /** A match that has no row of the step to skip to, or begins with it, where that must not be. */
  readonly cannotSkip?: true;
}

/** Thrown by `process`; nothing has changed. */
export class TooMuchHeld extends Error {}

const NONE: readonly Found[] = [];
const NO_ROWS: readonly Matched[] = [];
const NO_PARTIALS: readonly Partial[] = [];
const PARTIALS: DataType = {
  type: "ARRAY",
  element: {
    type: "ROW",
    fields: [
      { name: "state", dataType: { type: "STRING", nullable: false } },
      { name: "entry", dataType: { type: "BIGINT", nullable: false } },
      { name: "start", dataType: { type: "BIGINT" } },
      { name: "first", dataType: { type: "BIGINT" } },
    ],
  },
};

/** Between `open` and `close` it works on the key that is current; what it did is in state from `close` on. */
export class Matcher {
  private readonly options: MatcherOptions;
  private readonly states: ReadonlyMap<string, State>;
  private readonly deciders: ReadonlyMap<string, Decide>;
  /** Conditions that need the row alone, each with its bit. */
  private readonly plain: readonly Condition[];
  /** The bits of those by which a row may be taken; undefined: it may be whatever holds. */
  private readonly taking: number | undefined;
  private readonly decideFirst: Decide;
  private readonly buffer: MatchBuffer;
  private readonly partialState: ValueState;
  private readonly completedState: ValueState;
  /** The partial match that has not begun; each row may begin one. */
  private readonly notBegun: Partial;
  private readonly onlyNotBegun: readonly Partial[];
  /** Of the key: a heap, and one of matches that are held back. */
  private partials: readonly Partial[] = NO_PARTIALS;
  private completed: readonly Partial[] = NO_PARTIALS;
  private hasChanged = false;
  private readonly partialCount: CounterState;
  private readonly entryCount: CounterState;
  /** Of the key, when it was opened. */
  private partialsBefore = 0;
  private entriesBefore = 0;
  /** Of the row that is being processed. */
  private row: Row | undefined;
  private time = 0;
  private holding = 0;
  private current: Partial;
  private path: readonly Matched[] | undefined;
  /** Whether a row since `open` let a partial match begin, whose time must be watched. */
  begins = false;

  constructor(state: KeyedState, options: MatcherOptions) {
    this.options = options;
    const { automaton, rowType, conditions } = options;
    this.states = new Map(automaton.states.map((one) => [one.name, one]));
    this.plain = conditions.filter(({ looksBack }) => !looksBack).slice(0, MOST_BITS);
    const bits = conditions.map((condition) => (this.plain.includes(condition) ? 2 ** this.plain.indexOf(condition) : 0));
    this.deciders = decidersOf(automaton, bits);
    this.taking = takingBits(options, bits);
    this.decideFirst = this.deciders.get(automaton.start.name) as Decide;
    this.buffer = new MatchBuffer(state, rowType);
    this.partialState = state.value("partial matches", PARTIALS);
    this.completedState = state.value("completed matches", PARTIALS);
    this.partialCount = state.counter("partial matches held");
    this.entryCount = state.counter("matched rows held");
    this.notBegun = { state: automaton.start.name, entry: 0, start: null, first: null };
    this.onlyNotBegun = [this.notBegun];
    this.current = this.notBegun;
  }

  /** Which conditions hold that need the row alone, as `process` takes them. Throws what a condition throws. */
  judge(row: Row, time: number): number {
    const { plain } = this;
    let holds = 0;
    for (let i = 0; i < plain.length; i++) if ((plain[i] as Condition)(row, time, NO_ROWS)) holds += 2 ** i;
    return holds;
  }

  /** Whether a row of which this holds may be taken, or looked at beside others. */
  mayNeed(holds: number): boolean {
    return this.taking === undefined || (holds & this.taking) !== 0;
  }

  open(): void {
    this.partials = (this.partialState.get() as unknown as readonly Partial[] | null) ?? this.onlyNotBegun;
    this.completed = (this.completedState.get() as unknown as readonly Partial[] | null) ?? NO_PARTIALS;
    this.begins = false;
    let latest = 0;
    for (const { entry } of this.partials) if (entry > latest) latest = entry;
    for (const { entry } of this.completed) if (entry > latest) latest = entry;
    this.buffer.open(latest);
    this.partialsBefore = this.partials.length;
    this.entriesBefore = this.buffer.size;
  }

  /** What all keys of the subtask hold, in the names of the spec's `holdings`. */
  holdings(): Record<string, number> {
    return { "partial matches": this.partialCount.total, "matched rows": this.entryCount.total };
  }

  close(): void {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    this.buffer.close();
    this.partialCount.add(this.partials.length - this.partialsBefore);
    this.entryCount.add(this.buffer.size - this.entriesBefore);
    // One that has not begun is not worth an entry in the state.
    const { partials, completed } = this;
    if (partials.length > 1) this.partialState.set(partials as unknown as Value);
    else this.partialState.clear();
    if (completed.length > 0) this.completedState.set(completed as unknown as Value);
    else this.completedState.clear();
  }

  /** Whether the key has partial matches that have begun. */
  get holds(): boolean {
    return this.partials.length > 1;
  }

  /** When the first of them has taken as long as a whole match may; Infinity when none will. */
  get deadline(): number {
    const first = this.partials[0] as Partial;
    const { withinMs } = this.options.automaton;
    return first.start === null || withinMs === 0 ? Number.POSITIVE_INFINITY : first.start + withinMs;
  }

  /** Time is now `time`: what took too long times out, and what waited for something not to come is a match. */
  advance(time: number): readonly Found[] {
    const before = this.partials;
    if (before.length === 1) return NONE;
    const isDue =
      this.options.automaton.gaps.size === 0 ? time >= this.deadline : before.some((one) => this.timeoutOf(one, time) !== undefined);
    if (!isDue) return NONE;
    const found: Found[] = [];
    const after: Partial[] = [];
    const complete: Partial[] = [];
    for (const partial of before) {
      const timeout = this.timeoutOf(partial, time);
      if (timeout === undefined) push(after, partial);
      else if (this.states.get(partial.state)?.kind === "pending") push(complete, partial);
      else {
        found.push({ path: this.buffer.pathTo(partial.entry), time: timeout, isTimeout: true });
        this.buffer.release(partial.entry);
      }
    }
    const matches = this.settle(complete, after, time);
    this.partials = after;
    this.hasChanged = true;
    return matches.length === 0 ? found : [...matches, ...found];
  }

  /** The matches that the row completes. `time` is its time, to which `advance` came before; `holds` what `judge` said of it. Throws what a condition throws, and then nothing has changed. */
  process(row: Row, time: number, holds: number): readonly Found[] {
    this.row = row;
    this.time = time;
    this.holding = holds;
    const before = this.partials;
    // Most rows of most keys begin nothing.
    if (before.length === 1) {
      const decision = this.decide(this.notBegun);
      return decision.isIdle ? NONE : this.move(before, [decision]);
    }
    const decisions: Decision[] = [];
    let isIdle = true;
    for (const partial of before) {
      const decision = this.decide(partial);
      isIdle &&= decision.isIdle;
      decisions.push(decision);
    }
    return isIdle ? NONE : this.move(before, decisions);
  }

  private move(before: readonly Partial[], decisions: readonly Decision[]): readonly Found[] {
    this.checkLimit(decisions);
    this.buffer.nextRow();
    const after: Partial[] = [];
    const complete: Partial[] = [];
    for (let i = 0; i < before.length; i++) this.apply(before[i] as Partial, decisions[i] as Decision, after, complete);
    const found = this.settle(complete, after, this.time);
    this.partials = after;
    this.hasChanged = true;
    return found;
  }

  private checkLimit(decisions: readonly Decision[]): void {
    let partials = 0;
    let entries = this.buffer.size;
    for (const { moves, stops } of decisions) {
      let taken = -1;
      for (const { target, take } of moves) {
        // What is completed is not held.
        if (stops || target.kind === "final") continue;
        partials++;
        if (take > taken) entries++;
        taken = Math.max(taken, take);
      }
    }
    if (partials > this.options.limit || entries > this.options.limit) throw new TooMuchHeld();
  }

  private apply(partial: Partial, { moves, stops }: Decision, after: Partial[], complete: Partial[]): void {
    const hasBegun = partial.start !== null;
    let take = -1;
    let entry = 0;
    for (const move of moves) {
      const isEnd = move.target.kind === "final";
      if (stops && !isEnd) continue;
      if (move.step === undefined) entry = partial.entry;
      else if (move.take !== take) {
        take = move.take;
        entry = this.buffer.add(move.step, this.row as Row, this.time, partial.entry);
      }
      this.buffer.acquire(entry);
      const next: Partial = {
        state: move.target.name,
        entry,
        start: hasBegun ? partial.start : this.time,
        first: hasBegun ? partial.first : this.buffer.row,
      };
      push(isEnd ? complete : after, next);
    }
    if (hasBegun) this.buffer.release(partial.entry);
    else {
      if (moves.length > 0) this.begins = true;
      push(after, this.notBegun);
    }
  }

  /** Takes completed matches from those that are held, as far as the skip strategy lets them go, with what they skip. */
  private settle(complete: readonly Partial[], partials: Partial[], time: number): readonly Found[] {
    const { skip } = this.options;
    if (complete.length === 0 && this.completed.length === 0) return NONE;
    const held = [...this.completed];
    for (const match of complete) push(held, match);
    const found: Found[] = [];
    for (let match = held[0]; match !== undefined; match = held[0]) {
      const earliest = partials[0];
      if (skip.to !== "none" && earliest !== undefined && !isNotLater(match, earliest)) break;
      pop(held);
      const path = this.buffer.pathTo(match.entry);
      const target = skippedTo(skip, path);
      const isMissed = "failsWithout" in skip && skip.failsWithout && (target === undefined || target.number === path[0]?.number);
      if (target !== undefined && !isMissed) for (const heap of [partials, held]) this.prune(skip, target, heap);
      found.push({ path, time, isTimeout: false, ...(isMissed && { cannotSkip: true }) });
      this.buffer.release(match.entry);
    }
    this.completed = held.length === 0 ? NO_PARTIALS : held;
    return found;
  }

  private prune(skip: Skip, until: Matched, heap: Partial[]): void {
    keep(heap, ({ start, first, entry }) => {
      if (start === null) return true;
      const order = start - until.time || (first as number) - until.number;
      if (skip.to === "next" || skip.to === "past-last" ? order > 0 : order >= 0) return true;
      this.buffer.release(entry);
      return false;
    });
  }

  /** When it took too long: its time plus the longest that is allowed; undefined when it did not. */
  private timeoutOf(partial: Partial, time: number): number | undefined {
    if (partial.start === null) return undefined;
    const { withinMs, gaps } = this.options.automaton;
    const gapMs = gaps.size === 0 ? 0 : (gaps.get(partial.state) ?? 0);
    if (gapMs > 0) {
      const previous = this.buffer.timeOf(partial.entry);
      if (time - previous >= gapMs) return previous + gapMs;
    }
    return withinMs > 0 && time - partial.start >= withinMs ? partial.start + withinMs : undefined;
  }

  private decide(partial: Partial): Decision {
    this.current = partial;
    this.path = undefined;
    if (partial.start === null) return this.decideFirst(this.holding, this.hold);
    // Where the pattern was changed since, and has no such state any more, it ends.
    return this.deciders.get(partial.state)?.(this.holding, this.hold) ?? GONE;
  }

  private readonly hold = (condition: number): boolean => {
    this.path ??= this.buffer.pathTo(this.current.entry);
    return (this.options.conditions[condition] as Condition)(this.row as Row, this.time, this.path);
  };
}

/** A row is taken by an edge, and that only where one of the edge's conditions holds. */
function takingBits({ automaton, conditions, needsRows }: MatcherOptions, bits: readonly number[]): number | undefined {
  if (needsRows || conditions.some(({ looksBack }) => looksBack) || bits.includes(0)) return undefined;
  let taking = 0;
  for (const { kind, edges } of automaton.states) {
    // What a stop state takes is forgotten with it.
    if (kind === "stop") continue;
    for (const { action, when } of edges) {
      if (action !== "take") continue;
      const needed = neededCondition(when);
      if (needed === undefined) return undefined;
      taking |= bits[needed] as number;
    }
  }
  return taking;
}

const GONE: Decision = { moves: [], stops: false, isIdle: false };

/** The row up to which matches that began are given up. */
function skippedTo(skip: Skip, path: readonly Matched[]): Matched | undefined {
  switch (skip.to) {
    case "none":
      return undefined;
    case "next":
      return path[0];
    case "past-last":
      return path.at(-1);
    default: {
      const isThere = ({ step }: Matched) => step === skip.step;
      return skip.to === "first" ? path.find(isThere) : path.findLast(isThere);
    }
  }
}
