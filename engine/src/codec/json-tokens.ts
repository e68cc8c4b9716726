/**
 * A scanner over the bytes of JSON that nobody has checked yet: as strict as `JSON.parse`, which is the measure of it. Each function takes where a token begins and
 * where the record ends, and gives where the token ends, or `NOT_TAKEN`: then the token is wrong, or is left to `JSON.parse`. Nothing here is recursive.
 */
import { skipSpace } from "./json-scan.ts";

export const NOT_TAKEN = -1;

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** `n` of null, `t` of true, `f` of false. */
export const NULL = 0x6e;
export const TRUE = 0x74;
export const FALSE = 0x66;

/** Levels of what is passed over: a bit each. Deeper records are left to `JSON.parse`. */
const MOST_LEVELS = 30;

/** A string of plain letters: not escaped, and ASCII, so that its bytes need no look. Others are left to `JSON.parse`. */
export function plainStringEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from + 1; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20 || byte >= 0x80 || byte === BACKSLASH) return NOT_TAKEN;
  }
  return NOT_TAKEN;
}

/** A number that is whole or has a fraction, without exponent. */
export function numberEnd(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from] === MINUS ? from + 1 : from;
  let at = digitsEnd(bytes, first, end);
  if (at === first || (at > first + 1 && bytes[first] === ZERO)) return NOT_TAKEN;
  if (at < end && bytes[at] === POINT) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction, end);
    if (at === fraction) return NOT_TAKEN;
  }
  return at < end && (bytes[at] === 0x65 || bytes[at] === 0x45) ? NOT_TAKEN : at;
}

export function digitsEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > 0x39) break;
  }
  return at;
}

/** null, true and false. */
export function wordEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  const rest = (a: number, b: number, c: number) => at + 4 <= end && bytes[at + 1] === a && bytes[at + 2] === b && bytes[at + 3] === c;
  if (first === NULL) return rest(0x75, 0x6c, 0x6c) ? at + 4 : NOT_TAKEN;
  if (first === TRUE) return rest(0x72, 0x75, 0x65) ? at + 4 : NOT_TAKEN;
  return first === FALSE && rest(0x61, 0x6c, 0x73) && at + 5 <= end && bytes[at + 4] === 0x65 ? at + 5 : NOT_TAKEN;
}

/** Where the member's value begins, of a name that ends at `nameEnd`. */
export function valueStart(bytes: Uint8Array, nameEnd: number): number {
  if (bytes[nameEnd] === COLON && (bytes[nameEnd + 1] as number) > 0x20) return nameEnd + 1;
  const colon = skipSpace(bytes, nameEnd);
  return bytes[colon] === COLON ? skipSpace(bytes, colon + 1) : NOT_TAKEN;
}

/** Any value. */
export function valueEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  /** The levels around: 1 for an object, 0 for an array, under a leading 1. */
  let levels = 1;
  let depth = 0;
  for (;;) {
    const byte = bytes[at];
    if (byte === QUOTE) at = plainStringEnd(bytes, at, end);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > MOST_LEVELS) return NOT_TAKEN;
      const isObject = byte === OPEN_OBJECT;
      levels = (levels << 1) | (isObject ? 1 : 0);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        if (isObject) at = nameToValue(bytes, at, end);
        if (at === NOT_TAKEN) return NOT_TAKEN;
        continue;
      }
      levels >>= 1;
      depth--;
      at++;
    } else at = byte === NULL || byte === TRUE || byte === FALSE ? wordEnd(bytes, at, end) : numberEnd(bytes, at, end);
    if (at === NOT_TAKEN) return NOT_TAKEN;
    // Behind a value: what closes, or the next one.
    for (;;) {
      if (depth === 0) return at;
      at = skipSpace(bytes, at);
      const isObject = (levels & 1) === 1;
      if (bytes[at] === COMMA) {
        at = skipSpace(bytes, at + 1);
        if (isObject) at = nameToValue(bytes, at, end);
        if (at === NOT_TAKEN) return NOT_TAKEN;
        break;
      }
      if (bytes[at] !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return NOT_TAKEN;
      levels >>= 1;
      depth--;
      at++;
    }
  }
}

function nameToValue(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== QUOTE) return NOT_TAKEN;
  const nameEnd = plainStringEnd(bytes, at, end);
  return nameEnd === NOT_TAKEN ? NOT_TAKEN : valueStart(bytes, nameEnd);
}
