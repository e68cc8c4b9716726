/** Values that are wanted, taken into slots. Each function gives where its value ends, or 0 where it is wrong or left to the long way. */
import { FALSE, KNOWN_TEXT, LONGEST_TEXT, NEW_TEXT, OTHER, PLAIN_NUMBER, SET_BITS, TAG_BITS, TEXTS, TEXT_SIZE, TRUE } from "../../src/codec/scanner-layout";
import { hashOf, digitCount, isFalse, isZero, maskOf, numberEnd, stringEnd } from "./tokens";

/** A string. */
@inline
export function text(at: usize, slot: usize): usize {
  const from = at + 1;
  const behind = stringEnd(from);
  if (behind == 0) return 0;
  const length = behind - 1 - from;
  if (length <= <usize>LONGEST_TEXT) {
    let low = v128.load(from);
    let high = i8x16.splat(0);
    if (length <= 16) low = v128.and(low, maskOf(length));
    else high = v128.and(v128.load(from, 16), maskOf(length - 16));
    high = i8x16.replace_lane(high, 15, <u8>length);
    const set = setOf(low, high);
    const first = isZero(v128.or(v128.xor(low, v128.load(set)), v128.xor(high, v128.load(set, 16))));
    if (first || isZero(v128.or(v128.xor(low, v128.load(set, 32)), v128.xor(high, v128.load(set, 48))))) {
      store<u32>(slot, KNOWN_TEXT);
      store<u32>(slot, numberOf(set) + (first ? 0 : 1), 4);
      return behind;
    }
  }
  store<u32>(slot, NEW_TEXT);
  store<u32>(slot, <u32>from, 4);
  store<u32>(slot, <u32>(behind - 1), 8);
  return behind;
}

@inline
function setOf(low: v128, high: v128): usize {
  return <usize>TEXTS + (<usize>(hashOf(low, high) >> (64 - SET_BITS)) << 6);
}

@inline
function numberOf(set: usize): u32 {
  return <u32>((set - TEXTS) / TEXT_SIZE);
}

/** Remembers a text of at most `LONGEST_TEXT` bytes. Gives its number; the text that had it now has the next, and the one that had that is forgotten. */
export function learn(from: usize, to: usize): u32 {
  const length = to - from;
  const isLong = length > 16;
  const low = v128.and(v128.load(from), maskOf(isLong ? 16 : length));
  const high = i8x16.replace_lane(v128.and(v128.load(from, 16), maskOf(isLong ? length - 16 : 0)), 15, <u8>length);
  const set = setOf(low, high);
  v128.store(set, v128.load(set), 32);
  v128.store(set, v128.load(set, 16), 48);
  v128.store(set, low);
  v128.store(set, high, 16);
  return numberOf(set);
}

const MOST_DIGITS: u32 = 15;

/** A number; one that is not plain is left to others. */
export function number(from: usize, slot: usize): usize {
  const isNegative = load<u8>(from) == 0x2d;
  const at = isNegative ? from + 1 : from;
  const count = digitCount(at);
  if (count == 0) return 0;
  if (count <= MOST_DIGITS && (count == 1 || load<u8>(at) != 0x30)) {
    let behind = at + count;
    let value = digitsOf(at, count);
    let fraction: u32 = 0;
    if (load<u8>(behind) == 0x2e) {
      fraction = digitCount(behind + 1);
      if (fraction == 0) return 0;
      if (count + fraction <= MOST_DIGITS) {
        for (let i: u32 = 0; i < fraction; i++) value *= 10;
        value += digitsOf(behind + 1, fraction);
      }
      behind += 1 + fraction;
    }
    if (count + fraction <= MOST_DIGITS && (load<u8>(behind) | 0x20) != 0x65) {
      const digits = <f64>value;
      store<u32>(slot, PLAIN_NUMBER | (fraction << TAG_BITS));
      store<u32>(slot, <u32>from, 4);
      store<f64>(slot, isNegative ? -digits : digits, 8);
      return behind;
    }
  }
  return other(from, numberEnd(from), slot);
}

/** What so many digits say, from 1 to 15. */
@inline
function digitsOf(at: usize, count: u32): u64 {
  if (count <= 8) return eightOf(load<u64>(at) << (64 - (<u64>count << 3)));
  return eightOf(load<u64>(at) << (128 - (<u64>count << 3))) * 100_000_000 + eightOf(load<u64>(at + count - 8));
}

/** What eight digits say; zeros for those that are missing before the first. Pairs are put together, then pairs of them, and so on. */
@inline
function eightOf(digits: u64): u64 {
  const ones = digits & 0x0f0f0f0f0f0f0f0f;
  const pairs = ((ones * 2_561) >> 8) & 0x00ff00ff00ff00ff;
  const fours = ((pairs * 6_553_601) >> 16) & 0x0000ffff0000ffff;
  return (fours * 42_949_672_960_001) >> 32;
}

/** Takes where a value lies. */
@inline
export function other(from: usize, behind: usize, slot: usize): usize {
  if (behind == 0) return 0;
  return lies(OTHER, from, behind, slot);
}

@inline
export function lies(tag: u32, from: usize, behind: usize, slot: usize): usize {
  store<u32>(slot, tag);
  store<u32>(slot, <u32>from, 4);
  store<u32>(slot, <u32>behind, 8);
  return behind;
}

/** true and false; 0 for all else. */
@inline
export function boolean(at: usize, slot: usize): usize {
  if (load<u32>(at) == 0x65757274) {
    store<u32>(slot, TRUE);
    return at + 4;
  }
  if (!isFalse(at)) return 0;
  store<u32>(slot, FALSE);
  return at + 5;
}
