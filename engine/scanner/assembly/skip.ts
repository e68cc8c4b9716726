/** Passing over values that nobody wants, as strictly as if they were read. Not recursive, so nesting costs no stack. */
import { LEVELS } from "../../src/codec/scanner-layout";
import { find, found, inside, LENGTH, matches, NEXT } from "./names";
import { numberEnd, spaced, spaceEnd, stringEnd, wordEnd } from "./tokens";

/** Where the value at `at` ends, or 0. `entry` is that of its name. */
@inline
export function valueEnd(at: usize, entry: usize): usize {
  const byte = load<u8>(at);
  if (byte == 0x22) return stringEnd(at + 1);
  if (byte == 0x7b || byte == 0x5b) return nestedEnd(at, inside(entry));
  return byte <= 0x39 ? numberEnd(at) : wordEnd(at);
}

/** An object or array; all names inside are learned in one table. */
function nestedEnd(from: usize, table: usize): usize {
  let at = from;
  let entry = table;
  let next = <usize>load<u32>(table, NEXT);
  /** The levels around, a bit each: 1 for an object. At every 64th level the ones before go to memory. */
  let levels: u64 = 0;
  let depth: usize = 0;
  while (true) {
    if ((levels & 1) == 1) {
      if (matches(at, next)) {
        entry = next;
        at += load<u32>(entry, LENGTH);
      } else {
        at = find(at, entry, table);
        if (at == 0) return 0;
        entry = found;
      }
      next = <usize>load<u32>(entry, NEXT);
      at = spaced(at);
    }
    const byte = <u32>load<u8>(at);
    if (byte == 0x22) at = stringEnd(at + 1);
    else if (byte == 0x7b || byte == 0x5b) {
      at = spaced(at + 1);
      // "[" and "]", "{" and "}" are two apart.
      if (<u32>load<u8>(at) == byte + 2) at++;
      else {
        depth++;
        if ((depth & 63) == 0) store<u64>(<usize>LEVELS + (depth >> 3), levels);
        levels = (levels << 1) | (byte == 0x7b ? 1 : 0);
        continue;
      }
    } else at = byte <= 0x39 ? numberEnd(at) : wordEnd(at);
    if (at == 0) return 0;
    // Behind a value: what closes, or the next one.
    while (true) {
      if (depth == 0) return at;
      let behind = load<u8>(at);
      if (behind <= 0x20) {
        at = spaceEnd(at);
        behind = load<u8>(at);
      }
      at++;
      if (behind == 0x2c) {
        at = spaced(at);
        break;
      }
      if (behind != ((levels & 1) == 1 ? 0x7d : 0x5d)) return 0;
      levels >>= 1;
      if ((depth & 63) == 0) levels = load<u64>(<usize>LEVELS + (depth >> 3));
      depth--;
    }
  }
}
