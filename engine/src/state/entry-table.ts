/**
 * The entries of a node's keys: in memory up to a budget, the rest in the spill store; which of them changed since the last snapshot; and which are over.
 *
 * An entry that is brought back leaves its copy in the store, so that one that was only read can go again without being written.
 */
import type { Millis } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import { pooledCopy } from "./byte-pool.ts";
import { expiryOf, isAnyOver, removeOver } from "./expiry.ts";
import { type KeyId, keyIdOf, keyOfBytes, writeKey } from "./key.ts";
import { emptySize, isEmpty, KeyEntry, readEntry, type Slot, sizeOfEntry, writeEntry } from "./key-entry.ts";
import type { KeySnapshot } from "./keyed-state.ts";
import type { PackedStore } from "./packed-store.ts";
import { RecentKeys } from "./recent-keys.ts";
import { copyOf } from "./spill-store.ts";
import { periodOf, SpilledEntries, stateOf } from "./spilled-entries.ts";
import { ValueReader, ValueWriter } from "./value-bytes.ts";

/** Entries that leave memory at once. */
const BATCH = 1_024;
/** Entries that are looked at in search of cold ones. */
const MOST_STEPS = 8_192;
/** Keys that are remembered to tell which come often. */
const LATEST = 4_096;

export class EntryTable {
  /** About how much memory all entries take. */
  bytes = 0;
  readonly slots: Slot[] = [];
  readonly reader = new ValueReader();
  private readonly spilled: SpilledEntries | undefined;
  private readonly entries = new Map<KeyId, KeyEntry>();
  private readonly recent = new RecentKeys();
  /** Hashes of keys that were found as bytes lately. */
  private readonly latest = new Int32Array(LATEST);
  private looks = 0;
  /** The entry that passed last. */
  private closed: KeyEntry | undefined;
  /** Entries in use of which there are no bytes. */
  private withoutRecord = 0;
  private readonly now: () => Millis;
  /** The slots by name: their places are their numbers in an entry's bytes. Fixed once one was written. */
  private order: readonly Slot[] | undefined;
  private hasExpiry = false;
  /** Lists and rows with texts are views of the bytes they are read from, which must then be their own. */
  private holdsBytes = false;
  /** Counts snapshots. */
  private period = 1;
  private readonly changed: KeyEntry[] = [];
  /**
   * All entries in memory, for the hands that go round. An iterator of the map in their place would keep everything alive that was in the map since the iterator was used last.
   */
  private readonly ring: KeyEntry[] = [];
  private coldHand = 0;
  private expiryHand = 0;
  private readonly keyWriter = new ValueWriter();
  private readonly entryWriter = new ValueWriter();

  constructor(now: () => Millis, store: PackedStore | undefined) {
    this.now = now;
    this.spilled = store && new SpilledEntries(store);
  }

  addSlot(slot: Slot): void {
    if (this.order !== undefined || this.entries.size > 0)
      throw new Error(`state ${JSON.stringify(slot.name)} is declared after state was kept; declare it when the operator is created`);
    this.slots.push(slot);
    this.hasExpiry ||= slot.ttlMs !== undefined;
    this.holdsBytes ||= slot.kind === "list" || slot.holdsText;
  }

  /** The slots in the order of their numbers. */
  get numbered(): readonly Slot[] {
    this.order ??= [...this.slots].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.order;
  }

  /** Keys that hold anything, or whose end no snapshot told yet. */
  get size(): number {
    return this.entries.size + this.spilledKeys;
  }

  /** Keys in memory as objects. */
  get inMemory(): number {
    return this.ring.length;
  }

  /** Those in memory. */
  get keys(): readonly (readonly Value[])[] {
    return this.ring.filter((entry) => !isEmpty(entry)).map(({ values }) => values);
  }

  /** Those that are in memory as objects no longer. */
  get spilledKeys(): number {
    return this.spilled?.keys ?? 0;
  }

  get isChanged(): boolean {
    return this.changed.length > 0 || this.spilled?.hasChanges === true;
  }

  find(values: readonly Value[]): KeyEntry | undefined {
    const isSeveral = values.length > 1;
    const known = isSeveral ? this.recent.find(values) : this.entries.get(keyIdOf(values));
    if (known !== undefined) {
      known.isWarm = true;
      return known;
    }
    const { spilled } = this;
    const record = spilled === undefined || spilled.keys === 0 || values.length === 0 ? undefined : spilled.look(values);
    if (record !== undefined) return this.open(values, record, spilled as SpilledEntries);
    return isSeveral && this.entries.size > 0 && this.mayBeKnown() ? this.findKnown(values) : undefined;
  }

