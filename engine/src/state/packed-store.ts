/**
 * Records as bytes in memory, in front of the spill store: what is not in use costs its bytes, and nothing to the collector. Records lie one behind the other in slabs; a table of open addresses finds
 * them by their keys' hashes. One that is written anew or removed leaves a hole; slabs that are half holes are copied together.
 *
 * Beyond the budget the oldest slab goes to the spill store as a whole, in the order of its keys. The table keeps the hashes of those keys, so nobody asks the store for what it does not have.
 *
 * A record is four words (its key's hash, the lengths of key and value, its flags), then key and value, and begins at a multiple of eight. The hash leaves the key's first byte out, which says what kind of record it is: that of a
 * key of state is the one that its group comes of.
 *
 * Which records changed since somebody asked is noted by where they are, so that they are read again in the order in which they lie. One that moves is noted where it goes; so a note counts only while there is a record that says so.
 */
import { copyBytes } from "../codec/byte-text.ts";
import { murmur3 } from "./key.ts";
import { copyOf, SPACE, type Spilled, type SpillStore } from "./spill-store.ts";

const LARGEST_SLAB = 1 << 20;
const SMALLEST_SLAB = 1 << 8;
/** Slabs that the budget has room for. */
const SLABS = 16;
const HEAD_BYTES = 16;
const [KEY_LENGTH, VALUE_LENGTH, FLAGS] = [1, 2, 3];
/** Places of eight bytes in the largest slab. */
const PLACES_BITS = 17;
const PLACE_MASK = (1 << PLACES_BITS) - 1;
/** What the table has where there is nothing, and for a record that is in the spill store alone. A record in memory is one more than the number of its slab and its place there. */
const NOTHING = 0;
const BELOW = -1;
const FIRST_TABLE = 64;
/** Flags. The record does not count any more. */
const DEAD = 1;
/** The spill store has an older one of the key. */
const HAS_OLDER = 2;
/** The key is in use as objects, which are newer: the record stays, and is not shown. */
const IN_USE = 4;
/** It was looked at or written anew since it was moved last: it gets a second chance. */
const USED = 8;
/** It is among the notes, or was where it lay before. */
const NOTED = 16;
/** The most that is done at once to keep the budget. */
const SLABS_AT_ONCE = 4;
const EMPTY_SLABS = 2;
/** What slabs can be numbered for, with some to spare. */
const MOST_BYTES = 15 * 2 ** 30;
const PAGE = 1_024;

/** Where a record is found; it holds until the next one. */
export interface FoundRecord {
  /** Of the key without its first byte. */
  hash: number;
  bytes: Uint8Array;
  /** The key's first byte, the value's first, and the end. */
  start: number;
  middle: number;
  end: number;
}

interface Slab {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  used: number;
  /** Bytes of the records that count. */
  live: number;
}

export class PackedStore implements SpillStore {
  /** Keys of state that are in the spill store alone, and the bytes of their records. */
  keysBelow = 0;
  bytesBelow = 0;
  /** Of the key that `getIdle` was asked for last, whether it was in use, and whether it is among `noted`. */
  hash = 0;
  isInUse = false;
  isNoted = false;
  /** Told of records that were noted and are in the spill store alone from now on. */
  onNotedBelow: (key: Uint8Array) => void = () => undefined;
  /** Records of every kind that are in the spill store alone. */
  private sizeBelow = 0;
  private hasSpilled = false;
  private readonly below: SpillStore;
  private readonly budget: number;
  private readonly slabBytes: number;
  private readonly slabs: Slab[] = [];
  /** Numbers of slabs, the oldest first; the last one is written to. */
  private readonly ages: number[] = [];
  /** Numbers that no slab has any more. */
  private readonly numbers: number[] = [];
  private readonly empty: Slab[] = [];
  private slabMemory = 0;
  private live = 0;
  private refs = new Int32Array(FIRST_TABLE);
  private hashes = new Int32Array(FIRST_TABLE);
  private size = 0;
  /** What the last search found in the store below. */
  private found: Uint8Array = new Uint8Array(0);
  /** What `getIdle` was asked for last, and where the table had it or not, for as long as `version` stays. */
  private asked: Uint8Array | undefined;
  private askedIndex = -1;
  private askedVersion = 0;
  /** Counts what places in the table change with. */
  private version = 0;
  private notes = new Int32Array(FIRST_TABLE);
  private noteCount = 0;
  /** Numbers of slabs that are gone while notes may name them. */
  private readonly retired: number[] = [];
  private readonly lookedAt: FoundRecord = { hash: 0, bytes: this.found, start: 0, middle: 0, end: 0 };
  private sweptTo = 0;
  private sweptBelowTo: Uint8Array | undefined;

