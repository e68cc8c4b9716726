/**
 * Names of members, learned: records of one source have the same members in the same order, so the name that followed the last time is compared with the bytes before
 * anything is looked up.
 *
 * An entry: the literal `"name":` and its mask, 16 bytes of each, then the rest of both; its length; the two names that followed; what is wanted of its value, in which
 * slot, and what lies inside. A table begins with an entry that is no name and matches nothing: what follows it is what an object begins with, and it stands for names
 * that are not in the table.
 */
import { LONGEST_LITERAL, MOST_LEARNED, TABLES, TABLES_END, TABLES_HALF } from "../../src/codec/scanner-layout";
import { hashOf, isZero, maskOf, spaced, stringEnd } from "./tokens";

const ENTRY: usize = 96;
export const LENGTH: usize = 64;
export const NEXT: usize = 68;
const OTHER: usize = 72;
export const KIND: usize = 76;
export const SLOT: usize = 80;
export const CHILD: usize = 84;
/** Of an array's element: bytes of its slots. */
export const SIZE: usize = 88;

/** Behind a table's first entry: how many names it may still learn, and by how many bits names are looked up in what follows. */
const LEFT: usize = ENTRY;
const SHIFT: usize = ENTRY + 4;
const HASHED: usize = ENTRY + 16;

let free: usize = TABLES;
/** Names of what is passed over and has no table of its own. */
export let shared: usize = 0;
/** What `find` found. */
export let found: usize = 0;

/** What a name stands for that is not compared by its bytes: it has escapes, white space behind it, or is long. Gives the entry, or the table for none. */
@external("env", "memberOf")
declare function memberOf(table: usize, from: usize, to: usize): usize;

/** Forgets all tables. */
export function clear(): void {
  free = TABLES;
  shared = newTable(0);
}

/** A table for so many names beside those that it learns; 0 where there is no room. */
export function newTable(wanted: u32): usize {
  const bits = 33 - clz(wanted + MOST_LEARNED);
  const slots: usize = 1 << bits;
  const table = free;
  if (table + HASHED + slots * 4 > <usize>TABLES_END) return 0;
  free = table + HASHED + slots * 4;
  memory.fill(table, 0, free - table);
  memory.fill(table, 0xff, 32);
  store<u32>(table, table, NEXT);
  store<u32>(table, table, OTHER);
  store<u32>(table, wanted + MOST_LEARNED, LEFT);
  store<u32>(table, 64 - bits, SHIFT);
  store<u32>(table, shared, CHILD);
  return table;
}

function newEntry(table: usize): usize {
  const entry = free;
  const left = load<u32>(table, LEFT);
  if (left == 0 || entry + ENTRY > <usize>TABLES_END) return 0;
  store<u32>(table, left - 1, LEFT);
  free = entry + ENTRY;
  memory.fill(entry, 0, ENTRY);
  memory.fill(entry, 0xff, 32);
  store<u32>(entry, table, NEXT);
  store<u32>(entry, table, OTHER);
  return entry;
}

/**
 * A name that is wanted, or the element of an array, which has none. The literal stands at `from`; of length 0 where `memberOf` has to say it. Gives the entry, or 0 where there
 * is no room.
 */
export function addName(table: usize, from: usize, length: u32, kind: u32, slot: u32, child: u32, size: u32): usize {
  const entry = length == 0 ? newEntry(table) : known(from, length, table);
  if (entry == 0 || entry == table) return 0;
  store<u32>(entry, kind, KIND);
  store<u32>(entry, slot, SLOT);
  store<u32>(entry, child, CHILD);
  store<u32>(entry, size, SIZE);
  return entry;
}

/** The entry of a literal, learned if it is new; the table where that is full. */
function known(at: usize, length: usize, table: usize): usize {
  const isLong = length > 16;
  const lowMask = maskOf(isLong ? 16 : length);
  const highMask = maskOf(isLong ? length - 16 : 0);
  const low = v128.and(v128.load(at), lowMask);
  const high = v128.and(v128.load(at, 16), highMask);
  const shift = <u64>load<u32>(table, SHIFT);
  const last = ((<usize>1) << <usize>(64 - shift)) - 1;
  let slot = <usize>(((hashOf(low, high) + length) * 0x9e3779b97f4a7c15) >> shift);
  let place = table + HASHED + (slot << 2);
  let entry = <usize>load<u32>(place);
  while (entry != 0) {
    const differs = v128.or(v128.xor(low, v128.load(entry)), v128.xor(high, v128.load(entry, 32)));
    if (<usize>load<u32>(entry, LENGTH) == length && isZero(differs)) return entry;
    slot = (slot + 1) & last;
    place = table + HASHED + (slot << 2);
    entry = <usize>load<u32>(place);
  }
  entry = newEntry(table);
  if (entry == 0) return table;
  v128.store(entry, low);
  v128.store(entry, lowMask, 16);
  v128.store(entry, high, 32);
  v128.store(entry, highMask, 48);
  store<u32>(entry, <u32>length, LENGTH);
  store<u32>(place, <u32>entry);
  return entry;
}

/** Whether the bytes are the entry's literal. */
@inline
export function matches(at: usize, entry: usize): bool {
  if (!isZero(v128.and(v128.xor(v128.load(at), v128.load(entry)), v128.load(entry, 16)))) return false;
  if (load<u32>(entry, LENGTH) <= 16) return true;
  return isZero(v128.and(v128.xor(v128.load(at, 16), v128.load(entry, 32)), v128.load(entry, 48)));
}

/** Takes the name at `at`, which is not the one that followed the last time after `last`, into `found`. Gives where its colon ends, or 0. */
export function find(at: usize, last: usize, table: usize): usize {
  const other = <usize>load<u32>(last, OTHER);
  if (matches(at, other)) {
    follow(last, other);
    return at + load<u32>(other, LENGTH);
  }
  if (load<u8>(at) != 0x22) return 0;
  const nameEnd = stringEnd(at + 1);
  if (nameEnd == 0) return 0;
  const colon = spaced(nameEnd);
  if (load<u8>(colon) != 0x3a) return 0;
  const length = nameEnd + 1 - at;
  if (colon == nameEnd && length <= <usize>LONGEST_LITERAL && !hasEscape(at, nameEnd)) {
    const entry = known(at, length, table);
    // In a full table it is a name that nobody wants.
    if (entry == table) found = table;
    else follow(last, entry);
    return colon + 1;
  }
  found = memberOf(table, at, nameEnd);
  return colon + 1;
}

function follow(last: usize, entry: usize): void {
  store<u32>(last, load<u32>(last, NEXT), OTHER);
  store<u32>(last, <u32>entry, NEXT);
  found = entry;
}

function hasEscape(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) if (load<u8>(at) == 0x5c) return true;
  return false;
}

/** The names inside of what the entry's name stands for, where nobody wants them. */
@inline
export function inside(entry: usize): usize {
  const child = <usize>load<u32>(entry, CHILD);
  return child != 0 ? child : learnInside(entry);
}

function learnInside(entry: usize): usize {
  const own = free < <usize>TABLES_HALF ? newTable(0) : shared;
  store<u32>(entry, <u32>own, CHILD);
  return own;
}
