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

/** More do not fit into the number by which a decision is found again. */
export const MOST_CONDITIONS = 50;

/** `hold` says whether a condition holds, and is asked for each of them that matters in the state. */
export type Decide = (hold: (condition: number) => boolean) => Decision;

export function decider(state: State): Decide {
  const conditions = conditionsAt(state);
  const known = new Map<number, Decision>();
  const powers = conditions.map((_, i) => 2 ** i);
  return (hold) => {
    let key = 0;
    for (let i = 0; i < conditions.length; i++) if (hold(conditions[i] as number)) key += powers[i] as number;
    let decision = known.get(key);
    if (decision === undefined) {
      const holding = new Set(conditions.filter((_, i) => Math.floor(key / (powers[i] as number)) % 2 === 1));
      decision = decide(state, (condition) => holding.has(condition));
      known.set(key, decision);
    }
    return decision;
  };
}

export function decidersOf({ states }: Automaton): ReadonlyMap<string, Decide> {
  return new Map(states.map((state) => [state.name, decider(state)]));
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