  constructor(below: SpillStore, budgetBytes: number) {
    this.below = below;
    this.budget = Math.min(budgetBytes, MOST_BYTES);
    this.slabBytes = Math.min(LARGEST_SLAB, Math.max(SMALLEST_SLAB, 2 ** Math.floor(Math.log2(Math.max(1, budgetBytes) / SLABS))));
  }

  get memoryBytes(): number {
    return this.slabMemory + 8 * this.refs.length + 4 * this.notes.length;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const index = this.search(key, hashOf(key));
    if (index === -1) return undefined;
    const ref = this.refs[index] as number;
    return ref === BELOW ? this.found : this.valueOf(ref);
  }

  /** As `get`, but for what is in use. A `put` of the same bytes that follows needs no search. */
  getIdle(key: Uint8Array): Uint8Array | undefined {
    const hash = hashOf(key);
    const index = this.search(key, hash);
    this.hash = hash;
    this.asked = key;
    this.askedIndex = index;
    this.askedVersion = this.version;
    this.isInUse = this.isNoted = false;
    if (index === -1) return undefined;
    const ref = this.refs[index] as number;
    if (ref === BELOW) return this.found;
    const flags = this.flagsOf(ref);
    this.isInUse = (flags & IN_USE) !== 0;
    if (this.isInUse) return undefined;
    this.isNoted = (flags & NOTED) !== 0;
    this.setFlags(ref, flags | USED);
    return this.valueOf(ref);
  }

  /** As `get`, for an entry that is to be in use as objects until it is put or released. */
  take(key: Uint8Array): Uint8Array | undefined {
    const hash = hashOf(key);
    const index = this.search(key, hash);
    if (index === -1) return undefined;
    const ref = this.refs[index] as number;
    if (ref === BELOW) {
      this.leaveBelow(key);
      this.refs[index] = this.write(hash, key, copyOf(this.found), HAS_OLDER | IN_USE | USED);
    } else this.setFlags(ref, this.flagsOf(ref) | IN_USE | USED);
    return this.valueOf(this.refs[index] as number);
  }

  /** The entry is no longer in use, and is as it was. */
  release(key: Uint8Array): void {
    const index = this.search(key, hashOf(key));
    const ref = index === -1 ? BELOW : (this.refs[index] as number);
    if (ref === BELOW) throw new Error("what was in use is not in memory");
    this.setFlags(ref, this.flagsOf(ref) & ~IN_USE);
  }

  /** With `note`, it is among those that are noted until they are forgotten. */
  put(key: Uint8Array, value: Uint8Array, note = false): void {
    const isKnown = key === this.asked && this.askedVersion === this.version;
    const hash = isKnown ? this.hash : hashOf(key);
    let index = isKnown ? this.askedIndex : this.search(key, hash);
    const noted = note ? NOTED : 0;
    if (index === -1) return this.insert(hash, this.write(hash, key, value, noted));
    // What was found below then may not be what was found last.
    if (isKnown && this.refs[index] === BELOW) index = this.search(key, hash);
    const ref = this.refs[index] as number;
    if (ref === BELOW) {
      this.leaveBelow(key);
      this.refs[index] = this.write(hash, key, value, HAS_OLDER | noted);
      return;
    }
    const before = this.flagsOf(ref);
    const flags = (before & (HAS_OLDER | NOTED)) | USED | noted;
    if (this.overwrite(ref, value)) {
      this.setFlags(ref, flags);
      if ((flags & ~before & NOTED) !== 0) this.note(ref);
      return;
    }
    this.kill(ref);
    // Until then there is nothing in memory.
    this.refs[index] = BELOW;
    this.refs[index] = this.write(hash, key, value, flags);
  }

