/**
 * The entries of a node's keys: in memory up to a budget, the rest in the spill store; which of them changed since the last snapshot; and which are over.
 *
 * An entry that is brought back leaves its copy in the store, so that one that was only read can go again without being written. A changed entry that has to go leaves a mark in the store;
 * marks and stored entries carry the snapshot period in which they changed, so that nothing is written when a period ends.
 */
import type { Millis } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import { type KeyId, keyIdOf, keyOfBytes, writeKey } from "./key.ts";
import {
  COST,
  type Content,
  emptySize,
  expiryOf,
  type Held,
  type HeldList,
  type HeldMap,
  isEmpty,
  KeyEntry,
  readEntry,
  type Slot,
  sizeOfContent,
  sizeOfEntry,
  writeEntry,
} from "./key-entry.ts";
import { behind, copyOf, SPACE, type Spilled, type SpillOptions } from "./spill-store.ts";
import { isOver } from "./state-views.ts";
import { ValueReader, ValueWriter } from "./value-bytes.ts";
import { sizeBy, type ValueSize } from "./value-size.ts";

/** Entries that leave memory, or marks that are read, at once. */
const BATCH = 1_024;
/** Bytes of an entry without anything in it: version, two counts. */
const EMPTY_BYTES = 3;
/** Period and expiry, in front of an entry's bytes in the store. */
const HEADER_BYTES = 12;

/** What a snapshot says of a key; without `state` there is none any more. Views are the taker's to keep. */
export interface ChangedKey {
  readonly key: Uint8Array;
  readonly state: Uint8Array | undefined;
}

export class EntryTable {
  /** About how much memory all entries take. */
  bytes = 0;
  /** Bytes in the spill store, copies of entries in memory included. */
  spilledBytes = 0;
  readonly reader = new ValueReader();
  private readonly entries = new Map<KeyId, KeyEntry>();
  readonly slots: Slot[] = [];
  private readonly now: () => Millis;
  private readonly spill: SpillOptions | undefined;
  /** The slots by name: their places are their numbers in an entry's bytes. Fixed once one was written. */
  private order: readonly Slot[] | undefined;
  private hasExpiry = false;
  /** Lists and rows with texts are views of the bytes they are read from, which must then be their own. */
  private holdsBytes = false;
  /** Counts snapshots. */
  private period = 1;
  private readonly changed = new Set<KeyEntry>();
  private hasSpilledChanges = false;
  /** Keys that are in the store alone. */
  private spilled = 0;
  private coldHand = this.entries.entries();
  private expiryHand = this.entries.entries();
  private spilledHand: Uint8Array = Uint8Array.of(SPACE.KEYS);
  private readonly keyWriter = new ValueWriter();
  private readonly entryWriter = new ValueWriter();

