/**
 * Tokens of JSON. Each function takes where a token begins and gives where it ends, or 0 where it is wrong. Behind the record stands a zero, which belongs to no token, so nothing
 * has to ask for the record's end: whatever crosses it stops there.
 */
import { MASKS } from "../../src/codec/scanner-layout";

/** Which of 16 bytes are no plain text: a quote, a backslash, a control character, or beyond ASCII. A quote with its second bit turned is a space. */
@inline
function special(text: v128): i32 {
  const unusual = i8x16.lt_s(v128.xor(text, i8x16.splat(2)), i8x16.splat(0x21));
  return i8x16.bitmask(v128.or(unusual, i8x16.eq(text, i8x16.splat(0x5c))));
}

/** The byte behind the closing quote of a string whose text begins at `from`. */
@inline
export function stringEnd(from: usize): usize {
  let at = from;
  let bits = special(v128.load(at));
  while (bits == 0) {
    at += 16;
    bits = special(v128.load(at));
  }
  at += ctz(bits);
  return load<u8>(at) == 0x22 ? at + 1 : unusualStringEnd(at);
}

/** As `stringEnd`, from a byte that is not plain text. */
function unusualStringEnd(from: usize): usize {
  let at = from;
  while (true) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x22) return at + 1;
    if (byte >= 0x80) at = letterEnd(at, byte);
    else if (byte == 0x5c) at = escapeEnd(at);
    else if (byte < 0x20) return 0;
    else {
      const bits = special(v128.load(at));
      at += bits == 0 ? 16 : ctz(bits);
      continue;
    }
    if (at == 0) return 0;
  }
}

/** A letter of several bytes (Unicode, table 3-7), of which `first` is the first. */
@inline
function letterEnd(at: usize, first: u32): usize {
  const second = <u32>load<u8>(at, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (first < 0xe0) return first >= 0xc2 ? at + 2 : 0;
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0;
  if (first < 0xf0) {
    // E0 80..9F would be too long, ED A0..BF is half of a pair.
    return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ? 0 : at + 3;
  }
  if (first > 0xf4 || (load<u8>(at, 3) & 0xc0) != 0x80) return 0;
  return (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ? 0 : at + 4;
}

function escapeEnd(at: usize): usize {
  const letter = <u32>load<u8>(at, 1);
  // " \ / b f n r t, and u with its four digits.
  if (letter == 0x22 || letter == 0x5c || letter == 0x2f || letter == 0x62 || letter == 0x66) return at + 2;
  if (letter == 0x6e || letter == 0x72 || letter == 0x74) return at + 2;
  if (letter != 0x75) return 0;
  for (let i = at + 2; i < at + 6; i++) if (!isHex(load<u8>(i))) return 0;
  return at + 6;
}

function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** First byte that is no white space. */
@inline
export function spaced(at: usize): usize {
  return load<u8>(at) > 0x20 ? at : spaceEnd(at);
}

export function spaceEnd(from: usize): usize {
  let at = from;
  while (true) {
    const byte = load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return at;
    at++;
  }
}

/** How many digits begin here, at most 16. */
@inline
export function digitCount(at: usize): u32 {
  const others = i8x16.gt_u(i8x16.sub(v128.load(at), i8x16.splat(0x30)), i8x16.splat(9));
  return ctz(i8x16.bitmask(others) | 0x10000);
}

function digitsEnd(from: usize): usize {
  let at = from;
  while (true) {
    const count = digitCount(at);
    at += count;
    if (count < 16) return at;
  }
}

/** A number in any form. */
export function numberEnd(from: usize): usize {
  let at = load<u8>(from) == 0x2d ? from + 1 : from;
  const first = at;
  if (load<u8>(at) == 0x30) at++;
  else {
    at = digitsEnd(at);
    if (at == first) return 0;
  }
  if (load<u8>(at) == 0x2e) {
    const fraction = ++at;
    at = digitsEnd(at);
    if (at == fraction) return 0;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++;
    const sign = load<u8>(at);
    if (sign == 0x2b || sign == 0x2d) at++;
    const exponent = at;
    at = digitsEnd(at);
    if (at == exponent) return 0;
  }
  return at;
}

/** null, true and false. */
@inline
export function wordEnd(at: usize): usize {
  const four = load<u32>(at);
  if (four == 0x6c6c756e || four == 0x65757274) return at + 4;
  return isFalse(at) ? at + 5 : 0;
}

@inline
export function isFalse(at: usize): bool {
  return load<u8>(at) == 0x66 && load<u32>(at, 1) == 0x65736c61;
}

/** A mask of so many bytes, at most 16. */
@inline
export function maskOf(count: usize): v128 {
  return v128.load(<usize>MASKS + 32 - count);
}

/** Of up to 32 bytes. */
@inline
export function hashOf(low: v128, high: v128): u64 {
  const mixed = v128.xor(low, i64x2.shr_u(high, 3));
  return (i64x2.extract_lane(mixed, 0) * 0x9e3779b97f4a7c15) ^ (i64x2.extract_lane(mixed, 1) * 0xc2b2ae3d27d4eb4f);
}

@inline
export function isZero(bytes: v128): bool {
  return !v128.any_true(bytes);
}