  /** A key's first entry. It is closed once another key is selected, or stays where there is no room for bytes. */
  create(values: readonly Value[]): KeyEntry {
    if (this.spilled !== undefined && values.length > 0) return this.passing(values);
    const entry = new KeyEntry(values, this.slots.length);
    this.add(keyIdOf(values), entry, emptySize(values, this.slots.length));
    return entry;
  }

  /** An entry that passes becomes bytes again, and must not be used any more. */
  close(entry: KeyEntry): void {
    this.bytes -= entry.bytes;
    this.closed = entry;
    if (entry.isStored || this.isUnknown(entry)) return;
    const spilled = this.spilled as SpilledEntries;
    this.write(entry, spilled);
    if (entry.storedBytes === 0) spilled.keys++;
  }

  noteChange(entry: KeyEntry): void {
    entry.isStored = false;
    if (entry.changedIn === this.period) return;
    entry.changedIn = this.period;
    if (!entry.isPassing) entry.changedAt = this.changed.push(entry) - 1;
  }

  grow(entry: KeyEntry, bytes: number): void {
    entry.bytes += bytes;
    this.bytes += bytes;
  }

  /** A copy of a key's entry for somebody who looks on: nothing is moved, nothing counts as used. */
  peek(values: readonly Value[]): KeyEntry | undefined {
    const known = this.entries.get(keyIdOf(values));
    const record = known === undefined ? this.spilled?.find(values) : undefined;
    const state = known === undefined ? record && stateOf(record) : this.bytesOf(known);
    if (state === undefined) return undefined;
    const entry = new KeyEntry(values, this.slots.length);
    readEntry(this.reader.reset(copyOf(state)), entry, this.numbered, this.now());
    return isEmpty(entry) ? undefined : entry;
  }

  /** A key's entry to look at, without it being moved or counted as used: what is spilled is a copy. */
  copyOf(values: readonly Value[]): KeyEntry | undefined {
    const known = this.entries.get(keyIdOf(values));
    if (known !== undefined || this.spilled === undefined || this.spilled.keys === 0) return known;
    return this.peek(values);
  }

  /** Moves entries that were not used lately to the store until those in memory take no more than `target`, a batch of them at most; never `current`, nor what has no key. */
  evict(target: number, current: KeyEntry | undefined): void {
    const { spilled } = this;
    if (spilled === undefined) return;
    const cold = this.coldEntries(this.bytes - target, current);
    if (cold.length === 0) return;
    spilled.batch(() => {
      for (const entry of cold) this.moveOut(entry, spilled);
    });
    this.sweepSpilled(2 * BATCH);
  }

  /** Takes an entry from a snapshot in place of what was known of its key; `order` as in `readEntry`. */
  restore(values: readonly Value[], state: Uint8Array | undefined, order: readonly (Slot | undefined)[]): void {
    const id = keyIdOf(values);
    const older = this.entries.get(id);
    let storedBytes = older?.storedBytes ?? 0;
    if (older !== undefined) this.drop(older);
    else if (this.spilled !== undefined && this.spilled.keys > 0) {
      storedBytes = this.spilled.take(values)?.length ?? 0;
      if (storedBytes > 0) this.spilled.keys--;
    }
    if (state === undefined) {
      if (storedBytes > 0) this.spilled?.remove(this.keyOf(values));
      return;
    }
    const entry = new KeyEntry(values, this.slots.length);
    readEntry(this.reader.reset(this.holdsBytes ? pooledCopy(state) : state), entry, order, this.now());
    entry.storedBytes = storedBytes;
    entry.isSaved = true;
    // What comes from a snapshot is as likely to be cold.
    entry.isWarm = false;
    this.add(id, entry, sizeOfEntry(entry, this.slots));
  }

