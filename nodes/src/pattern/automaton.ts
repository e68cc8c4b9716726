/**
 * From a chain of links to states and edges, as Flink 2.2.1 makes them (NFACompiler), state by state and edge by edge: in which order a state's edges stand decides which of several matches counts as the earlier
 * one, and so what a skip strategy leaves. Links are taken from the last to the first, so that each state knows where it leads.
 *
 * An edge takes the row, ignores it, or proceeds: goes on with the same row from another state. A condition that must not hold leads, by proceeding, to a stop state that takes the row; who gets there is given up.
 */
import { both, type Formula, holds, not, TRUE } from "./formula.ts";
import { type Inner, isLoop, type Link } from "./links.ts";

export interface Edge {
  readonly action: "take" | "ignore" | "proceed";
  readonly target: State;
  /** Greedy steps add to it while the automaton is made. */
  when: Formula;
}

export interface State {
  /** The link's name; where one link has several states ":0", ":1" … behind it. */
  readonly name: string;
  /** Name of the step whose row it takes. */
  readonly step: string;
  /** "pending" waits for what must not come; once its time is over it is a match. */
  kind: "start" | "normal" | "pending" | "final" | "stop";
  readonly edges: Edge[];
}

export interface Automaton {
  readonly start: State;
  readonly states: readonly State[];
  /** Longest time from the first row to the last, exclusive; 0: any. */
  readonly withinMs: number;
  /** Longest time since the last row, exclusive, by the name of the state that waits. */
  readonly gaps: ReadonlyMap<string, number>;
}

export const END_NAME = "$endState$";

export function makeAutomaton(chain: readonly Link[]): Automaton {
  return new Maker(chain).make();
}

/** Where in the pattern the maker is. */
interface Place {
  readonly chain: readonly Link[];
  readonly index: number;
  /** The link that comes after this one, in this chain or after its group. */
  readonly following: Link | undefined;
  /** The group that the chain belongs to, and the place of that group. */
  readonly group: Link | undefined;
}

class Maker {
  private readonly chain: readonly Link[];
  private readonly states: State[] = [];
  private readonly names = new Set<string>();
  private readonly stops = new Map<string, State>();
  private readonly gaps = new Map<string, number>();
  /** Whether what is made of a repeated group is its first round. */
  private readonly isFirstRound = new Map<Link, boolean>();
  /** Of greedy loops with an end: what comes after them, as it was before they changed it. */
  private readonly ungreedy = new Map<string, State>();
  private withinMs: number | undefined;

  constructor(chain: readonly Link[]) {
    this.chain = chain;
  }

  make(): Automaton {
    const end = this.addState(END_NAME, END_NAME, "final");
    this.withinMs = this.chain.at(-1)?.withinMs;
    const start = this.makeChain(this.chain, end, undefined, undefined);
    start.kind = "start";
    return { start, states: this.states, withinMs: this.withinMs ?? 0, gaps: this.gaps };
  }

  private makeChain(chain: readonly Link[], sink: State, group: Link | undefined, after: Link | undefined): State {
    let state = sink;
    for (let index = chain.length - 1; index >= 0; index--) {
      const place: Place = { chain, index, following: chain[index + 1] ?? after, group };
      const link = chain[index] as Link;
      if (index < chain.length - 1) this.narrow(link.withinMs);
      if (index > 0 && link.contiguity === "not-followed-by") state = this.makeNotFollowedBy(place, state);
      else if (index > 0 && link.contiguity === "not-next") state = this.makeNotNext(place, state);
      else state = this.makeLink(place, state);
    }
    return state;
  }

  /** The shortest of several counts. */
  private narrow(withinMs: number | undefined): void {
    if (withinMs !== undefined && withinMs < (this.withinMs ?? Number.POSITIVE_INFINITY)) this.withinMs = withinMs;
  }

