/**
 * Moves the partial matches of one key through the automaton, as Flink 2.2.1's NFA does: time first, then the row. Completed matches leave in the order of their first rows; with a skip strategy one is held back
 * until no partial match began before it, for that one, once complete, would have the first say.
 */
import type { KeyedState, ListState, Row } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import type { Automaton, State } from "./automaton.ts";
import { type Decision, decidersOf } from "./decisions.ts";
import { MatchBuffer, type Matched } from "./match-buffer.ts";
import { isNotLater, keep, type Partial, pop, push } from "./partial-heap.ts";

export type Skip =
  | { readonly to: "none" | "next" | "past-last" }
  | { readonly to: "first" | "last"; readonly step: string; readonly failsWithout: boolean };

/** Whether a condition holds for the row, whose time it is; `path` gives the rows that the partial match has so far. */
export type Condition = (row: Row, time: number, path: () => readonly Matched[]) => boolean;

export interface MatcherOptions {
  readonly automaton: Automaton;
  readonly skip: Skip;
  readonly conditions: readonly Condition[];
  /** By condition: whether it looks at earlier rows, so that it may differ from one partial match to the next. */
  readonly looksBack: readonly boolean[];
  /** Type of the rows. */
  readonly rowType: DataType;
  /** Most partial matches, and most entries, of one key. */
  readonly limit: number;
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
const PARTIAL: DataType = {
  type: "ROW",
  fields: [
    { name: "state", dataType: { type: "STRING", nullable: false } },
    { name: "entry", dataType: { type: "BIGINT", nullable: false } },
    { name: "start", dataType: { type: "BIGINT" } },
    { name: "first", dataType: { type: "BIGINT" } },
  ],
};

export class Matcher {
  private readonly options: MatcherOptions;
  private readonly states: ReadonlyMap<string, State>;
  private readonly deciders: ReturnType<typeof decidersOf>;
  private readonly buffer: MatchBuffer;
  private readonly partials: ListState;
  private readonly completed: ListState;
  /** The partial match that has not begun; each row may begin one. */
  private readonly notBegun: Partial;
  /** Of the row that is being processed. */
  private row: Row | undefined;
  private time = 0;
  private current: Partial;
  private path: readonly Matched[] | undefined;
  /** By condition, for the row: 0 not known, 1 does not hold, 2 holds. */
  private readonly known: Int8Array;
  /** Whether the last call let a partial match begin, whose time must be watched. */
  begins = false;

  constructor(state: KeyedState, options: MatcherOptions) {
    this.options = options;
    const { automaton, rowType, conditions } = options;
    this.states = new Map(automaton.states.map((one) => [one.name, one]));
    this.deciders = decidersOf(automaton);
    this.buffer = new MatchBuffer(state, rowType);
    this.partials = state.list("partial matches", PARTIAL);
    this.completed = state.list("completed matches", PARTIAL);
    this.notBegun = { state: automaton.start.name, entry: 0, start: null, first: null };
    this.current = this.notBegun;
    this.known = new Int8Array(conditions.length);
  }

  /** Whether the current key has partial matches that have begun. */
  get holds(): boolean {
    return this.partials.get().length > 0;
  }

  /** Time is now `time`: what took too long times out, and what waited for something not to come is a match. */
  advance(time: number): readonly Found[] {
    const before = this.partials.get() as unknown as readonly Partial[];
    if (before.length === 0 || !before.some((partial) => this.timeoutOf(partial, time) !== undefined)) return NONE;
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
    this.commit(after, undefined);
    return matches.length === 0 ? found : [...matches, ...found];
  }

  /** The matches that the row completes. `time` is its time, to which `advance` came before. Throws what a condition throws, and then nothing has changed. */
  process(row: Row, time: number): readonly Found[] {
    this.row = row;
    this.time = time;
    this.known.fill(0);
    this.begins = false;
    const stored = this.partials.get() as unknown as readonly Partial[];
    try {
      if (stored.length > 0) return this.move(stored);
      // Most rows of most keys begin nothing.
      return this.decide(this.notBegun).isIdle ? NONE : this.move([this.notBegun]);
    } catch (error) {
      this.buffer.forget();
      this.heldAfter = undefined;
      this.begins = false;
      throw error;
    } finally {
      this.row = undefined;
    }
  }

  private move(before: readonly Partial[]): readonly Found[] {
    const decisions = before.map((partial) => this.decide(partial));
    if (decisions.every(({ isIdle }) => isIdle)) return NONE;
    this.buffer.begin(this.latestEntry(before));
    const after: Partial[] = [];
    const complete: Partial[] = [];
    for (const [i, partial] of before.entries()) this.apply(partial, decisions[i] as Decision, after, complete);
    const found = this.settle(complete, after, this.time);
    const { limit } = this.options;
    if (after.length > limit || this.buffer.size > limit) throw new TooMuchHeld();
    this.commit(after, this.row);
    return found;
  }