  constructor(now: () => Millis, spill: SpillOptions | undefined) {
    this.now = now;
    this.spill = spill;
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

  get size(): number {
    return this.entries.size + this.spilled;
  }

  get spilledKeys(): number {
    return this.spilled;
  }

  get isChanged(): boolean {
    return this.changed.size > 0 || this.hasSpilledChanges;
  }

  find(values: readonly Value[]): KeyEntry | undefined {
    const id = keyIdOf(values);
    const entry = this.entries.get(id);
    if (entry === undefined) return this.spilled === 0 ? undefined : this.load(id, values);
    entry.isWarm = true;
    return entry;
  }

  create(values: readonly Value[]): KeyEntry {
    const entry = new KeyEntry(values, this.slots.length);
    this.add(keyIdOf(values), entry, emptySize(values, this.slots.length));
    return entry;
  }

  noteChange(entry: KeyEntry): void {
    entry.isStored = false;
    if (entry.changedIn === this.period) return;
    entry.changedIn = this.period;
    this.changed.add(entry);
  }

  grow(entry: KeyEntry, bytes: number): void {
    entry.bytes += bytes;
    this.bytes += bytes;
  }

  /** A key's entry for somebody who looks on: nothing is moved, nothing counts as used. */
  peek(values: readonly Value[]): KeyEntry | undefined {
    const known = this.entries.get(keyIdOf(values));
    const source = known === undefined ? this.stored(values) : this.encode(known);
    if (source === undefined) return undefined;
    const entry = new KeyEntry(values, this.slots.length);
    readEntry(this.reader.reset(copyOf(source), HEADER_BYTES), entry, this.numbered, this.now());
    return isEmpty(entry) ? undefined : entry;
  }

  /** Moves entries that were not used lately to the store, a batch of them at most; never `current`, nor what has no key. */
  evict(current: KeyEntry | undefined): void {
    const { spill } = this;
    if (spill === undefined) return;
    const target = spill.budgetBytes - spill.budgetBytes / 16;
    let steps = Math.min(2 * this.entries.size, 4 * BATCH);
    let left = BATCH;
    spill.store.batch(() => {
      for (; steps > 0 && left > 0 && this.bytes > target; steps--) {
        const next = this.coldHand.next();
        if (next.done) {
          this.coldHand = this.entries.entries();
          continue;
        }
        const [id, entry] = next.value;
        if (entry === current || entry.values.length === 0) continue;
        if (entry.isWarm) {
          entry.isWarm = false;
          continue;
        }
        this.moveOut(id, entry, spill);
        left--;
      }
    });
    if (this.hasExpiry) this.sweepSpilled(2 * BATCH);
  }

  /** Takes an entry from a snapshot in place of what was known of its key; `order` as in `readEntry`. */
  restore(values: readonly Value[], state: Uint8Array | undefined, order: readonly (Slot | undefined)[]): void {
    const id = keyIdOf(values);
    const storedBytes = this.forget(id, values, state === undefined);
    if (state === undefined) return;
    const entry = new KeyEntry(values, this.slots.length);
    readEntry(this.reader.reset(this.holdsBytes ? copyOf(state) : state), entry, order, this.now());
    entry.storedBytes = storedBytes;
    entry.isSaved = true;
    // What comes from a snapshot is as likely to be cold.
    entry.isWarm = false;
    this.add(id, entry, sizeOfEntry(entry, this.slots));
  }

  /** What changed since the last time; with `all`, everything that is there. Once all of it was taken, a new period begins. */
  *snapshot(all: boolean, current: KeyEntry | undefined): Iterable<ChangedKey> {
    for (const entry of all ? this.entries.values() : this.changed) {
      if (isEmpty(entry)) {
        if (!all && entry.isSaved) yield { key: this.keyOf(entry.values), state: undefined };
        continue;
      }
      this.entryWriter.begin();
      writeEntry(this.entryWriter, entry, this.numbered);
      const state = this.entryWriter.take();
      yield { key: this.keyOf(entry.values), state };
    }
    if (all ? this.spilled > 0 : this.hasSpilledChanges) yield* this.snapshotSpilled(all);
    this.endPeriod(current);
  }

  /** Looks at a few entries and removes what is over, so that nobody has to come by for it. */
  sweep(steps: number, current: KeyEntry | undefined): void {
    if (!this.hasExpiry) return;
    const now = this.now();
    for (let i = 0; i < steps; i++) {
      const next = this.expiryHand.next();
      if (next.done) {
        this.expiryHand = this.entries.entries();
        return;
      }
      const [id, entry] = next.value;
      if (this.expire(entry, now) && entry !== current && this.isUnknown(entry)) this.drop(id, entry);
    }
  }

  /** The same for the store: what is over there is written as empty, and goes with the next snapshot. */
  sweepSpilled(steps: number): void {
    const { spill } = this;
    if (spill === undefined || this.spilled === 0 || !this.hasExpiry) return;
    const now = this.now();
    const page = spill.store.page(this.spilledHand, Uint8Array.of(SPACE.KEYS + 1), steps);
    const last = page.at(-1);
    this.spilledHand = last === undefined || page.length < steps ? Uint8Array.of(SPACE.KEYS) : behind(last.key);
    const over = page.filter(({ value }) => this.reader.reset(value, 4).double() <= now && value.length > HEADER_BYTES + EMPTY_BYTES);
    if (over.length === 0) return;
    spill.store.batch(() => {
      for (const { key, value } of over) {
        const values = keyOfBytes(key, 1);
        if (this.entries.has(keyIdOf(values))) continue;
        const empty = this.encode(new KeyEntry(values, this.slots.length), this.period);
        spill.store.put(key, empty);
        this.spilledBytes += empty.length - value.length;
        this.mark(key);
      }
    });
  }

  private add(id: KeyId, entry: KeyEntry, bytes: number): void {
    this.entries.set(id, entry);
    this.grow(entry, bytes);
  }

  private drop(id: KeyId, entry: KeyEntry): void {
    this.entries.delete(id);
    this.changed.delete(entry);
    this.bytes -= entry.bytes;
  }

  /** Nobody needs to be told that it is gone. */
  private isUnknown(entry: KeyEntry): boolean {
    return !entry.isSaved && entry.storedBytes === 0 && isEmpty(entry);
  }

  private load(id: KeyId, values: readonly Value[]): KeyEntry | undefined {
    const stored = this.stored(values);
    if (stored === undefined) return undefined;
    const entry = new KeyEntry(values, this.slots.length);
    const record = this.holdsBytes ? copyOf(stored) : stored;
    const period = this.reader.reset(record).uint32();
    readEntry(this.reader.reset(record, HEADER_BYTES), entry, this.numbered, this.now());
    entry.storedBytes = record.length;
    entry.isStored = true;
    entry.isSaved = true;
    this.spilled--;
    this.add(id, entry, sizeOfEntry(entry, this.slots));
    entry.changedIn = period;
    if (period === this.period) this.changed.add(entry);
    return entry;
  }

  private moveOut(id: KeyId, entry: KeyEntry, { store }: SpillOptions): void {
    if (this.isUnknown(entry)) return this.drop(id, entry);
    const key = this.storeKey(SPACE.KEYS, entry.values);
    if (!entry.isStored) {
      const record = this.encode(entry);
      store.put(key, record);
      this.spilledBytes += record.length - entry.storedBytes;
    }
    if (entry.changedIn === this.period) this.mark(key);
    this.spilled++;
    this.drop(id, entry);
  }

  private mark(key: Uint8Array): void {
    const mark = copyOf(key);
    mark[0] = SPACE.CHANGED;
    this.spill?.store.put(mark, MARK);
    this.hasSpilledChanges = true;
  }

  /** An entry as it stands in the store. */
  private encode(entry: KeyEntry, period = entry.changedIn): Uint8Array {
    const writer = this.entryWriter;
    writer.begin();
    writer.uint32(period);
    writer.double(this.hasExpiry ? expiryOf(entry, this.slots) : Number.POSITIVE_INFINITY);
    writeEntry(writer, entry, this.numbered);
    return writer.peek();
  }

  private stored(values: readonly Value[]): Uint8Array | undefined {
    return this.spilled === 0 ? undefined : this.spill?.store.get(this.storeKey(SPACE.KEYS, values));
  }

  /** Removes what is known of a key in memory; returns how many bytes its copy in the store has, or removes that, too. */
  private forget(id: KeyId, values: readonly Value[], fromStore: boolean): number {
    const entry = this.entries.get(id);
    let storedBytes = entry?.storedBytes ?? 0;
    if (entry !== undefined) this.drop(id, entry);
    else {
      storedBytes = this.stored(values)?.length ?? 0;
      if (storedBytes > 0) this.spilled--;
    }
    if (!fromStore || storedBytes === 0) return storedBytes;
    this.spill?.store.delete(this.storeKey(SPACE.KEYS, values));
    this.spilledBytes -= storedBytes;
    return 0;
  }

  private *snapshotSpilled(all: boolean): Iterable<ChangedKey> {
    for (const { key, value } of this.pages(all ? SPACE.KEYS : SPACE.CHANGED)) {
      const values = keyOfBytes(key, 1);
      if (this.entries.has(keyIdOf(values))) continue;
      const found = all ? value : this.stored(values);
      if (found === undefined) throw new Error("a key that was marked as changed is not in the spill store");
      const record = all ? found : copyOf(found);
      const isGone = record.length === HEADER_BYTES + EMPTY_BYTES;
      if (!isGone) yield { key: key.subarray(1), state: record.subarray(HEADER_BYTES) };
      else if (!all) yield { key: key.subarray(1), state: undefined };
    }
  }

  private *pages(space: number): Iterable<Spilled> {
    const end = Uint8Array.of(space + 1);
    let from: Uint8Array = Uint8Array.of(space);
    for (;;) {
      const page = this.spill?.store.page(from, end, BATCH) ?? [];
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < BATCH) return;
      from = behind(last.key);
    }
  }