  /** Before another link it is a condition on that one's edges; at the end of the pattern it is a state of its own, which waits until the time is over. */
  private makeNotFollowedBy(place: Place, sink: State): State {
    const link = linkAt(place);
    if (sink.kind !== "final" || (link.gapMs === undefined && (this.withinMs ?? 0) <= 0)) return sink;
    const state = this.addTakingState(link, "pending");
    const forbidden = takeFormula(link, place.group);
    const stop = this.stopState(link.name, forbidden);
    addEdge(state, "proceed", stop, forbidden);
    addEdge(state, "ignore", state, not(forbidden));
    return state;
  }

  private makeNotNext(place: Place, sink: State): State {
    const link = linkAt(place);
    const state = this.addTakingState(link, "normal");
    const forbidden = takeFormula(link, place.group);
    const stop = this.stopState(link.name, forbidden);
    // To proceed to the end would be a match before the next row is known.
    addEdge(state, sink.kind === "final" ? "ignore" : "proceed", sink, not(forbidden));
    addEdge(state, "proceed", stop, forbidden);
    return state;
  }

  private makeLink(place: Place, sink: State): State {
    const link = linkAt(place);
    let state: State;
    if (isLoop(link)) {
      this.setFirstRound(link, false);
      const loop = this.makeLoop(place, this.withoutNots(place, sink));
      this.setFirstRound(link, true);
      const least = link.times?.least ?? 1;
      state = this.makeTimes(place, loop, sink, least, least);
    } else if (link.times !== undefined) state = this.makeTimes(place, sink, sink, link.times.least, link.times.most);
    else state = this.makeOnce(place, sink, sink, takeFormula(link, place.group), this.ignoreFormula(place), link.optional);
    this.addStops(place, state);
    return state;
  }

  /** `after` is where the rows that may be missing are passed over to. */
  private makeTimes(place: Place, sink: State, after: State, least: number, most: number): State {
    const link = linkAt(place);
    this.setFirstRound(link, false);
    const ignore = endedBy(link.until, innerIgnoreFormula(link, place), false);
    const take = endedBy(link.until, takeFormula(link, place.group), true) as Formula;
    if (link.greedy && least !== most) {
      if (link.until !== undefined) this.ungreedy.set(sink.name, this.copy(sink));
      exclude(sink, take);
    }
    let state = sink;
    for (let i = least; i < most; i++) {
      state = this.makeOnce(place, state, after, take, ignore, true);
      this.addStopOfFollowing(place, state);
    }
    for (let i = 1; i < least; i++) {
      state = this.makeOnce(place, state, undefined, take, ignore, false);
      this.addStopOfFollowing(place, state);
    }
    this.setFirstRound(link, true);
    return this.makeOnce(place, state, after, take, this.ignoreFormula(place), link.optional);
  }

  private makeOnce(
    place: Place,
    sink: State,
    after: State | undefined,
    take: Formula,
    ignore: Formula | undefined,
    optional: boolean,
  ): State {
    const link = linkAt(place);
    if (link.group !== undefined) return this.makeGroup(place, sink, optional ? after : undefined);
    const state = this.addTakingState(link, "normal");
    const taken = this.withoutNots(place, sink);
    addEdge(state, "take", taken, take);
    if (optional && after !== undefined) this.addPassingOver(place, state, after);
    if (ignore === undefined) return state;
    if (!optional && !this.isHeadOfOptionalGroup(place)) {
      addEdge(state, "ignore", state, ignore);
      return state;
    }
    // Who has ignored a row must not pass the step over any more, or there would be a branch for each row that is ignored.
    const waiting = this.addState(link.name, link.name, "normal");
    addEdge(waiting, "take", taken, take);
    addEdge(waiting, "ignore", waiting, ignore);
    this.addStops(place, waiting);
    addEdge(state, "ignore", waiting, ignore);
    return state;
  }

  private addPassingOver(place: Place, state: State, after: State): void {
    const link = linkAt(place);
    const always = alwaysFormula(place.group);
    if (!link.greedy || link.until === undefined) return addEdge(state, "proceed", after, always);
    const until = holds(link.until);
    const ungreedy = this.ungreedy.get(after.name);
    if (ungreedy !== undefined) addEdge(state, "proceed", ungreedy, both(always, until));
    addEdge(state, "proceed", after, both(always, not(until)));
  }