  /** What changed since the last time; with `all`, everything that is there. Views hold until the state changes. Once all of it was taken, a new period begins, and `end` is called. */
  *snapshot(all: boolean, groupOf: (key: Uint8Array, hash?: number) => number, end: () => void): Iterable<KeySnapshot> {
    for (const entry of all ? this.entries.values() : this.changed) {
      const isGone = isEmpty(entry);
      if (isGone && (all || !entry.isSaved)) continue;
      const key = this.keyOf(entry.values);
      yield { key, group: groupOf(key), state: isGone ? undefined : this.taken(this.bytesOf(entry)) };
    }
    const nothing: Uint8Array[] = [];
    for (const { key, hash, state } of (all ? this.spilled?.all() : this.spilled?.changes()) ?? []) {
      if (state === undefined) nothing.push(this.taken(key));
      if (state !== undefined || !all) yield { key, group: groupOf(key, hash), state };
    }
    this.endPeriod(nothing);
    end();
  }

  /** Looks at a few entries and removes what is over, so that nobody has to come by for it. */
  sweep(steps: number, current: KeyEntry | undefined): void {
    if (!this.hasExpiry) return;
    const now = this.now();
    for (let i = Math.min(steps, this.ring.length); i > 0; i--) {
      this.expiryHand = this.expiryHand >= this.ring.length ? 0 : this.expiryHand;
      const entry = this.ring[this.expiryHand] as KeyEntry;
      // Another takes the place of one that goes.
      if (this.expire(entry, now) && entry !== current && this.isUnknown(entry)) this.drop(entry);
      else this.expiryHand++;
      if (this.ring.length === 0) return;
    }
  }

  /** The same for the store: what is over there is written as nothing, and goes with the next snapshot. */
  sweepSpilled(steps: number): void {
    const { spilled } = this;
    if (spilled === undefined || spilled.keys === 0 || !this.hasExpiry) return;
    const over = spilled.sweep(steps, this.now());
    if (over.length === 0) return;
    spilled.batch(() => {
      for (const key of over) {
        const values = keyOfBytes(key);
        const nothing = new KeyEntry(values, this.slots.length);
        nothing.changedIn = this.period;
        spilled.put(nothing, this.numbered, Number.POSITIVE_INFINITY, true);
      }
    });
  }

  /** The clock's hand goes round: who was used since it came by last stays. */
  private coldEntries(bytes: number, current: KeyEntry | undefined): KeyEntry[] {
    const cold: KeyEntry[] = [];
    let left = bytes;
    for (let steps = Math.min(2 * this.ring.length, MOST_STEPS); steps > 0 && left > 0 && cold.length < BATCH; steps--) {
      this.coldHand = this.coldHand >= this.ring.length ? 0 : this.coldHand;
      const entry = this.ring[this.coldHand++] as KeyEntry;
      if (entry === current || entry.values.length === 0) continue;
      if (entry.isWarm) {
        entry.isWarm = false;
        continue;
      }
      // Not once more, should the hand come round.
      entry.isWarm = true;
      left -= entry.bytes;
      cold.push(entry);
    }
    return cold;
  }

  /** It passes, unless the key comes often. */
  private open(values: readonly Value[], found: Uint8Array, spilled: SpilledEntries): KeyEntry {
    const isOften = this.comesOften(spilled.hash);
    const entry = isOften ? new KeyEntry(values, this.slots.length) : this.passing(values);
    const record = this.holdsBytes ? pooledCopy(found) : found;
    entry.storedBytes = record.length;
    entry.isStored = true;
    entry.isSaved = true;
    entry.changedIn = periodOf(record);
    readEntry(this.reader.reset(stateOf(record)), entry, this.numbered, this.now());
    if (!isOften) return entry;
    spilled.take(values);
    if (entry.changedIn === this.period) entry.changedAt = this.changed.push(entry) - 1;
    spilled.keys--;
    this.add(keyIdOf(values), entry, sizeOfEntry(entry, this.slots));
    return entry;
  }

  /** An entry that passes: there is one at a time, so the one that was closed will do. */
  private passing(values: readonly Value[]): KeyEntry {
    const entry = this.closed ?? new KeyEntry(values, this.slots.length);
    if (this.closed !== undefined) entry.reset(values);
    this.closed = undefined;
    entry.isPassing = true;
    return entry;
  }

  /** Whether a key of that hash was here a few thousand keys ago. Each fourth one takes the place of another, so that two that come often do not keep each other out. */
  private comesOften(hash: number): boolean {
    const place = hash & (LATEST - 1);
    if (this.latest[place] === hash) return true;
    if ((++this.looks & 3) === 0) this.latest[place] = hash;
    return false;
  }

