/** Writing changes into the bytes of a JSON object: what is not changed is copied as it stands. */
import type { Change, RecordText } from "../node/index.ts";
import type { Value, Values } from "../schema/index.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { forEachMember, isName, skipSpace } from "./json-scan.ts";

export interface Splice {
  readonly writer: ByteWriter;
  /** A member that is not there is not added to say null. One that is there becomes null. */
  readonly omitNulls: boolean;
  /** Writes the value, null included, of the field at a path. */
  readonly writerOf: (path: readonly string[]) => (value: Value) => void;
}

/** Changed members of one object by name; a leaf's value stands in the row at its path. */
interface Changed {
  readonly path: readonly string[];
  /** Undefined: the whole value was replaced, or is gone. */
  members?: Map<string, Changed> | undefined;
  isRemoved?: boolean;
}

/** `row` holds the values after all changes. Equal in value to changing what `JSON.parse` gives of the record. */
export function spliceRecord(record: RecordText, changes: readonly Change[], row: Values, splice: Splice): void {
  const { bytes, start, end } = record;
  const from = skipSpace(bytes, start);
  const copied = spliceObject(bytes, from, from, changeTree(changes), row, splice);
  splice.writer.copy(bytes, copied, end);
}

function changeTree(changes: readonly Change[]): Changed {
  const root: Changed = { path: [], members: new Map() };
  for (const { path, removed } of changes) {
    let at = root;
    let depth = 0;
    // Inside of what was replaced whole the row's value at the shorter path has it all.
    for (; depth < path.length && at.members; depth++) {
      const name = path[depth] as string;
      let next = at.members.get(name);
      if (!next) {
        next = { path: path.slice(0, depth + 1), members: new Map() };
        at.members.set(name, next);
      }
      at = next;
    }
    at.members = undefined;
    if (depth === path.length) at.isRemoved = removed === true;
    else if (!removed) at.isRemoved = false;
  }
  return root;
}

/** Writes the object that begins at `from`, taking over where `copied` says that nothing was written yet; returns that place after it. */
function spliceObject(bytes: Uint8Array, from: number, copied: number, changed: Changed, row: Values, splice: Splice): number {
  const { writer } = splice;
  const members = changed.members as Map<string, Changed>;
  const found = new Set<Changed>();
  let written = copied;
  let lastEnd = from + 1;
  let isEmpty = true;
  let afterRemoved = false;
  forEachMember(bytes, from, (nameStart, nameEnd, valueStart, valueEnd) => {
    const member = memberNamed(members, bytes, nameStart, nameEnd);
    if (member?.isRemoved) {
      found.add(member);
      if (written < lastEnd) writer.copy(bytes, written, lastEnd);
      written = valueEnd;
      lastEnd = valueEnd;
      afterRemoved = true;
      return;
    }
    // The comma that followed what is gone goes too, where nothing stands before it.
    if (afterRemoved && isEmpty) written = nameStart;
    isEmpty = false;
    lastEnd = valueEnd;
    if (member) {
      found.add(member);
      if (member.members && bytes[valueStart] === OPEN_OBJECT) {
        written = spliceObject(bytes, valueStart, written, member, row, splice);
        return;
      }
      if (isGone(member)) return;
      writer.copy(bytes, written, valueStart);
      writeChanged(member, row, splice);
      written = valueEnd;
    }
  });
  for (const [name, member] of members) {
    if (found.has(member) || isGone(member) || (splice.omitNulls && !hasValue(member, row))) continue;
    if (written < lastEnd) {
      writer.copy(bytes, written, lastEnd);
      written = lastEnd;
    }
    writer.text(`${isEmpty ? "" : ","}${JSON.stringify(name)}:`);
    writeChanged(member, row, splice);
    isEmpty = false;
  }
  return written;
}

const OPEN_OBJECT = 0x7b;

function memberNamed(members: ReadonlyMap<string, Changed>, bytes: Uint8Array, start: number, end: number): Changed | undefined {
  for (const [name, member] of members) if (isName(bytes, start, end, name)) return member;
  return undefined;
}

/** Nothing is left of it to write: it was removed, or only things inside it were. */
function isGone({ isRemoved, members }: Changed): boolean {
  return isRemoved === true || (members !== undefined && [...members.values()].every(isGone));
}

/** The value of a changed member, where the record has none that could be spliced. */
function writeChanged(member: Changed, row: Values, splice: Splice): void {
  if (!member.members) {
    splice.writerOf(member.path)(valueAt(row, member.path));
    return;
  }
  let separator = "{";
  for (const [name, inner] of member.members) {
    if (isGone(inner) || (splice.omitNulls && !hasValue(inner, row))) continue;
    splice.writer.text(`${separator}${JSON.stringify(name)}:`);
    writeChanged(inner, row, splice);
    separator = ",";
  }
  splice.writer.text(separator === "{" ? "{}" : "}");
}

/** False for a null that was set; an object around one is a value. */
function hasValue(member: Changed, row: Values): boolean {
  return member.members !== undefined || valueAt(row, member.path) !== null;
}

function valueAt(row: Values, path: readonly string[]): Value {
  let value: Value = row;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Values)[name] ?? null;
  }
  return value;
}
