/**
 * What a list of changes does to an object, as a tree of members. An operator changes the same paths in row after row, so the plan of the last row mostly serves the next:
 * it holds no values, those stand in the row.
 */
import type { Change, KnownMembers } from "../node/index.ts";
import type { Value } from "../schema/index.ts";
import { Names } from "./json-names.ts";

export interface PlannedMember {
  readonly name: string;
  readonly path: readonly string[];
  /** `"name":` as it is added. */
  readonly quoted: string;
  /** Undefined: the whole value was replaced, or is gone. */
  readonly members: PlannedMembers | undefined;
  /** Nothing is left of it to write: it was removed, or only things inside it were. */
  readonly isGone: boolean;
  readonly isRemoved: boolean;
  /** The change that has the value as it is to be written; -1 where only the row has it, for other changes were made inside. */
  readonly source: number;
  /** Writes the value, null included. */
  readonly write: (value: Value) => void;
  /** Number of the object in which it was last found. */
  foundIn: number;
}

/** Members of one object, and their names as the objects of a source have them. */
export interface PlannedMembers {
  readonly list: readonly PlannedMember[];
  readonly names: Names;
  /** How many values are set here and inside, when all that is done is to set values of members known to come at most once; else 0. */
  readonly onceOnly: number;
  /** All of them are set, and none of an object that lacks these names is there: they only have to be added. */
  addsTo(lacks: ReadonlySet<string>): boolean;
}

/** Gives the plan for a row's changes. */
export type Planner = (changes: readonly Change[], once: KnownMembers | undefined) => PlannedMembers;

export function planner(writerOf: (path: readonly string[]) => (value: Value) => void): Planner {
  let last: { changes: readonly Change[]; readonly once: KnownMembers | undefined; readonly members: PlannedMembers } | undefined;
  return (changes, once) => {
    if (!last || last.once !== once || !samePaths(last.changes, changes))
      last = { changes, once, members: plan(draftOf(changes), [], once, writerOf) };
    // The same list comes again with each element of a record.
    last.changes = changes;
    return last.members;
  };
}

function samePaths(a: readonly Change[], b: readonly Change[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [a[i] as Change, b[i] as Change];
    if (one.removed !== other.removed) return false;
    if (one.path === other.path) continue;
    if (one.path.length !== other.path.length) return false;
    for (let j = 0; j < one.path.length; j++) if (one.path[j] !== other.path[j]) return false;
  }
  return true;
}

interface Draft {
  members?: Map<string, Draft> | undefined;
  isRemoved?: boolean;
  source?: number;
  /** Something was set inside, so that it is an object even when that was removed again. */
  isMade?: boolean;
}

function draftOf(changes: readonly Change[]): Draft {
  const root: Draft = { members: new Map() };
  for (const [source, { path, removed }] of changes.entries()) {
    let at = root;
    let depth = 0;
    // Inside of what was replaced whole the row's value at the shorter path has it all.
    for (; depth < path.length && at.members; depth++) {
      const name = path[depth] as string;
      const next = at.members.get(name) ?? { members: new Map<string, Draft>() };
      at.members.set(name, next);
      if (!removed) at.isMade = true;
      at = next;
    }
    at.members = undefined;
    at.source = depth === path.length ? source : -1;
    if (depth === path.length) at.isRemoved = removed === true;
    else if (!removed) at.isRemoved = false;
  }
  return root;
}

function plan(
  { members }: Draft,
  above: readonly string[],
  once: KnownMembers | undefined,
  writerOf: Parameters<typeof planner>[0],
): PlannedMembers {
  const list = [...(members ?? [])].map(([name, draft]) => {
    const path = [...above, name];
    const inner = draft.members && plan(draft, path, once?.get(name), writerOf);
    const isRemoved = draft.isRemoved === true;
    const isGone = isRemoved || (inner !== undefined && !draft.isMade && inner.list.every((member) => member.isGone));
    return {
      name,
      path,
      quoted: `${JSON.stringify(name)}:`,
      members: inner,
      isGone,
      isRemoved,
      source: draft.source ?? -1,
      write: writerOf(path),
      foundIn: 0,
    };
  });
  const counts = list.map((member) => (member.isGone || !once?.has(member.name) ? 0 : (member.members?.onceOnly ?? 1)));
  const onceOnly = counts.every((count) => count > 0) ? counts.reduce((sum, count) => sum + count, 0) : 0;
  return { list, names: new Names(list.map(({ name }) => name)), onceOnly, addsTo: additionsOf(list) };
}

function additionsOf(list: readonly PlannedMember[]): (lacks: ReadonlySet<string>) => boolean {
  let last: ReadonlySet<string> | undefined;
  let adds = false;
  return (lacks) => {
    if (lacks !== last) {
      last = lacks;
      adds = list.every(({ name, isGone }) => !isGone && lacks.has(name));
    }
    return adds;
  };
}