  private makeGroup(place: Place, sink: State, after: State | undefined): State {
    const link = linkAt(place);
    const first = this.makeChain(link.group as readonly Link[], sink, link, place.following);
    if (after !== undefined) addEdge(first, "proceed", after, alwaysFormula(place.group));
    return first;
  }

  /** A loop takes row after row, and may be left with any of them. */
  private makeLoop(place: Place, sink: State): State {
    const link = linkAt(place);
    if (link.group !== undefined) return this.makeGroupLoop(place, sink);
    const ignore = endedBy(link.until, innerIgnoreFormula(link, place), false);
    const take = endedBy(link.until, takeFormula(link, place.group), true) as Formula;
    const always = alwaysFormula(place.group);
    const loop = this.addTakingState(link, "normal");
    if (link.greedy) {
      if (link.until !== undefined) {
        const copy = this.copy(sink);
        addEdge(loop, "proceed", copy, both(always, holds(link.until)));
        this.ungreedy.set(sink.name, copy);
      }
      addEdge(loop, "proceed", sink, link.until === undefined ? always : both(always, not(holds(link.until))));
      exclude(sink, takeFormula(link, place.group));
    } else addEdge(loop, "proceed", sink, always);
    addEdge(loop, "take", loop, take);
    this.addStopOfFollowing(place, loop);
    if (ignore === undefined) return loop;
    const waiting = this.addState(link.name, link.name, "normal");
    addEdge(waiting, "take", loop, take);
    addEdge(waiting, "ignore", waiting, ignore);
    addEdge(loop, "ignore", waiting, ignore);
    this.addStopOfFollowing(place, waiting);
    return loop;
  }

  private makeGroupLoop(place: Place, sink: State): State {
    const link = linkAt(place);
    const always = alwaysFormula(place.group);
    const again = this.addTakingState(link, "normal");
    const first = this.makeChain(link.group as readonly Link[], again, link, place.following);
    addEdge(first, "proceed", sink, always);
    addEdge(again, "proceed", first, always);
    return first;
  }

  private addState(base: string, step: string, kind: State["kind"]): State {
    let name = base;
    for (let i = 0; this.names.has(name); i++) name = `${base}:${i}`;
    this.names.add(name);
    const state: State = { name, step, kind, edges: [] };
    this.states.push(state);
    return state;
  }

  /** A gap counts in the states that may take a row, but for the first of a repeated step, for which only the gap between its rows is meant. */
  private addTakingState(link: Link, kind: State["kind"]): State {
    const state = this.addState(link.name, link.name, kind);
    const gapMs = link.times === undefined ? link.gapMs : state.name.includes(":") ? link.times.gapMs : undefined;
    if (gapMs !== undefined) this.gaps.set(state.name, gapMs);
    return state;
  }

  private stopState(name: string, forbidden: Formula): State {
    let stop = this.stops.get(name);
    if (stop === undefined) {
      stop = this.addState(name, name, "stop");
      addEdge(stop, "take", stop, forbidden);
      this.stops.set(name, stop);
    }
    return stop;
  }

  /** What must not come before the link: the not-followed-by links right before it, and those before optional ones. */
  private notsBefore({ chain, index, group }: Place): { name: string; forbidden: Formula }[] {
    const nots: { name: string; forbidden: Formula }[] = [];
    for (let i = index - 1; i >= 0; i--) {
      const link = chain[i] as Link;
      if (link.contiguity === "not-followed-by" && i > 0) nots.push({ name: link.name, forbidden: takeFormula(link, group) });
      else if (!link.optional) break;
    }
    return nots;
  }

  private addStops(place: Place, state: State): void {
    for (const { name, forbidden } of this.notsBefore(place)) addEdge(state, "proceed", this.stopState(name, forbidden), forbidden);
  }