  delete(key: Uint8Array): void {
    const index = this.search(key, hashOf(key));
    if (index === -1) return;
    const ref = this.refs[index] as number;
    if (ref === BELOW) this.leaveBelow(key);
    if (ref === BELOW || (this.flagsOf(ref) & HAS_OLDER) !== 0) this.below.delete(key);
    if (ref !== BELOW) this.kill(ref);
    this.removeAt(index);
  }

  get hasNotes(): boolean {
    return this.noteCount > 0;
  }

  /** The records that were put with a note, are in memory and not in use; nothing may be written meanwhile. */
  *noted(): Iterable<FoundRecord> {
    for (let i = 0; i < this.noteCount; i++) {
      const ref = this.notes[i] as number;
      if (this.isNote(ref) && (this.flagsOf(ref) & IN_USE) === 0) yield this.foundAt(this.slabOf(ref), byteOf(ref));
    }
  }

  forgetNotes(): void {
    for (let i = 0; i < this.noteCount; i++) {
      const ref = this.notes[i] as number;
      if (this.isNote(ref)) this.setFlags(ref, this.flagsOf(ref) & ~NOTED);
    }
    this.noteCount = 0;
    this.freeRetired();
  }

  /** Not for keys' records, which have an order below only. */
  page(space: number, after: Uint8Array | undefined, limit: number): readonly Spilled[] {
    return this.below.page(space, after, limit);
  }

  batch(work: () => void): void {
    // What is spilled is spilled together anyway; what has an older record below loses it here.
    if (this.hasSpilled) this.below.batch(work);
    else work();
  }

  /** All records whose keys begin with `space` and are not in use. They hold until the next one; nothing may be written meanwhile. */
  *all(space: number): Iterable<FoundRecord> {
    for (const number of this.ages) {
      const slab = this.slabs[number] as Slab;
      for (let at = 0; at < slab.used; at += sizeAt(slab, at)) {
        if (((slab.words[(at >> 2) + FLAGS] as number) & (DEAD | IN_USE)) === 0 && slab.bytes[at + HEAD_BYTES] === space)
          yield this.foundAt(slab, at);
      }
    }
    if (this.sizeBelow === 0) return;
    let last: Uint8Array | undefined;
    do {
      const page = this.below.page(space, last, PAGE);
      for (const { key, value } of page) {
        if (!this.isBelow(key)) continue;
        // Together, as those in memory are.
        const bytes = new Uint8Array(key.length + value.length);
        bytes.set(key);
        bytes.set(value, key.length);
        yield { hash: hashOf(key), bytes, start: 0, middle: key.length, end: bytes.length };
      }
      last = page.length < PAGE ? undefined : page.at(-1)?.key;
    } while (last !== undefined);
  }

  /** The next few records of the space, one time round after the other, but those that are in use; copies. */
  sweep(space: number, steps: number): Spilled[] {
    const swept: Spilled[] = [];
    const { refs } = this;
    for (let left = Math.min(steps, refs.length); left > 0; left--) {
      this.sweptTo = (this.sweptTo + 1) & (refs.length - 1);
      const ref = refs[this.sweptTo] as number;
      if (ref === NOTHING || ref === BELOW || (this.flagsOf(ref) & IN_USE) !== 0) continue;
      const { key, value } = recordAt(this.slabOf(ref), byteOf(ref));
      if (key[0] === space) swept.push({ key: copyOf(key), value: copyOf(value) });
    }
    if (this.sizeBelow === 0) return swept;
    const page = this.below.page(space, this.sweptBelowTo, steps);
    this.sweptBelowTo = page.length < steps ? undefined : page.at(-1)?.key;
    for (const record of page) if (this.isBelow(record.key)) swept.push(record);
    return swept;
  }

  private isBelow(key: Uint8Array): boolean {
    return this.searchInMemory(key, hashOf(key)) === -1;
  }

  /** The record that was found is below alone no longer. */
  private leaveBelow(key: Uint8Array): void {
    this.sizeBelow--;
    this.countBelow(key, -1, -this.found.length);
  }

  private countBelow(key: Uint8Array, records: number, bytes: number): void {
    if (key[0] !== SPACE.KEYS) return;
    this.keysBelow += records;
    this.bytesBelow += bytes;
  }

