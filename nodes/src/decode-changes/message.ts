/** A message of a change topic, and the changes that it tells of, whatever format it has. */
import { codecOf, type Decoder, type Member, objectMembers, type Range, skipSpace } from "@millrace/engine/codec";
import { type ByteRange, type Row, RowError } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import { quote } from "../field-types.ts";
import { rowOf } from "../state-types.ts";

/** JSON as it stands in the message, or as it was made. */
export type JsonValue = Range | string;

/** One row of a table that changed. Members left out are NULL. */
export interface Change {
  readonly database?: Value | undefined;
  readonly table?: Value | undefined;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly at?: number | null;
  /** The row after the change; of a deletion the row that was. Null: the change tells of no row. */
  readonly data?: JsonValue | null;
  /** Former values of the columns that an update changed. */
  readonly old?: JsonValue | null;
  readonly xid?: Value | undefined;
  readonly xoffset?: Value | undefined;
  readonly commit?: Value | undefined;
  readonly keys?: readonly string[] | null;
}

/** Reads a message; undefined for one that tells of tables' definitions and of no row. Throws `RowError`. */
export type ReadChanges = (message: ByteRange) => readonly Change[] | undefined;

export interface Message {
  readonly bytes: Uint8Array;
  /** The members that the format names, by name. */
  readonly fields: Row;
  readonly members: ReadonlyMap<string, Member>;
}

const STRING: DataType = { type: "STRING" };
const BIGINT: DataType = { type: "BIGINT" };
const BOOLEAN: DataType = { type: "BOOLEAN" };
export const TYPES = { STRING, BIGINT, BOOLEAN, STRINGS: { type: "ARRAY", element: STRING } } as const;

/** Checks that the text is a JSON object, and reads these of its members. */
export function messageReader(fields: Readonly<Record<string, DataType>>): (text: ByteRange) => Message {
  const decoder: Decoder = codecOf({ name: "json" }).decoder(rowOf(fields) as DataType & { type: "ROW" }, true, { name: "json" });
  return (text) => ({ bytes: text.bytes, fields: decoder.decode(text), members: membersOf(text.bytes, skipSpace(text.bytes, text.start)) });
}

export function membersOf(bytes: Uint8Array, from: number): ReadonlyMap<string, Member> {
  return new Map(objectMembers(bytes, from).map((member) => [member.name, member]));
}

const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const NULL = 0x6e;

/** The member's object; null where there is none or NULL. */
export function objectAt(message: Pick<Message, "bytes" | "members">, name: string): Range | null {
  return rangeOf(message, name, OPEN_OBJECT, { en: "an object", zh: "一个对象" });
}

/** The member's list; null where there is none or NULL. */
export function listAt(message: Pick<Message, "bytes" | "members">, name: string): Range | null {
  return rangeOf(message, name, OPEN_ARRAY, { en: "a list of rows", zh: "行的列表" });
}

function rangeOf(
  { bytes, members }: Pick<Message, "bytes" | "members">,
  name: string,
  open: number,
  expected: { readonly en: string; readonly zh: string },
): Range | null {
  const range = members.get(name);
  if (range === undefined || isNull(bytes, range)) return null;
  if (bytes[range.start] !== open) throw notThat(name, expected, textAt(bytes, range));
  return range;
}

export function isNull(bytes: Uint8Array, { start }: Range): boolean {
  return bytes[start] === NULL;
}

const decoder = new TextDecoder();

export function textAt(bytes: Uint8Array, { start, end }: Range): string {
  return decoder.decode(bytes.subarray(start, end));
}

/** An object of these members, each with the JSON of its value. */
export function objectText(members: Iterable<readonly [name: string, json: string]>): string {
  return `{${Array.from(members, ([name, json]) => `${JSON.stringify(name)}:${json}`).join(",")}}`;
}

/** The end of the year 9999. */
const LAST_MS = 253_402_300_799_999;

/** Milliseconds since the epoch of a member that counts them, or (`unit` 1000) seconds. */
export function timeAt({ fields }: Message, name: string, unit: 1 | 1_000): number | null {
  const value = fields[name] ?? null;
  if (value === null) return null;
  const ms = Number(value) * unit;
  if (ms >= 0 && ms <= LAST_MS) return ms;
  const [en, zh] = unit === 1 ? ["milliseconds", "毫秒数"] : ["seconds", "秒数"];
  throw notThat(name, { en: `${en} since 1970, before the year 10000`, zh: `1970 年以来、公元 10000 年之前的${zh}` }, String(value));
}

export function notThat(name: string, expected: { readonly en: string; readonly zh: string }, got: string): RowError {
  return new RowError("decode-changes.not-a-change", {
    en: `${name}: expected ${expected.en}, got ${quote(got)}. Choose the format that the topic has, or mend what writes it.`,
    zh: `${name}：期望${expected.zh}，得到 ${quote(got)}。请选择主题实际的格式，或修正写入方。`,
  });
}

/** For a message that lacks what every message of the format has. */
export function lacks(name: string, format: string): RowError {
  return new RowError("decode-changes.not-a-change", {
    en: `the message has no member ${quote(name)}, which every change of ${format} has. Choose the format that the topic has, or mend what writes it.`,
    zh: `消息没有成员 ${quote(name)}，而 ${format} 的每条变更都有它。请选择主题实际的格式，或修正写入方。`,
  });
}