  private addStopOfFollowing({ following, group }: Place, state: State): void {
    if (following?.contiguity !== "not-followed-by") return;
    const forbidden = takeFormula(following, group);
    addEdge(state, "proceed", this.stopState(following.name, forbidden), forbidden);
  }

  /** Once an optional link has taken a row, what must not come before it no longer matters: a copy of what follows, without those stops. */
  private withoutNots(place: Place, sink: State, begun: ReadonlyMap<State, State> = new Map()): State {
    const nots = this.notsBefore(place);
    if (nots.length === 0 || !linkAt(place).optional) return sink;
    // A repeated group proceeds back to where it began.
    const inProgress = begun.get(sink);
    if (inProgress !== undefined) return inProgress;
    const copy = this.addState(sink.name, sink.step, sink.kind);
    const inside = new Map(begun).set(sink, copy);
    for (const { action, target, when } of sink.edges) {
      if (action !== "proceed") addEdge(copy, action, target === sink ? copy : target, when);
      else if (target.kind !== "stop") addEdge(copy, action, this.withoutNots(place, target, inside), when);
      else if (!nots.some(({ name }) => name === target.name)) addEdge(copy, action, target, when);
    }
    return copy;
  }

  private copy(state: State): State {
    const copy = this.addState(state.step, state.step, state.kind);
    for (const { action, target, when } of state.edges) addEdge(copy, action, target === state ? copy : target, when);
    return copy;
  }

  private setFirstRound(link: Link, isFirst: boolean): void {
    if (link.group !== undefined) this.isFirstRound.set(link, isFirst);
  }

  private isInFirstRound(group: Link): boolean {
    return this.isFirstRound.get(group) ?? true;
  }

  private isHeadOfOptionalGroup({ group, index }: Place): boolean {
    return group !== undefined && index === 0 && this.isInFirstRound(group) && group.optional;
  }

  /** Rows that may lie before the link's first row; undefined: none. The head of a group follows as the group does, and from its second round on as the group's rounds follow each other. */
  private ignoreFormula(place: Place): Formula | undefined {
    const { group, index } = place;
    const link = linkAt(place);
    if (group !== undefined && index === 0) return ignoring(this.isInFirstRound(group) ? between(group) : group.inner, link, group);
    return ignoring(between(link), link, group);
  }
}

function linkAt({ chain, index }: Place): Link {
  return chain[index] as Link;
}

function addEdge(from: State, action: Edge["action"], target: State, when: Formula): void {
  from.edges.push({ action, target, when });
}

/** Greedy: who could still take the row does not go on with it. */
function exclude(state: State, take: Formula): void {
  for (const edge of state.edges) edge.when = both(edge.when, not(take));
}

function between({ contiguity }: Link): Inner {
  if (contiguity === "followed-by") return "relaxed";
  return contiguity === "followed-by-any" ? "any" : "strict";
}

function innerIgnoreFormula(link: Link, { group, index }: Place): Formula | undefined {
  return ignoring(group !== undefined && index === 0 ? group.inner : link.inner, link, group);
}

function ignoring(inner: Inner, link: Link, group: Link | undefined): Formula | undefined {
  if (inner === "strict") return undefined;
  return endedBy(group?.until, inner === "any" ? TRUE : not(conditionOf(link)), false);
}

function conditionOf({ condition }: Link): Formula {
  return condition === undefined ? TRUE : holds(condition);
}

function takeFormula(link: Link, group: Link | undefined): Formula {
  return endedBy(group?.until, conditionOf(link), true) as Formula;
}

function alwaysFormula(group: Link | undefined): Formula {
  return endedBy(group?.until, TRUE, true) as Formula;
}

/** What ends a loop is neither taken nor ignored in it. */
function endedBy(until: number | undefined, formula: Formula | undefined, takes: boolean): Formula | undefined {
  if (until === undefined) return formula;
  if (formula === undefined) return takes ? not(holds(until)) : undefined;
  return both(not(holds(until)), formula);
}