  /** Where the table has the key; -1: nowhere. */
  private search(key: Uint8Array, hash: number): number {
    const { refs, hashes } = this;
    const mask = refs.length - 1;
    for (let index = hash & mask; ; index = (index + 1) & mask) {
      const ref = refs[index] as number;
      if (ref === NOTHING) return -1;
      if (hashes[index] !== hash) continue;
      if (ref !== BELOW) {
        if (this.hasKey(ref, key)) return index;
        continue;
      }
      // Another one of that hash may be what is below; then the key may still be in memory.
      const inMemory = this.searchInMemory(key, hash);
      if (inMemory !== -1) return inMemory;
      const found = this.below.get(key);
      if (found === undefined) return -1;
      this.found = found;
      return index;
    }
  }

  private searchInMemory(key: Uint8Array, hash: number): number {
    const { refs, hashes } = this;
    const mask = refs.length - 1;
    for (let index = hash & mask; ; index = (index + 1) & mask) {
      const ref = refs[index] as number;
      if (ref === NOTHING) return -1;
      if (ref !== BELOW && hashes[index] === hash && this.hasKey(ref, key)) return index;
    }
  }

  private hasKey(ref: number, key: Uint8Array): boolean {
    const slab = this.slabOf(ref);
    const at = byteOf(ref);
    const { length } = key;
    if (slab.words[(at >> 2) + KEY_LENGTH] !== length) return false;
    const { bytes } = slab;
    for (let i = 0, from = at + HEAD_BYTES; i < length; i++) if (bytes[from + i] !== key[i]) return false;
    return true;
  }

  private insert(hash: number, ref: number): void {
    if (5 * (this.size + 1) > 3 * this.refs.length) this.resize(2 * this.refs.length);
    this.size++;
    this.version++;
    this.place(hash, ref);
  }

  private place(hash: number, ref: number): void {
    const { refs, hashes } = this;
    const mask = refs.length - 1;
    let index = hash & mask;
    while (refs[index] !== NOTHING) index = (index + 1) & mask;
    refs[index] = ref;
    hashes[index] = hash;
  }

