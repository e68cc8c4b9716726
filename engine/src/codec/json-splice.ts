/** Writing changes into the bytes of a JSON object: what is not changed is copied as it stands. */
import type { Change, RecordText } from "../node/index.ts";
import type { Value, Values } from "../schema/index.ts";
import type { ByteWriter, WrittenRange } from "./byte-writer.ts";
import { lowest, NOT_TAKEN, spaceEnd, special, unusualStringEnd } from "./json-bytes.ts";
import { ENTRY, startsWith, UNWANTED } from "./json-names.ts";
import { valueEnd } from "./json-skip.ts";
import { RecordView } from "./record-view.ts";
import { type PlannedMember, type PlannedMembers, planner } from "./splice-plan.ts";

export interface SpliceSettings {
  readonly writer: ByteWriter;
  /** A member that is not there is not added to say null. One that is there becomes null. */
  readonly omitNulls: boolean;
  /** Writes the value, null included, of the field at a path. */
  readonly writerOf: (path: readonly string[]) => (value: Value) => void;
}

/** Writes a record with its changes; `row` holds the values after all of them. Equal in value to changing what `JSON.parse` gives of the record. */
export type Splice = (record: RecordText, changes: readonly Change[], row: Values) => void;

// A module's own constants are compiled in; imported ones would be fetched at each use.
const WRONG = NOT_TAKEN;
const NOBODY = UNWANTED;
const { LENGTH, MEMBER, NEXT } = ENTRY;
/** All changes are written, the rest is as it was. */
const DONE = -2;
const QUOTE = 0x22;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;