  /** What was empty is forgotten; what was marked is so no more. */
  private endPeriod(current: KeyEntry | undefined): void {
    const gone: KeyEntry[] = [];
    for (const entry of this.changed) {
      entry.isSaved = !isEmpty(entry);
      if (!entry.isSaved && entry !== current) gone.push(entry);
    }
    this.period++;
    this.changed.clear();
    if (this.hasSpilledChanges || gone.some((entry) => entry.storedBytes > 0)) this.spill?.store.batch(() => this.forgetSpilled(gone));
    for (const entry of gone) this.drop(keyIdOf(entry.values), entry);
    this.hasSpilledChanges = false;
  }

  private forgetSpilled(gone: readonly KeyEntry[]): void {
    const { store } = this.spill as SpillOptions;
    for (const entry of gone) {
      if (entry.storedBytes === 0) continue;
      store.delete(this.storeKey(SPACE.KEYS, entry.values));
      this.spilledBytes -= entry.storedBytes;
    }
    if (!this.hasSpilledChanges) return;
    for (const { key: mark } of this.pages(SPACE.CHANGED)) {
      const values = keyOfBytes(mark, 1);
      const record = this.entries.has(keyIdOf(values)) ? undefined : this.stored(values);
      if (record?.length === HEADER_BYTES + EMPTY_BYTES) {
        this.spilledBytes -= record.length;
        this.spilled--;
        store.delete(this.storeKey(SPACE.KEYS, values));
      }
      store.delete(mark);
    }
  }

