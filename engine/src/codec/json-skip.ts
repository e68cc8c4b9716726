/** Passing over values that nobody wants, as strictly as if they were read. */
import { NOT_TAKEN, numberEnd, spaceEnd, special, stringEnd, unusualStringEnd, wordEnd } from "./json-bytes.ts";
import { ENTRY, type Names, startsWith } from "./json-names.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

// A module's own constants are compiled in; imported ones would be fetched at each use.
const WRONG = NOT_TAKEN;
const { LENGTH, NEXT } = ENTRY;

/** The names of what is passed over are learned too, in one table, for the sake of speed alone: none of them is wanted, so no text of theirs is asked for. */
const NO_BYTES = new Uint8Array(0);

/** Where the value at `from` ends, or `NOT_TAKEN`. */
export function valueEnd(view: DataView, from: number, end: number, names: Names): number {
  const byte = view.getUint8(from);
  if (byte === QUOTE) return stringEnd(view, from + 1, end);
  if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) return nestedEnd(view, from, end, names);
  return byte <= 0x39 ? numberEnd(view, from, end) : wordEnd(view, from);
}

/** An object or array. */
function nestedEnd(view: DataView, from: number, end: number, names: Names): number {
  const { table } = names;
  let entry = 0;
  let next = table[NEXT] as number;
  /** The levels around, a bit each: 1 for an object. At every 32nd level the ones before go to `above`. */
  let levels = 0;
  let depth = 0;
  let above: number[] | undefined;
  let at = from | 0;
  const stop = end | 0;
  while (at < stop) {
    if ((levels & 1) === 1) {
      if (startsWith(view, at, table, next)) {
        entry = next;
        at = (at + (table[(entry + LENGTH) | 0] as number)) | 0;
      } else {
        if (view.getUint8(at) !== QUOTE) return WRONG;
        at = names.find(view, NO_BYTES, at, stop, entry) | 0;
        if (at === WRONG) return WRONG;
        entry = names.entry | 0;
      }
      next = table[(entry + NEXT) | 0] as number;
      if (view.getUint8(at) <= 0x20) at = spaceEnd(view, at, stop) | 0;
    }
    const byte = view.getUint8(at);
    if (byte === QUOTE) {
      at = (at + 1) | 0;
      let bits = 0;
      for (;;) {
        if (at >= stop) return WRONG;
        bits = special(view.getInt32(at, true)) | 0;
        if (bits !== 0) break;
        at = (at + 4) | 0;
      }
      if ((bits & 0x80) === 0) {
        if ((bits & 0x8000) !== 0) at = (at + 1) | 0;
        else if ((bits & 0x800000) !== 0) at = (at + 2) | 0;
        else at = (at + 3) | 0;
      }
      at = view.getUint8(at) === QUOTE ? (at + 1) | 0 : unusualStringEnd(view, at, stop) | 0;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      at = (at + 1) | 0;
      if (view.getUint8(at) <= 0x20) at = spaceEnd(view, at, stop) | 0;
      // "[" and "]", "{" and "}" are two apart.
      if (view.getUint8(at) === byte + 2) at = (at + 1) | 0;
      else {
        depth = (depth + 1) | 0;
        if ((depth & 31) === 0) (above ??= []).push(levels);
        levels = (levels << 1) | (byte === OPEN_OBJECT ? 1 : 0);
        continue;
      }
    } else at = byte <= 0x39 ? numberEnd(view, at, stop) | 0 : wordEnd(view, at) | 0;
    if (at === WRONG) return WRONG;
    // Behind a value: what closes, or the next one.
    for (;;) {
      if (depth === 0) return at;
      if (at >= stop) return WRONG;
      let behind = view.getUint8(at);
      if (behind <= 0x20) {
        at = spaceEnd(view, at, stop) | 0;
        behind = view.getUint8(at);
      }
      at = (at + 1) | 0;
      if (behind === COMMA) {
        if (view.getUint8(at) <= 0x20) at = spaceEnd(view, at, stop) | 0;
        break;
      }
      if (behind !== ((levels & 1) === 1 ? CLOSE_OBJECT : CLOSE_ARRAY)) return WRONG;
      levels = (levels >>> 1) | 0;
      if ((depth & 31) === 0) levels = ((above as number[]).pop() as number) | 0;
      depth = (depth - 1) | 0;
    }
  }
  return WRONG;
}
