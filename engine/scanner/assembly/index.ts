/**
 * One strict pass over the bytes of a JSON record: `JSON.parse` and UTF-8 are the measure of it. What is wanted is taken into slots (`scanner-ts`), the rest is checked
 * and passed over.
 */
import { ANY, BOOLEAN, FOUND, FOUND_END, INSIDE, LIST, MASKS, MISSING, NULL, NUMBER, ROW, SLOT_SIZE, TEXT, UNWANTED } from "../../src/codec/scanner-layout";
import { CHILD, clear, find, found, KIND, LENGTH, matches, NEXT, shared, SIZE, SLOT } from "./names";
import { valueEnd } from "./skip";
import { spaced, spaceEnd } from "./tokens";
import { boolean, lies, number, other, text } from "./values";

export { addName, clear, newTable } from "./names";
export { learn } from "./values";

/** Up to here slots are taken. */
let used: usize = 0;

/** To be called once, before all else. */
export function begin(): void {
  memory.fill(MASKS, 0xff, 32);
  clear();
}

/** Whether the bytes are a JSON object as wanted; then the slots at `FOUND`, of so many bytes, say what was found. A byte must stand behind the record. */
export function scan(from: usize, end: usize, table: usize, size: usize): bool {
  const behind = load<u8>(end);
  store<u8>(end, 0);
  clearSlots(FOUND, size);
  used = <usize>FOUND + size;
  let at = spaced(from);
  at = load<u8>(at) == 0x7b ? object(at + 1, table, FOUND) : 0;
  if (at != 0 && at != end) at = spaceEnd(at);
  store<u8>(end, behind);
  return at == end;
}

/** An object, from behind its brace. A wanted member that comes twice is left to the long way, so that the rows' texts are known to have it once. */
function object(from: usize, table: usize, slots: usize): usize {
  let at = spaced(from);
  if (load<u8>(at) == 0x7d) return at + 1;
  let entry = table;
  let next = <usize>load<u32>(table, NEXT);
  while (true) {
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
    if (load<u32>(entry, KIND) == UNWANTED) at = valueEnd(at, entry);
    else {
      const slot = slots + load<u32>(entry, SLOT);
      if (load<u32>(slot) != MISSING) return 0;
      at = value(at, entry, slot);
    }
    if (at == 0) return 0;
    let behind = load<u8>(at);
    if (behind <= 0x20) {
      at = spaceEnd(at);
      behind = load<u8>(at);
    }
    at++;
    if (behind == 0x7d) return at;
    if (behind != 0x2c) return 0;
    at = spaced(at);
  }
}

/** A value of a wanted member or an element; `entry` says what it should be. */
function value(at: usize, entry: usize, slot: usize): usize {
  const kind = load<u32>(entry, KIND);
  const byte = load<u8>(at);
  if (kind == TEXT && byte == 0x22) return text(at, slot);
  if (kind == NUMBER && byte <= 0x39 && byte != 0x22) return number(at, slot);
  if (byte == 0x6e && load<u32>(at) == 0x6c6c756e) {
    store<u32>(slot, NULL);
    return at + 4;
  }
  if (kind == ROW) {
    if (byte != 0x7b) return 0;
    const behind = object(at + 1, load<u32>(entry, CHILD), slot + SLOT_SIZE);
    return behind == 0 ? 0 : lies(INSIDE, at, behind, slot);
  }
  if (kind == LIST) return byte == 0x5b ? list(at + 1, load<u32>(entry, CHILD), slot) : 0;
  if (kind == BOOLEAN) {
    const behind = boolean(at, slot);
    if (behind != 0) return behind;
  }
  return other(at, valueEnd(at, kind == ANY ? entry : shared), slot);
}

/** An array, from behind its bracket; `element` is an entry that says what its elements should be. */
function list(from: usize, element: usize, slot: usize): usize {
  const size = <usize>SLOT_SIZE + load<u32>(element, SIZE);
  store<u32>(slot, INSIDE);
  let link = slot + 4;
  let at = spaced(from);
  let isDone = load<u8>(at) == 0x5d;
  if (isDone) at++;
  while (!isDone) {
    const one = used;
    used += size;
    if (used > <usize>FOUND_END) return 0;
    clearSlots(one, size);
    store<u32>(link, <u32>one);
    link = one;
    at = value(at, element, one + SLOT_SIZE);
    if (at == 0) return 0;
    let behind = load<u8>(at);
    if (behind <= 0x20) {
      at = spaceEnd(at);
      behind = load<u8>(at);
    }
    at++;
    isDone = behind == 0x5d;
    if (!isDone) {
      if (behind != 0x2c) return 0;
      at = spaced(at);
    }
  }
  store<u32>(link, 0);
  return at;
}

@inline
function clearSlots(from: usize, size: usize): void {
  for (let at = from; at < from + size; at += SLOT_SIZE) v128.store(at, i8x16.splat(0));
}