  /** What has no idle record may be in use all the same: with a record that says so, or without any. */
  private mayBeKnown(): boolean {
    return this.withoutRecord > 0 || this.spilled === undefined || this.spilled.keys === 0 || this.spilled.isInUse;
  }

  private findKnown(values: readonly Value[]): KeyEntry | undefined {
    const entry = this.entries.get(keyIdOf(values));
    if (entry === undefined) return undefined;
    this.recent.add(entry);
    entry.isWarm = true;
    return entry;
  }

  private moveOut(entry: KeyEntry, spilled: SpilledEntries): void {
    if (this.isUnknown(entry)) return this.drop(entry);
    if (entry.isStored) spilled.release(entry.values);
    else this.write(entry, spilled);
    spilled.keys++;
    this.drop(entry);
  }

  private write(entry: KeyEntry, spilled: SpilledEntries): void {
    const expiry = this.hasExpiry ? expiryOf(entry, this.slots) : Number.POSITIVE_INFINITY;
    spilled.put(entry, this.numbered, expiry, entry.changedIn === this.period);
  }

  private add(id: KeyId, entry: KeyEntry, bytes: number): void {
    this.entries.set(id, entry);
    if (entry.storedBytes === 0 && entry.values.length > 0) this.withoutRecord++;
    entry.place = this.ring.push(entry) - 1;
    this.grow(entry, bytes);
  }

  private drop(entry: KeyEntry): void {
    this.entries.delete(keyIdOf(entry.values));
    if (entry.storedBytes === 0 && entry.values.length > 0) this.withoutRecord--;
    if (entry.values.length > 1) this.recent.forget(entry);
    if (entry.changedIn === this.period) this.forgetChange(entry);
    this.bytes -= entry.bytes;
    const last = this.ring.pop() as KeyEntry;
    if (last === entry) return;
    last.place = entry.place;
    this.ring[entry.place] = last;
  }

  private forgetChange(entry: KeyEntry): void {
    const last = this.changed.pop() as KeyEntry;
    if (last === entry) return;
    last.changedAt = entry.changedAt;
    this.changed[entry.changedAt] = last;
  }

  /** Nobody needs to be told that it is gone. */
  private isUnknown(entry: KeyEntry): boolean {
    return !entry.isSaved && entry.storedBytes === 0 && isEmpty(entry);
  }

  /** What is empty is forgotten, in memory and in the store, where `nothing` is that is not in memory. */
  private endPeriod(nothing: Uint8Array[]): void {
    const { spilled } = this;
    if (spilled) spilled.keys -= nothing.length;
    // None of them counts as changed any more when it is dropped.
    this.period++;
    for (const entry of this.changed) {
      entry.isSaved = !isEmpty(entry);
      if (entry.isSaved) continue;
      if (entry.storedBytes > 0) nothing.push(this.keyOf(entry.values));
      this.drop(entry);
    }
    this.changed.length = 0;
    if (spilled === undefined) return;
    // A batch holds in memory what it changes.
    for (let begin = 0; begin < nothing.length; begin += BATCH)
      spilled.batch(() => {
        for (const key of nothing.slice(begin, begin + BATCH)) spilled.remove(key);
      });
    spilled.forgetChanges();
  }

  /** Removes what is over; true if anything was. */
  private expire(entry: KeyEntry, now: Millis): boolean {
    let removed = false;
    for (const slot of this.slots) {
      const content = entry.slots[slot.index];
      if (content === undefined || !isAnyOver(content, slot, now)) continue;
      removed = true;
      this.noteChange(entry);
      this.grow(entry, -removeOver(entry, slot, now));
    }
    return removed;
  }

  /** Holds until the next call. */
  private bytesOf(entry: KeyEntry): Uint8Array {
    this.entryWriter.begin();
    writeEntry(this.entryWriter, entry, this.numbered);
    return this.entryWriter.peek();
  }

  /** A copy behind the others: one buffer of its own for each would cost more than most entries. */
  private taken(bytes: Uint8Array): Uint8Array {
    this.keyWriter.begin();
    this.keyWriter.raw(bytes);
    return this.keyWriter.take();
  }

  private keyOf(values: readonly Value[]): Uint8Array {
    this.keyWriter.begin();
    writeKey(this.keyWriter, values);
    return this.keyWriter.take();
  }
}