  private apply(partial: Partial, { moves, stops }: Decision, after: Partial[], complete: Partial[]): void {
    let take = -1;
    let entry = 0;
    for (const move of moves) {
      const isEnd = move.target.kind === "final";
      if (stops && !isEnd) continue;
      if (move.step === undefined) entry = partial.entry;
      else if (move.take !== take) {
        take = move.take;
        entry = this.buffer.add(move.step, this.time, partial.entry);
      }
      this.buffer.acquire(entry);
      const begins = partial.start === null;
      const next: Partial = {
        state: move.target.name,
        entry,
        start: begins ? this.time : partial.start,
        first: begins ? this.buffer.row : partial.first,
      };
      push(isEnd ? complete : after, next);
    }
    if (partial.start === null) {
      // Flink watches the time of those alone that begin after the epoch.
      if ((moves.length > 0 || stops) && this.time > 0) this.begins = true;
      push(after, this.notBegun);
    } else this.buffer.release(partial.entry);
  }

  /** Takes completed matches from those that are held, as far as the skip strategy lets them go, with what they skip. */
  private settle(complete: readonly Partial[], partials: Partial[], time: number): readonly Found[] {
    const { skip } = this.options;
    const stored = this.completed.get() as unknown as readonly Partial[];
    if (complete.length === 0 && stored.length === 0) return NONE;
    const held = [...stored];
    for (const match of complete) push(held, match);
    const found: Found[] = [];
    for (let match = held[0]; match !== undefined; match = held[0]) {
      const earliest = partials[0];
      if (skip.to !== "none" && earliest !== undefined && !isNotLater(match, earliest)) break;
      pop(held);
      const path = this.buffer.pathTo(match.entry, this.row);
      const target = skippedTo(skip, path);
      const isMissed = "failsWithout" in skip && skip.failsWithout && (target === undefined || target.number === path[0]?.number);
      if (target !== undefined && !isMissed) for (const heap of [partials, held]) this.prune(skip, target, heap);
      found.push({ path, time, isTimeout: false, ...(isMissed && { cannotSkip: true }) });
      this.buffer.release(match.entry);
    }
    if (stored.length > 0 || held.length > 0) this.heldAfter = held;
    return found;
  }

  /** What `completed` is to be; undefined: as it is. */
  private heldAfter: readonly Partial[] | undefined;

  private prune(skip: Skip, until: Matched, heap: Partial[]): void {
    const isPruned = ({ start, first }: Partial): boolean => {
      if (start === null) return false;
      const order = start - until.time || (first as number) - until.number;
      return skip.to === "next" || skip.to === "past-last" ? order <= 0 : order < 0;
    };
    keep(heap, (partial) => {
      if (!isPruned(partial)) return true;
      this.buffer.release(partial.entry);
      return false;
    });
  }

  private commit(after: readonly Partial[], row: Row | undefined): void {
    this.buffer.commit(row);
    // One that has not begun is not worth an entry in the state.
    const isEmpty = after.length === 1 && after[0]?.start === null;
    this.partials.set(isEmpty ? [] : (after as unknown as readonly Value[]));
    if (this.heldAfter !== undefined) this.completed.set(this.heldAfter as unknown as readonly Value[]);
    this.heldAfter = undefined;
  }

  /** When it took too long: its time plus the longest that is allowed; undefined when it did not. */
  private timeoutOf(partial: Partial, time: number): number | undefined {
    if (partial.start === null) return undefined;
    const { withinMs, gaps } = this.options.automaton;
    const gapMs = gaps.get(partial.state) ?? 0;
    if (gapMs > 0) {
      const previous = this.buffer.timeOf(partial.entry);
      if (time - previous >= gapMs) return previous + gapMs;
    }
    return withinMs > 0 && time - partial.start >= withinMs ? partial.start + withinMs : undefined;
  }

  private decide(partial: Partial): Decision {
    this.current = partial;
    this.path = undefined;
    const decide = this.deciders.get(partial.start === null ? this.notBegun.state : partial.state);
    // The pattern was changed since, and has no such state any more.
    return decide === undefined ? GONE : decide(this.hold);
  }

  private readonly hold = (condition: number): boolean => {
    const { conditions, looksBack } = this.options;
    const known = this.known[condition] as number;
    if (known !== 0) return known === 2;
    const holds = (conditions[condition] as Condition)(this.row as Row, this.time, this.currentPath);
    if (!looksBack[condition]) this.known[condition] = holds ? 2 : 1;
    return holds;
  };

  private readonly currentPath = (): readonly Matched[] => {
    this.path ??= this.buffer.pathTo(this.current.entry);
    return this.path;
  };

  private latestEntry(partials: readonly Partial[]): number {
    let latest = 0;
    for (const { entry } of partials) if (entry > latest) latest = entry;
    for (const { entry } of this.completed.get() as unknown as readonly Partial[]) if (entry > latest) latest = entry;
    return latest;
  }
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
