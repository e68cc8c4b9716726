/**
 * What a list of changes does to an object, as a tree of members. An operator changes the same paths in row after row, so the plan of the last row mostly serves the next:
 * it holds no values, those stand in the row.
 */
import type { Change } from "../node/index.ts";
import type { Value } from "../schema/index.ts";

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
  /** Writes the value, null included. */
  readonly write: (value: Value) => void;
  /** Number of the object in which it was last found. */
  foundIn: number;
}

/** Members of one object. */
export interface PlannedMembers {
  readonly list: readonly PlannedMember[];
  /** Whether a name that begins with this letter may be one of them; spares most names of a record the comparing. */
  mayBegin(letter: number): boolean;
}

/** Gives the plan for a row's changes. */
export type Planner = (changes: readonly Change[]) => PlannedMembers;

export function planner(writerOf: (path: readonly string[]) => (value: Value) => void): Planner {
  let last: { readonly changes: readonly Change[]; readonly members: PlannedMembers } | undefined;
  return (changes) => {
    if (!last || !samePaths(last.changes, changes)) last = { changes, members: plan(draftOf(changes), [], writerOf) };
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
  /** Something was set inside, so that it is an object even when that was removed again. */
  isMade?: boolean;
}

function draftOf(changes: readonly Change[]): Draft {
  const root: Draft = { members: new Map() };
  for (const { path, removed } of changes) {
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
    if (depth === path.length) at.isRemoved = removed === true;
    else if (!removed) at.isRemoved = false;
  }
  return root;
}

function plan({ members }: Draft, above: readonly string[], writerOf: Parameters<typeof planner>[0]): PlannedMembers {
  const list = [...(members ?? [])].map(([name, draft]) => {
    const path = [...above, name];
    const inner = draft.members && plan(draft, path, writerOf);
    const isRemoved = draft.isRemoved === true;
    const isGone = isRemoved || (inner !== undefined && !draft.isMade && inner.list.every((member) => member.isGone));
    return { name, path, quoted: `${JSON.stringify(name)}:`, members: inner, isGone, isRemoved, write: writerOf(path), foundIn: 0 };
  });
  return { list, mayBegin: letterCheck(list.map(({ name }) => name)) };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function letterCheck(names: readonly string[]): PlannedMembers["mayBegin"] {
  const letters = new Uint8Array(256);
  // An escaped or a longer letter may be any; behind an empty name stands its quote.
  letters.fill(1, 0x80);
  letters[BACKSLASH] = 1;
  for (const name of names) letters[name === "" ? QUOTE : name.charCodeAt(0) & 0x7f] = 1;
  return (letter) => letters[letter] === 1;
}
