/** Numbers as most are written, built from their digits: exact, for so few digits are a safe whole number whatever they are. */
import { NOT_TAKEN } from "./json-bytes.ts";

const MOST_DIGITS = 15;
const WRONG = NOT_TAKEN;
const MINUS = 0x2d;
const POINT = 0x2e;

/**
 * What was read last: its digits as a whole number with its sign (-0 too), and how many of them stand behind the point. A typed array, for a number that is kept
 * in a field would be an object.
 */
export const NUMBER = new Float64Array(2);
const number = NUMBER;

/** Reads a number without exponent into `NUMBER`. Gives where it ends, or `NOT_TAKEN`: then it is none, or one that wants a closer look. */
export function plainNumberEnd(view: DataView, from: number): number {
  let at = from | 0;
  let byte = view.getUint8(at);
  const isNegative = byte === MINUS;
  if (isNegative) byte = view.getUint8((at = (at + 1) | 0));
  const first = at;
  let digits = 0;
  for (let digit = (byte - 0x30) >>> 0; digit < 10; digit = (byte - 0x30) >>> 0) {
    digits = digits * 10 + digit;
    byte = view.getUint8((at = (at + 1) | 0));
  }
  let count = at - first;
  if (count === 0 || count > MOST_DIGITS || (count > 1 && view.getUint8(first) === 0x30)) return WRONG;
  let fraction = 0;
  if (byte === POINT) {
    const point = at;
    byte = view.getUint8((at = (at + 1) | 0));
    for (let digit = (byte - 0x30) >>> 0; digit < 10; digit = (byte - 0x30) >>> 0) {
      digits = digits * 10 + digit;
      byte = view.getUint8((at = (at + 1) | 0));
    }
    fraction = at - point - 1;
    count += fraction;
    if (fraction === 0 || count > MOST_DIGITS) return WRONG;
  }
  if ((byte | 0x20) === 0x65) return WRONG;
  number[0] = isNegative ? -digits : digits;
  number[1] = fraction;
  return at;
}

/** Exact as numbers, so that one division by them rounds as reading the text does. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: MOST_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