export function splicer({ writer, omitNulls, writerOf }: SpliceSettings): Splice {
  const planOf = planner(writerOf);
  const seen = new RecordView();
  /** Up to here the record has been copied or passed over. */
  let written = 0;
  let objects = 0;
  let changed: readonly Change[] = [];
  /** Values that are still to be set, when nothing has to be looked for after the last of them. */
  let left = 0;
  /** What the last changes added to an object that had none of them: flatten makes the same ones, one list, to each element of a record. */
  let added: { readonly changes: readonly Change[]; readonly range: WrittenRange } | undefined;

  function copyTo(end: number): void {
    writer.copy(seen.bytes, written, end);
    written = end;
  }

  /** Takes the object that begins at `from`; returns where it ends, or `DONE`. */
  function spliceObject(from: number, members: PlannedMembers, row: Values, changes?: readonly Change[]): number {
    const object = ++objects;
    const { view, bytes, end } = seen;
    const { list, names } = members;
    const { table } = names;
    let entry = 0;
    let isFound = false;
    let lastEnd = from + 1;
    let isEmpty = true;
    let afterRemoved = false;
    let at = spaceEnd(view, from + 1, end) | 0;
    while (view.getUint8(at) !== CLOSE_OBJECT) {
      const nameStart = at;
      const next = table[(entry + NEXT) | 0] as number;
      let index: number;
      if (startsWith(view, at, table, next)) {
        entry = next;
        index = table[(entry + MEMBER) | 0] as number;
        at = (at + (table[(entry + LENGTH) | 0] as number)) | 0;
      } else {
        at = checked(names.find(view, bytes, at, end, entry));
        entry = names.entry;
        index = names.member;
      }
      if (view.getUint8(at) <= 0x20) at = spaceEnd(view, at, end) | 0;
      if (index === NOBODY) {
        if (afterRemoved && isEmpty) written = nameStart;
        isEmpty = false;
        if (view.getUint8(at) === QUOTE) {
          at = (at + 1) | 0;
          let bits = 0;
          while ((bits = special(view.getInt32(at, true))) === 0) at = (at + 4) | 0;
          at = (at + lowest(bits)) | 0;
          at = view.getUint8(at) === QUOTE ? (at + 1) | 0 : checked(unusualStringEnd(view, at, end));
        } else at = checked(valueEnd(view, at, end, names.inside(entry)));
      } else {
        const member = list[index] as PlannedMember;
        member.foundIn = object;
        isFound = true;
        if (member.isRemoved) {
          at = checked(valueEnd(view, at, end, names.inside(entry)));
          if (written < lastEnd) copyTo(lastEnd);
          written = at;
          afterRemoved = true;
        } else {
          // The comma that followed what is gone goes too, where nothing stands before it.
          if (afterRemoved && isEmpty) written = nameStart;
          isEmpty = false;
          if (member.members && view.getUint8(at) === OPEN_OBJECT) {
            at = spliceObject(at, member.members, row);
            if (at === DONE) return DONE;
          } else {
            const valueStart = at;
            at = checked(valueEnd(view, at, end, names.inside(entry)));
            if (!member.isGone) {
              copyTo(valueStart);
              writeChanged(member, row);
              written = at;
              // Of members that are not where the plan has them `left` stays above 0.
              if (member.members === undefined && --left === 0) return DONE;
            }
          }
        }
      }
      lastEnd = at;
      if (view.getUint8(at) <= 0x20) at = spaceEnd(view, at, end) | 0;
      if (view.getUint8(at) === COMMA) {
        at = (at + 1) | 0;
        if (view.getUint8(at) <= 0x20) at = spaceEnd(view, at, end) | 0;
      }
    }
    if (changes !== undefined && !isFound && !isEmpty) addAll(list, row, changes, lastEnd);
    else {
      for (const member of list) {
        if (member.foundIn === object || member.isGone || (omitNulls && isNull(member, row))) continue;
        if (written < lastEnd) copyTo(lastEnd);
        writer.text(isEmpty ? member.quoted : `,${member.quoted}`);
        writeChanged(member, row);
        isEmpty = false;
      }
    }
    return at + 1;
  }

  /** Adds all members that there are to add to an object that has others, the last of which ends at `lastEnd`, and none of these. */
  function addAll(list: readonly PlannedMember[], row: Values, changes: readonly Change[], lastEnd: number): void {
    copyTo(lastEnd);
    if (added?.changes === changes && writer.holds(added.range)) {
      writer.copy(added.range.bytes, added.range.start, added.range.end);
      return;
    }
    const before = writer.length;
    for (const member of list) {
      if (member.isGone || (omitNulls && isNull(member, row))) continue;
      writer.text(`,${member.quoted}`);
      writeChanged(member, row);
    }
    added = { changes, range: writer.since(before) };
  }

  /** Where the last member of the record ends; where it begins if it has none. */
  function lastMemberEnd(): number {
    const { view, start, end } = seen;
    let at = (end - 1) | 0;
    while (at > start && view.getUint8(at) <= 0x20) at = (at - 1) | 0;
    // Before its closing brace.
    at = (at - 1) | 0;
    while (at > start && view.getUint8(at) <= 0x20) at = (at - 1) | 0;
    return at > written ? at + 1 : written;
  }

  /** The value of a changed member, where the record has none that could be spliced. */
  function writeChanged(member: PlannedMember, row: Values): void {
    if (!member.members) {
      member.write(currentValue(member, row));
      return;
    }
    const begun = writer.length;
    for (const inner of member.members.list) {
      if (inner.isGone || (omitNulls && isNull(inner, row))) continue;
      writer.text(`,${inner.quoted}`);
      writeChanged(inner, row);
    }
    writer.closeObject(begun);
  }

  function currentValue({ source, path }: PlannedMember, row: Values): Value {
    return source >= 0 ? (changed[source] as Change).value : valueAt(row, path);
  }

  /** True for a null that was set; an object around one is a value. */
  function isNull(member: PlannedMember, row: Values): boolean {
    return member.members === undefined && currentValue(member, row) === null;
  }

  return (record, changes, row) => {
    changed = changes;
    seen.look(record.bytes, record.start, record.end);
    written = spaceEnd(seen.view, seen.start, seen.end);
    const plan = planOf(changes, record.once);
    const lastEnd = record.lacks !== undefined && plan.addsTo(record.lacks) ? lastMemberEnd() : written;
    if (lastEnd > written) addAll(plan.list, row, changes, lastEnd);
    else {
      left = plan.onceOnly;
      spliceObject(written, plan, row, changes);
    }
    copyTo(seen.end);
  };
}

/** The record was read before. */
function checked(end: number): number {
  if (end === WRONG) throw new Error("a record that was never checked is to be changed");
  return end | 0;
}

function valueAt(row: Values, path: readonly string[]): Value {
  let value: Value = row;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Values)[name] ?? null;
  }
  return value;
}
