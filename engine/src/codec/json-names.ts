/**
 * Names of members, learned: records of one source have the same members in the same order, so the name that followed the last time is compared with the bytes, four at
 * a time, before anything is looked up. Data only, for generated code reads it in place.
 */
import { textOf, writeText } from "./byte-text.ts";
import { NOT_TAKEN, stringEnd, valueStart } from "./json-bytes.ts";

/** Words of an entry: the literal, its length, the member, the two names that followed. */
export const ENTRY = { WORDS: 16, LENGTH: 10, MEMBER: 11, NEXT: 12, MASK: 14 } as const;
const { WORDS, LENGTH, MEMBER, NEXT, MASK } = ENTRY;
const OTHER = 13;
const LAST_MASK = 15;

/** Bytes of the longest literal, `"name":`. */
const LONGEST = 40;
/** Names that are learned beside the wanted ones. */
const UNWANTED_ENTRIES = 100;
/** Values of so many names have their own names inside; all others share a table. */
const MOST_INSIDE = 16;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The member that nobody wants. */
export const UNWANTED = -1;

/** No entry: the table is full; or the name is written with an escape, so that its bytes do not say whether it is wanted. */
const FULL = 0;
const ESCAPED = -1;

export class Names {
  /**
   * Entries of `ENTRY.WORDS` words. The first is no name and matches nothing: what follows it is what an object begins with, and it stands for names that are not
   * in the table.
   */
  readonly table: Int32Array;
  /** What `find` found: the entry's offset in the table, and the member or `UNWANTED`. */
  entry = 0;
  member = UNWANTED;
  readonly #slots: Int32Array;
  readonly #shift: number;
  readonly #members: ReadonlyMap<string, number>;
  #free = WORDS;
  readonly #inside: Names[] = [];
  #insideCount = 0;

  /** Finds the index of a name among `wanted`. */
  constructor(wanted: readonly string[]) {
    this.table = new Int32Array((1 + wanted.length + UNWANTED_ENTRIES) * WORDS);
    this.table[MEMBER] = UNWANTED;
    const bits = 32 - Math.clz32(2 * (this.table.length / WORDS));
    this.#slots = new Int32Array(1 << bits);
    this.#shift = 32 - bits;
    this.#members = new Map(wanted.map((name, index) => [name, index]));
    for (const [index, name] of wanted.entries()) {
      const literal = new Uint8Array(3 * name.length + 3 + LONGEST);
      literal[0] = 0x22;
      const end = 1 + writeText(literal, name, 1);
      literal[end] = 0x22;
      literal[end + 1] = COLON;
      if (JSON.stringify(name) !== `"${name}"` || end + 2 > LONGEST) continue;
      const entry = this.#known(new DataView(literal.buffer), 0, end + 2);
      this.table[entry + MEMBER] = index;
    }
  }

  /** The name whose quote opens at `at`, which is not the one that followed the last time after the name at `last`. Gives where the member's value begins, or `NOT_TAKEN`. */
  find(view: DataView, bytes: Uint8Array, at: number, end: number, last: number): number {
    const { table } = this;
    const other = table[last + OTHER] as number;
    if (other !== 0 && says(view, at, table, other)) {
      table[last + OTHER] = table[last + NEXT] as number;
      table[last + NEXT] = other;
      this.#found(other);
      return at + (table[other + LENGTH] as number);
    }
    const nameEnd = stringEnd(view, at + 1, end);
    if (nameEnd === NOT_TAKEN) return NOT_TAKEN;
    const start = valueStart(view, nameEnd, end);
    if (start === NOT_TAKEN) return NOT_TAKEN;
    // A longer name, one with escapes, or one with a space behind it is looked up by its text each time.
    if (view.getUint8(nameEnd) === COLON && nameEnd + 1 - at <= LONGEST) {
      const known = this.#known(view, at, nameEnd + 1);
      if (known !== ESCAPED) {
        if (known !== FULL) {
          table[last + OTHER] = table[last + NEXT] as number;
          table[last + NEXT] = known;
        }
        this.#found(known);
        return start;
      }
    }
    this.entry = FULL;
    this.member = this.#members.size === 0 ? UNWANTED : this.#memberOf(bytes, at, nameEnd);
    return start;
  }

  /** The names inside of what the entry's name stands for, where nobody wants it. */
  inside(entry: number): Names {
    return this.#inside[entry] ?? this.#learnInside(entry);
  }

  #learnInside(entry: number): Names {
    const isOwn = entry !== FULL && this.#insideCount < MOST_INSIDE;
    if (isOwn) this.#insideCount++;
    const names = isOwn ? new Names([]) : (this.#inside[FULL] ?? new Names([]));
    this.#inside[FULL] ??= names;
    this.#inside[entry] = names;
    return names;
  }

  #found(entry: number): void {
    this.entry = entry;
    this.member = this.table[entry + MEMBER] as number;
  }

  /** The entry of a literal, learned if it is new. */
  #known(view: DataView, at: number, to: number): number {
    let hash = 0;
    for (let i = at; i < to; i++) {
      const byte = view.getUint8(i);
      if (byte === BACKSLASH) return ESCAPED;
      hash = Math.imul(hash, 31) + byte;
    }
    const length = to - at;
    const slots = this.#slots;
    for (let slot = Math.imul(hash, 0x9e3779b1) >>> this.#shift; ; slot = (slot + 1) & (slots.length - 1)) {
      const entry = slots[slot] as number;
      if (entry === 0) return this.#free < this.table.length ? this.#add(view, at, length, slot) : FULL;
      if (this.table[entry + LENGTH] === length && says(view, at, this.table, entry)) return entry;
    }
  }

  #add(view: DataView, at: number, length: number, slot: number): number {
    const { table } = this;
    const entry = this.#free;
    this.#free += WORDS;
    for (let i = 0; i < length; i += 4) table[entry + (i >> 2)] = view.getInt32(at + i, true) & maskOf(length - i);
    table[entry + MASK] = maskOf(length - 4);
    table[entry + LAST_MASK] = maskOf(((length - 1) & 3) + 1);
    table[entry + LENGTH] = length;
    table[entry + MEMBER] = UNWANTED;
    this.#slots[slot] = entry;
    return entry;
  }

  #memberOf(bytes: Uint8Array, at: number, nameEnd: number): number {
    const text = textOf(bytes, at, nameEnd);
    const name = text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
    return this.#members.get(name) ?? UNWANTED;
  }
}

/** Whether the bytes at `at` are the entry's literal. */
export function startsWith(view: DataView, at: number, table: Int32Array, entry: number): boolean {
  const isHead =
    ((view.getInt32(at, true) ^ (table[entry] as number)) |
      ((view.getInt32((at + 4) | 0, true) ^ (table[(entry + 1) | 0] as number)) & (table[(entry + MASK) | 0] as number))) ===
    0;
  return isHead && ((table[(entry + LENGTH) | 0] as number) <= 8 || says(view, at, table, entry));
}

export function says(view: DataView, at: number, table: Int32Array, entry: number): boolean {
  const last = ((table[(entry + LENGTH) | 0] as number) - 4) | 0;
  let word = entry | 0;
  let i = 0;
  for (; i < last; i = (i + 4) | 0) {
    if (view.getInt32((at + i) | 0, true) !== table[word]) return false;
    word = (word + 1) | 0;
  }
  return (view.getInt32((at + i) | 0, true) & (table[(entry + LAST_MASK) | 0] as number)) === table[word];
}

function maskOf(count: number): number {
  return count >= 4 ? -1 : count <= 0 ? 0 : (1 << (count << 3)) - 1;
}