  private keyOf(values: readonly Value[]): Uint8Array {
    this.keyWriter.begin();
    writeKey(this.keyWriter, values);
    return this.keyWriter.take();
  }

  /** Holds until the next one is made. */
  private storeKey(space: number, values: readonly Value[]): Uint8Array {
    this.keyWriter.begin();
    this.keyWriter.byte(space);
    writeKey(this.keyWriter, values);
    return this.keyWriter.peek();
  }

  /** Removes what is over; true if anything was. */
  private expire(entry: KeyEntry, now: Millis): boolean {
    let removed = false;
    for (const slot of this.slots) {
      const content = entry.slots[slot.index];
      if (content === undefined || !isAnyOver(content, slot, now)) continue;
      removed = true;
      this.noteChange(entry);
      this.grow(entry, -removeOver(content, slot, now));
      if (!isNothing(content, slot)) continue;
      entry.slots[slot.index] = undefined;
      this.grow(entry, -COST_OF_NOTHING[slot.kind]);
    }
    return removed;
  }
}

const MARK = new Uint8Array(0);
const COST_OF_NOTHING = { value: 0, map: COST.MAP, list: COST.LIST } as const;

/** Whether anything is over: it stands in front. */
function isAnyOver(content: NonNullable<Content>, slot: Slot, now: Millis): boolean {
  if (slot.ttlMs === undefined) return false;
  const first =
    slot.kind === "list" ? (content as HeldList).at?.[0] : slot.kind === "map" ? firstOf(content as HeldMap)?.at : (content as Held).at;
  return first !== undefined && isOver(first, slot, now);
}

/** Removes it, and returns how many bytes that frees. A value is left for the caller to remove. */
function removeOver(content: NonNullable<Content>, slot: Slot, now: Millis): number {
  const first = slot.sizes[0] as ValueSize;
  if (slot.kind === "value") return sizeOfContent(content, slot);
  let freed = 0;
  if (slot.kind === "map") {
    const map = content as HeldMap;
    for (const [id, item] of map) {
      if (!isOver(item.at, slot, now)) break;
      map.delete(id);
      freed += COST.MAP_ITEM + sizeBy(first, item.key) + item.size;
    }
    return freed;
  }
  const { at = [], values } = content as HeldList;
  const live = at.findIndex((time) => !isOver(time, slot, now));
  const over = live === -1 ? values.length : live;
  at.splice(0, over);
  for (const value of values.splice(0, over)) freed += COST.WORD + sizeBy(first, value);
  return freed;
}

function isNothing(content: NonNullable<Content>, { kind }: Slot): boolean {
  if (kind === "value") return true;
  return kind === "map" ? (content as HeldMap).size === 0 : (content as HeldList).values.length === 0;
}

function firstOf(map: HeldMap): Held | undefined {
  return map.values().next().value;
}