  /** Those behind it move up, so that no search ends before them. */
  private removeAt(index: number): void {
    const { refs, hashes } = this;
    const mask = refs.length - 1;
    let hole = index;
    for (let next = (hole + 1) & mask; refs[next] !== NOTHING; next = (next + 1) & mask) {
      const home = (hashes[next] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      refs[hole] = refs[next] as number;
      hashes[hole] = hashes[next] as number;
      hole = next;
    }
    refs[hole] = NOTHING;
    this.size--;
    this.version++;
    if (refs.length > FIRST_TABLE && 16 * this.size < refs.length) this.resize(refs.length >> 1);
  }

  private resize(length: number): void {
    const { refs, hashes } = this;
    this.version++;
    this.refs = new Int32Array(length);
    this.hashes = new Int32Array(length);
    for (let i = 0; i < refs.length; i++) if (refs[i] !== NOTHING) this.place(hashes[i] as number, refs[i] as number);
  }

  /** Puts the record behind the others; what it takes the place of is dead already. Records may move meanwhile, their places in the table do not. */
  private write(hash: number, key: Uint8Array, value: Uint8Array, flags: number): number {
    const size = (HEAD_BYTES + key.length + value.length + 7) & ~7;
    const hasRoom = this.hasRoom(size);
    if (!hasRoom) {
      this.addSlab(size);
      this.relieve();
      // What stays may have filled it.
      if (!this.hasRoom(size)) this.addSlab(size);
    }
    const number = this.ages.at(-1) as number;
    const slab = this.slabs[number] as Slab;
    const at = slab.used;
    const word = at >> 2;
    slab.words[word] = hash;
    slab.words[word + KEY_LENGTH] = key.length;
    slab.words[word + VALUE_LENGTH] = value.length;
    slab.words[word + FLAGS] = flags;
    copyBytes(slab.bytes, at + HEAD_BYTES, key, 0, key.length);
    copyBytes(slab.bytes, at + HEAD_BYTES + key.length, value, 0, value.length);
    slab.used += size;
    slab.live += size;
    this.live += size;
    const ref = 1 + ((number << PLACES_BITS) | (at >> 3));
    if ((flags & NOTED) !== 0) this.note(ref);
    return ref;
  }

  /** Only where the record's size stays what it is. */
  private overwrite(ref: number, value: Uint8Array): boolean {
    const slab = this.slabOf(ref);
    const at = byteOf(ref);
    const begin = at + HEAD_BYTES + (slab.words[(at >> 2) + KEY_LENGTH] as number);
    if (((begin + value.length + 7) & ~7) - at !== sizeAt(slab, at)) return false;
    slab.words[(at >> 2) + VALUE_LENGTH] = value.length;
    copyBytes(slab.bytes, begin, value, 0, value.length);
    return true;
  }

  private hasRoom(size: number): boolean {
    const number = this.ages.at(-1);
    if (number === undefined) return false;
    const slab = this.slabs[number] as Slab;
    return slab.used + size <= slab.bytes.length;
  }

  private addSlab(size: number): void {
    const length = Math.max(size, this.slabBytes);
    const slab = (length === this.slabBytes ? this.empty.pop() : undefined) ?? newSlab(length);
    slab.used = slab.live = 0;
    const number = this.numbers.pop() ?? this.slabs.length;
    this.slabs[number] = slab;
    this.ages.push(number);
    this.slabMemory += length;
  }

  private dropSlab(number: number): void {
    const slab = this.slabs[number] as Slab;
    this.ages.splice(this.ages.indexOf(number), 1);
    (this.noteCount > 0 ? this.retired : this.numbers).push(number);
    this.slabMemory -= slab.bytes.length;
    this.live -= slab.live;
    this.slabs[number] = NO_SLAB;
    if (slab.bytes.length === this.slabBytes && this.empty.length < EMPTY_SLABS) this.empty.push(slab);
  }

  private kill(ref: number): void {
    const slab = this.slabOf(ref);
    const at = byteOf(ref);
    const size = sizeAt(slab, at);
    this.setFlags(ref, DEAD);
    slab.live -= size;
    this.live -= size;
    const number = (ref - 1) >> PLACES_BITS;
    if (slab.live === 0 && number !== this.ages.at(-1)) this.dropSlab(number);
  }

  /** Copies slabs of holes together, and spills the oldest ones, until the budget is kept. */
  private relieve(): void {
    for (let left = Math.min(SLABS_AT_ONCE, this.ages.length - 1); left > 0; left--) {
      const isOver = this.memoryBytes > this.budget;
      const isHollow = this.slabMemory > SLABS * this.slabBytes && 2 * this.live < this.slabMemory;
      if (!isOver && !isHollow) return;
      const worst = this.worstSlab();
      const { live, used } = this.slabs[worst] as Slab;
      if (2 * live <= used) this.moveAll(worst);
      else this.spill(this.ages[0] as number);
    }
  }

  /** That with the most holes, but the one that is written to. */
  private worstSlab(): number {
    let [worst, least] = [this.ages[0] as number, Number.POSITIVE_INFINITY];
    for (let i = 0; i < this.ages.length - 1; i++) {
      const slab = this.slabs[this.ages[i] as number] as Slab;
      const share = slab.live / slab.used;
      if (share >= least) continue;
      least = share;
      worst = this.ages[i] as number;
    }
    return worst;
  }

  private moveAll(number: number): void {
    const { words } = this.slabs[number] as Slab;
    for (const at of this.countingIn(number)) this.move(number, at, words[(at >> 2) + FLAGS] as number);
    this.dropSlab(number);
  }

  private spill(number: number): void {
    const slab = this.slabs[number] as Slab;
    const records: { at: number; flags: number; key: Uint8Array; value: Uint8Array }[] = [];
    for (const at of this.countingIn(number)) {
      const flags = slab.words[(at >> 2) + FLAGS] as number;
      if ((flags & (IN_USE | USED)) !== 0) this.move(number, at, flags & ~USED);
      else records.push({ at, flags, ...recordAt(slab, at) });
    }
    records.sort((a, b) => Buffer.compare(a.key, b.key));
    this.below.batch(() => {
      for (const { key, value } of records) this.below.put(key, value);
    });
    this.hasSpilled = true;
    this.sizeBelow += records.length;
    for (const { at, flags, key, value } of records) {
      this.refs[this.indexOf(number, at)] = BELOW;
      if ((flags & NOTED) !== 0) this.onNotedBelow(key);
      this.countBelow(key, 1, value.length);
    }
    this.dropSlab(number);
  }

  /** Where the records begin that count. */
  private countingIn(number: number): number[] {
    const slab = this.slabs[number] as Slab;
    const places: number[] = [];
    for (let at = 0; at < slab.used; at += sizeAt(slab, at)) if (((slab.words[(at >> 2) + FLAGS] as number) & DEAD) === 0) places.push(at);
    return places;
  }

  private move(number: number, at: number, flags: number): void {
    const slab = this.slabs[number] as Slab;
    const index = this.indexOf(number, at);
    const size = sizeAt(slab, at);
    if (!this.hasRoom(size)) this.addSlab(size);
    const { key, value } = recordAt(slab, at);
    slab.live -= size;
    this.live -= size;
    this.refs[index] = this.write(slab.words[at >> 2] as number, key, value, flags);
  }

  /** Where the table has a record that is in memory. */
  private indexOf(number: number, at: number): number {
    const { refs } = this;
    const ref = 1 + ((number << PLACES_BITS) | (at >> 3));
    const mask = refs.length - 1;
    let index = ((this.slabs[number] as Slab).words[at >> 2] as number) & mask;
    while (refs[index] !== ref) index = (index + 1) & mask;
    return index;
  }

  private foundAt({ bytes, words }: Slab, at: number): FoundRecord {
    const { lookedAt: found } = this;
    const word = at >> 2;
    found.hash = words[word] as number;
    found.bytes = bytes;
    found.start = at + HEAD_BYTES;
    found.middle = found.start + (words[word + KEY_LENGTH] as number);
    found.end = found.middle + (words[word + VALUE_LENGTH] as number);
    return found;
  }

  private note(ref: number): void {
    if (this.noteCount === this.notes.length) this.sortOutNotes();
    this.notes[this.noteCount++] = ref;
  }

  /** Makes room: those that do not count go, and so may what they kept from being used. */
  private sortOutNotes(): void {
    const { notes } = this;
    let kept = 0;
    for (let i = 0; i < this.noteCount; i++) if (this.isNote(notes[i] as number)) notes[kept++] = notes[i] as number;
    this.noteCount = kept;
    this.freeRetired();
    if (2 * kept <= notes.length) return;
    this.notes = new Int32Array(2 * notes.length);
    this.notes.set(notes);
  }

  private freeRetired(): void {
    for (const number of this.retired) this.numbers.push(number);
    this.retired.length = 0;
  }

  /** Whether there is a record that was noted; the slab may be gone. */
  private isNote(ref: number): boolean {
    const slab = this.slabOf(ref);
    const at = byteOf(ref);
    return at < slab.used && ((slab.words[(at >> 2) + FLAGS] as number) & (DEAD | NOTED)) === NOTED;
  }

  private slabOf(ref: number): Slab {
    return this.slabs[(ref - 1) >> PLACES_BITS] as Slab;
  }

  private flagsOf(ref: number): number {
    return this.slabOf(ref).words[(byteOf(ref) >> 2) + FLAGS] as number;
  }

  private setFlags(ref: number, flags: number): void {
    this.slabOf(ref).words[(byteOf(ref) >> 2) + FLAGS] = flags;
  }

  private valueOf(ref: number): Uint8Array {
    const { bytes, words } = this.slabOf(ref);
    const at = byteOf(ref);
    const begin = at + HEAD_BYTES + (words[(at >> 2) + KEY_LENGTH] as number);
    return bytes.subarray(begin, begin + (words[(at >> 2) + VALUE_LENGTH] as number));
  }
}

function hashOf(key: Uint8Array): number {
  return murmur3(key, 0, 1);
}

const NO_SLAB = newSlab(0);

function newSlab(length: number): Slab {
  const buffer = new ArrayBuffer(length);
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer), used: 0, live: 0 };
}

function byteOf(ref: number): number {
  return ((ref - 1) & PLACE_MASK) << 3;
}

function sizeAt({ words }: Slab, at: number): number {
  const word = at >> 2;
  return (HEAD_BYTES + (words[word + KEY_LENGTH] as number) + (words[word + VALUE_LENGTH] as number) + 7) & ~7;
}

function recordAt({ bytes, words }: Slab, at: number): Spilled {
  const begin = at + HEAD_BYTES;
  const middle = begin + (words[(at >> 2) + KEY_LENGTH] as number);
  return { key: bytes.subarray(begin, middle), value: bytes.subarray(middle, middle + (words[(at >> 2) + VALUE_LENGTH] as number)) };
}
