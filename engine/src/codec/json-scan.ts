/**
 * A scanner over the bytes of JSON: where a value ends, where the members of an object and the elements of an array lie. Nothing here is recursive, so
 * nesting costs no stack. It wants bytes that have passed `JSON.parse` (or `jsonFault`) and does not check again.
 */

import { textOf } from "./byte-text.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** First byte that is no white space. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[++at]);
  return at;
}

/** The byte behind the closing quote of the string that opens at `from`. */
export function skipString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) at += byte === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** The byte behind the value that begins at `from`. */
export function skipValue(bytes: Uint8Array, from: number): number {
  let at = from;
  let depth = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === QUOTE) at = skipString(bytes, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth++;
      at++;
      continue;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth--;
      at++;
    } else if (depth > 0) {
      // Separators, white space, numbers and words inside: none of them changes the depth.
      at++;
      continue;
    } else return skipScalar(bytes, at);
    if (depth === 0) return at;
  }
}

function skipScalar(bytes: Uint8Array, from: number): number {
  let at = from;
  for (
    let byte = bytes[at];
    byte !== undefined && byte > 0x20 && byte !== COMMA && byte !== CLOSE_ARRAY && byte !== CLOSE_OBJECT;
    byte = bytes[++at]
  );
  return at;
}

/** The elements of the array that begins at `from`. */
export function elementRanges(bytes: Uint8Array, from: number): Range[] {
  const ranges: Range[] = [];
  let at = skipSpace(bytes, from + 1);
  while (bytes[at] !== CLOSE_ARRAY) {
    const end = skipValue(bytes, at);
    ranges.push({ start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return ranges;
}

/** The value of the object's member; of several with the name the last, as `JSON.parse` takes it. Undefined where there is none. */
export function memberRange(bytes: Uint8Array, from: number, name: string): Range | undefined {
  let found: Range | undefined;
  let at = skipSpace(bytes, from + 1);
  while (bytes[at] !== CLOSE_OBJECT) {
    const nameEnd = skipString(bytes, at);
    const start = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const end = skipValue(bytes, start);
    if (isName(bytes, at, nameEnd, name)) found = { start, end };
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return found;
}

export interface Member extends Range {
  readonly name: string;
}

/** The members of the object that begins at `from`, by where their values lie; of several with one name the last counts, as `JSON.parse` takes it. */
export function objectMembers(bytes: Uint8Array, from: number): Member[] {
  const members = new Map<string, Member>();
  let at = skipSpace(bytes, from + 1);
  while (bytes[at] !== CLOSE_OBJECT) {
    const nameEnd = skipString(bytes, at);
    const name = meaningOf(bytes, at + 1, nameEnd - 1);
    const start = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const end = skipValue(bytes, start);
    members.set(name, { name, start, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return [...members.values()];
}

/** Whether the string in quotes says `name`; escapes and letters beyond ASCII are compared decoded. */
export function isName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const length = end - start - 2;
  if (length < name.length) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + 1 + i] as number;
    if (byte >= 0x80 || byte === BACKSLASH) return JSON.parse(textOf(bytes, start, end)) === name;
    if (byte !== name.charCodeAt(i)) return false;
  }
  return length === name.length;
}

/** What a checked string says of which these are the bytes between the quotes. */
export function meaningOf(bytes: Uint8Array, from: number, to: number): string {
  const text = textOf(bytes, from, to);
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}
