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
  // One digit more than are taken: in what stands behind the record digits may go on for ever.
  const most = (first + MOST_DIGITS + 1) | 0;
  let digits = 0;
  for (let digit = (byte - 0x30) >>> 0; digit < 10 && at < most; digit = (byte - 0x30) >>> 0) {
    digits = digits * 10 + digit;
    byte = view.getUint8((at = (at + 1) | 0));
  }
  const count = (at - first) | 0;
  if (count === 0 || count > MOST_DIGITS || (count > 1 && view.getUint8(first) === 0x30)) return WRONG;
  let fraction = 0;
  if (byte === POINT) {
    const point = at;
    byte = view.getUint8((at = (at + 1) | 0));
    for (let digit = (byte - 0x30) >>> 0; digit < 10 && at <= most; digit = (byte - 0x30) >>> 0) {
      digits = digits * 10 + digit;
      byte = view.getUint8((at = (at + 1) | 0));
    }
    fraction = (at - point - 1) | 0;
    if (fraction === 0 || count + fraction > MOST_DIGITS) return WRONG;
  }
  if ((byte | 0x20) === 0x65) return WRONG;
  number[0] = isNegative ? -digits : digits;
  number[1] = fraction;
  return at;
}

/** What `longEnd` read: too large for a number, or just not. */
export const LONG: { value: number | bigint } = { value: 0 };
const long = LONG;

const BILLION = 1_000_000_000;
/** The greatest BIGINT without its last nine digits, and those. */
const GREATEST = { high: 9_223_372_036, low: 854_775_807 };

/** Reads a whole number of 16 to 19 digits, in the range of BIGINT, into `LONG`. Gives where it ends, or `NOT_TAKEN`. */
export function longEnd(view: DataView, from: number): number {
  const isNegative = view.getUint8(from) === MINUS;
  const first = (isNegative ? from + 1 : from) | 0;
  let at = first;
  let byte = view.getUint8(at);
  while ((byte - 0x30) >>> 0 < 10 && at - first < 20) byte = view.getUint8((at = (at + 1) | 0));
  const count = at - first;
  if (count <= MOST_DIGITS || count > 19 || view.getUint8(first) === 0x30 || byte === POINT || (byte | 0x20) === 0x65) return WRONG;
  const high = digitsOf(view, first, at - 9);
  const low = digitsOf(view, at - 9, at);
  const isInRange = high < GREATEST.high || (high === GREATEST.high && low <= GREATEST.low + (isNegative ? 1 : 0));
  if (!isInRange) return WRONG;
  const rounded = high * BILLION + low;
  if (Number.isSafeInteger(rounded)) long.value = isNegative ? -rounded : rounded;
  else {
    const exact = BigInt(high) * BigInt(BILLION) + BigInt(low);
    long.value = isNegative ? -exact : exact;
  }
  return at;
}

function digitsOf(view: DataView, from: number, to: number): number {
  let number = 0;
  for (let at = from | 0; at < to; at = (at + 1) | 0) number = number * 10 + view.getUint8(at) - 0x30;
  return number;
}

/** Exact as numbers, so that one division by them rounds as reading the text does. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: MOST_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
