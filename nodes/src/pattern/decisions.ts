/**
 * What a state of the automaton makes of a row, given which conditions hold. There are few combinations of those, so each is worked out once and found again by number: nothing is interpreted for each row.
 */
import type { Automaton, State } from "./automaton.ts";
import { collectConditions, isTrue } from "./formula.ts";

/** A state that a partial match goes on to. */
export interface Move {
  readonly target: State;
  /** The step that takes the row; undefined: the row is ignored. Moves of one `take` share the row's entry. */
  readonly step: string | undefined;
  readonly take: number;
}

export interface Decision {
  readonly moves: readonly Move[];
  /** A row that must not come: of its moves only those to the end count. */
  readonly stops: boolean;
  /** Nothing becomes of it but that the state waits on. */
  readonly isIdle: boolean;
}

/** Conditions that may matter in one state; more that look back do not fit into the number by which a decision is found again. */
export const MOST_CONDITIONS = 20;

/** Finds the decision of one state. `holds` has a bit for each condition that needs the row alone; of the others `hold` is asked, where they matter in the state. */
export type Decide = (holds: number, hold: (condition: number) => boolean) => Decision;

/** `bits`: by condition, its bit; 0 for those that are asked for. */
export function decider(state: State, bits: readonly number[]): Decide {
  const conditions = conditionsAt(state);
  const asked = conditions.filter((condition) => bits[condition] === 0);
  const known = new Map<number, Decision>();
  const mask = conditions.reduce((all, condition) => all | (bits[condition] as number), 0);
  const powers = asked.map((_, i) => 2 ** (i + MOST_BITS));
  const decideNew = (key: number, holds: number): Decision => {
    const holding = new Set(conditions.filter((condition) => (holds & (bits[condition] as number)) !== 0));
    for (const [i, condition] of asked.entries()) if (Math.floor(key / (powers[i] as number)) % 2 === 1) holding.add(condition);
    const decision = decide(state, (condition) => holding.has(condition));
    known.set(key, decision);
    return decision;
  };
  if (asked.length === 0 && mask < SMALL) {
    const small: (Decision | undefined)[] = Array.from({ length: mask + 1 }, () => undefined);
    return (holds) => (small[holds & mask] ??= decideNew(holds & mask, holds));
  }
  return (holds, hold) => {
    let key = holds & mask;
    for (let i = 0; i < asked.length; i++) if (hold(asked[i] as number)) key += powers[i] as number;
    return known.get(key) ?? decideNew(key, holds);
  };
}

/** Conditions that have a bit. */
export const MOST_BITS = 30;
/** Up to this decisions are found by index. */
const SMALL = 1_024;

export function decidersOf({ states }: Automaton, bits: readonly number[]): ReadonlyMap<string, Decide> {
  return new Map(states.map((state) => [state.name, decider(state, bits)]));
}

/** Numbers of the conditions that a decision in the state depends on. */
export function conditionsAt(state: State): number[] {
  const found = new Set<number>();
  const seen = new Set<State>();
  const visit = (from: State): void => {
    if (seen.has(from)) return;
    seen.add(from);
    for (const { action, target, when } of from.edges) {
      collectConditions(when, found);
      // After a row is taken it may be passed on to the end at once.
      if (action !== "ignore") visitProceeding(target);
      if (action === "proceed") visit(target);
    }
  };
  const proceeding = new Set<State>();
  const visitProceeding = (from: State): void => {
    if (proceeding.has(from)) return;
    proceeding.add(from);
    for (const { action, target, when } of from.edges) {
      if (action !== "proceed") continue;
      collectConditions(when, found);
      visitProceeding(target);
    }
  };
  visit(state);
  return [...found].sort((a, b) => a - b);
}

function decide(state: State, hold: (condition: number) => boolean): Decision {
  const moves: Move[] = [];
  let stops = false;
  let takes = 0;
  const isStart = state.kind === "start";
  const open = [state];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const { action, target, when } of from.edges) {
      if (!isTrue(when, hold)) continue;
      if (action === "proceed") open.push(target);
      else if (target.kind === "stop") stops = true;
      else if (action === "take") {
        const take = takes++;
        moves.push({ target, step: from.step, take });
        const end = endBehind(target, hold);
        if (end !== undefined) moves.push({ target: end, step: from.step, take });
      } else if (!isStart) moves.push({ target, step: undefined, take: -1 });
    }
  }
  const only = moves.length === 1 ? moves[0] : undefined;
  const isIdle = !stops && (isStart ? moves.length === 0 : only?.target === state && only.step === undefined);
  return { moves, stops, isIdle };
}

/** The end, if it is reached by proceeding alone. */
function endBehind(state: State, hold: (condition: number) => boolean): State | undefined {
  const open = [state];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const { action, target, when } of from.edges) {
      if (action !== "proceed" || !isTrue(when, hold)) continue;
      if (target.kind === "final") return target;
      open.push(target);
    }
  }
  return undefined;
}
