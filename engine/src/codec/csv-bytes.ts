/** Where CSV cells end. As in `json-bytes.ts`, four bytes are looked at a time, and `MARGIN` bytes must stand behind the record. */
import { letterEnd, lowest, NOT_TAKEN } from "./json-bytes.ts";

// A module's own constants are compiled in; imported ones would be fetched at each use.
const WRONG = NOT_TAKEN;
const QUOTE = 0x22;

/** Whether the last quoted cell has quotes inside, which stand twice. */
export const DOUBLED = { value: false };
const doubled = DOUBLED;

/** The end of a cell without quotes: a separator or the record's end. `NOT_TAKEN` for a quote inside, or what is no UTF-8. `four` is the separator four times. */
export function cellEnd(view: DataView, from: number, end: number, four: number): number {
  let at = from | 0;
  while (at < end) {
    const bytes = view.getInt32(at, true);
    const bits = (((bytes ^ four) - 0x01010101) | ((bytes ^ 0x22222222) - 0x01010101) | bytes) & -0x7f7f7f80;
    if (bits === 0) {
      at = (at + 4) | 0;
      continue;
    }
    at = (at + lowest(bits)) | 0;
    if (at >= end) break;
    const byte = view.getUint8(at);
    if (byte < 0x80) return byte === QUOTE ? WRONG : at;
    at = letterEnd(view, at, byte);
    if (at === WRONG) return WRONG;
  }
  return at > end && isCut(view, from, end) ? WRONG : end | 0;
}

/** A letter that goes on behind the end. Bytes that were looked at beyond it say nothing. */
function isCut(view: DataView, from: number, end: number): boolean {
  let at = end - 1;
  while (at > from && (view.getUint8(at) & 0xc0) === 0x80) at--;
  const byte = view.getUint8(at);
  return byte >= 0x80 && letterEnd(view, at, byte) !== end;
}

/** The closing quote of a cell whose opening one stands at `from`, or `NOT_TAKEN`. */
export function quotedEnd(view: DataView, from: number, end: number): number {
  doubled.value = false;
  let at = (from + 1) | 0;
  while (at < end) {
    const byte = view.getUint8(at);
    if (byte >= 0x80) {
      at = letterEnd(view, at, byte);
      if (at === WRONG) return WRONG;
    } else if (byte !== QUOTE) at = (at + 1) | 0;
    else if (at + 1 < end && view.getUint8(at + 1) === QUOTE) {
      doubled.value = true;
      at = (at + 2) | 0;
    } else return at;
  }
  return WRONG;
}
