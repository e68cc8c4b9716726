/** Writing changes into the bytes of a JSON object: what is not changed is copied as it stands. */
import type { Change, RecordText } from "../node/index.ts";
import type { Value, Values } from "../schema/index.ts";
import type { ByteWriter, WrittenRange } from "./byte-writer.ts";
import { isName, skipSpace, skipString, skipValue } from "./json-scan.ts";
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

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;

export function splicer({ writer, omitNulls, writerOf }: SpliceSettings): Splice {
  const planOf = planner(writerOf);
  let bytes: Uint8Array = new Uint8Array(0);
  /** Up to here the record has been copied or passed over. */
  let written = 0;
  let objects = 0;
  /** What the last changes added to an object that had none of them: flatten makes the same ones, one list, to each element of a record. */
  let added: { readonly changes: readonly Change[]; readonly range: WrittenRange } | undefined;

  /** Takes the object that begins at `from`; returns where it ends. */
  function spliceObject(from: number, members: PlannedMembers, row: Values, changes?: readonly Change[]): number {
    const object = ++objects;
    let isFound = false;
    let lastEnd = from + 1;
    let isEmpty = true;
    let afterRemoved = false;
    let at = skipSpace(bytes, from + 1);
    while (bytes[at] !== CLOSE_OBJECT) {
      const nameStart = at;
      const nameEnd = skipString(bytes, at);
      const valueStart = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
      const member = members.mayBegin(bytes[nameStart + 1] as number) ? memberNamed(members.list, bytes, nameStart, nameEnd) : undefined;
      if (member) {
        member.foundIn = object;
        isFound = true;
      }
      let valueEnd: number;
      if (member?.isRemoved) {
        valueEnd = skipValue(bytes, valueStart);
        if (written < lastEnd) writer.copy(bytes, written, lastEnd);
        written = valueEnd;
        afterRemoved = true;
      } else {
        // The comma that followed what is gone goes too, where nothing stands before it.
        if (afterRemoved && isEmpty) written = nameStart;
        isEmpty = false;
        if (member?.members && bytes[valueStart] === OPEN_OBJECT) valueEnd = spliceObject(valueStart, member.members, row);
        else {
          valueEnd = skipValue(bytes, valueStart);
          if (member && !member.isGone) {
            writer.copy(bytes, written, valueStart);
            writeChanged(member, row);
            written = valueEnd;
          }
        }
      }
      lastEnd = valueEnd;
      at = skipSpace(bytes, valueEnd);
      if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    }
    const isWhole = changes !== undefined && !isFound && !isEmpty;
    if (isWhole) {
      writer.copy(bytes, written, lastEnd);
      written = lastEnd;
      if (added?.changes === changes && writer.holds(added.range)) {
        writer.copy(added.range.bytes, added.range.start, added.range.end);
        return at + 1;
      }
    }
    const before = writer.length;
    for (const member of members.list) {
      if (member.foundIn === object || member.isGone || (omitNulls && isNull(member, row))) continue;
      if (written < lastEnd) {
        writer.copy(bytes, written, lastEnd);
        written = lastEnd;
      }
      writer.text(isEmpty ? member.quoted : `,${member.quoted}`);
      writeChanged(member, row);
      isEmpty = false;
    }
    if (isWhole) added = { changes, range: writer.since(before) };
    return at + 1;
  }

  /** The value of a changed member, where the record has none that could be spliced. */
  function writeChanged(member: PlannedMember, row: Values): void {
    if (!member.members) {
      member.write(valueAt(row, member.path));
      return;
    }
    let separator = "{";
    for (const inner of member.members.list) {
      if (inner.isGone || (omitNulls && isNull(inner, row))) continue;
      writer.text(separator + inner.quoted);
      writeChanged(inner, row);
      separator = ",";
    }
    writer.text(separator === "{" ? "{}" : "}");
  }

  return (record, changes, row) => {
    bytes = record.bytes;
    written = skipSpace(bytes, record.start);
    spliceObject(written, planOf(changes), row, changes);
    writer.copy(bytes, written, record.end);
  };
}

function memberNamed(members: readonly PlannedMember[], bytes: Uint8Array, start: number, end: number): PlannedMember | undefined {
  for (const member of members) if (isName(bytes, start, end, member.name)) return member;
  return undefined;
}

/** True for a null that was set; an object around one is a value. */
function isNull(member: PlannedMember, row: Values): boolean {
  return member.members === undefined && valueAt(row, member.path) === null;
}

function valueAt(row: Values, path: readonly string[]): Value {
  let value: Value = row;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Values)[name] ?? null;
  }
  return value;
}
