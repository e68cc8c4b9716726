/**
 * Entries of keys as bytes, in memory or in the spill store: each behind the snapshot period in which it changed last and the time at which all of it is over. Which of them changed in the present period is
 * noted by where they are (`packed-store.ts`); of those that left memory meanwhile, by their keys, which go to the store when they get many.
 */
import type { Millis } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import { writeKey } from "./key.ts";
import { type KeyEntry, type Slot, writeEntry } from "./key-entry.ts";
import type { FoundRecord, PackedStore } from "./packed-store.ts";
import { copyOf, SPACE } from "./spill-store.ts";
import { uint32At, ValueReader, ValueWriter } from "./value-bytes.ts";

/** Period and expiry. */
const HEADER_BYTES = 12;
/** Bytes of an entry without anything in it: version, two counts. */
const EMPTY_BYTES = 3;
/** Notes of changes that are kept in memory. */
const NOTES_BYTES = 256 << 10;

/** An entry as a snapshot takes it; views hold until something is written. */
export interface SpilledEntry {
  /** The key's bytes. */
  readonly key: Uint8Array;
  /** Of the key's bytes. */
  readonly hash: number;
  /** Undefined where the key has no state any more. */
  readonly state: Uint8Array | undefined;
}

export class SpilledEntries {
  /** Keys that are here and not in memory. */
  keys = 0;
  private readonly store: PackedStore;
  /** The key that was looked for last, and its bytes: most that is done with an entry is done with that. */
  private looked: readonly Value[] | undefined;
  private lookedKey: Uint8Array = new Uint8Array(0);
  private readonly lookWriter = new ValueWriter();
  private readonly keyWriter = new ValueWriter();
  private readonly recordWriter = new ValueWriter();
  private readonly notes = new ValueWriter();
  private noteBlocks = 0;
  private readonly reader = new ValueReader();

  constructor(store: PackedStore) {
    this.store = store;
    store.onNotedBelow = (key) => {
      const opened = this.notes.open();
      this.notes.raw(key);
      this.notes.close(opened);
    };
  }

  /** Holds until the next call. */
  find(values: readonly Value[]): Uint8Array | undefined {
    return this.store.get(this.storeKey(values));
  }

  /** As `find`, for an entry that is in memory as objects from then on, until it is put or released; the walks below pass it over. */
  take(values: readonly Value[]): Uint8Array | undefined {
    return this.store.take(this.storeKey(values));
  }

  /** An entry that was taken goes as it came. */
  release(values: readonly Value[]): void {
    this.store.release(this.storeKey(values));
  }

  /** As `find`, but for an entry that is in use; `isInUse` says then whether that is why. */
  look(values: readonly Value[]): Uint8Array | undefined {
    this.looked = values;
    this.lookWriter.begin();
    this.lookWriter.byte(SPACE.KEYS);
    writeKey(this.lookWriter, values);
    this.lookedKey = this.lookWriter.peek();
    return this.store.getIdle(this.lookedKey);
  }

  /** Of the key that was looked for. */
  get hash(): number {
    return this.store.hash;
  }

  get isInUse(): boolean {
    return this.store.isInUse;
  }

  /** Writes an entry in place of the record that there is; `hasChanged`: in this period. */
  put(entry: KeyEntry, order: readonly Slot[], expiry: Millis, hasChanged: boolean): void {
    const writer = this.recordWriter;
    writer.begin();
    writer.uint32(entry.changedIn);
    writer.double(expiry);
    writeEntry(writer, entry, order);
    this.store.put(entry.values === this.looked ? this.lookedKey : this.storeKey(entry.values), writer.peek(), hasChanged);
    if (this.notes.length >= NOTES_BYTES) this.storeNotes();
  }

  /** `key`: the key's bytes. */
  remove(key: Uint8Array): void {
    this.keyWriter.begin();
    this.keyWriter.byte(SPACE.KEYS);
    this.keyWriter.raw(key);
    this.store.delete(this.keyWriter.peek());
  }

  batch(work: () => void): void {
    this.store.batch(work);
  }

  get hasChanges(): boolean {
    return this.store.hasNotes || this.noteBlocks > 0 || this.notes.length > 0;
  }

  /** Those that were put as changed in this period. */
  *changes(): Iterable<SpilledEntry> {
    for (const found of this.store.noted()) yield entryOf(found);
    if (this.noteBlocks === 0 && this.notes.length === 0) return;
    // One may have left memory more than once.
    const seen = new Set<string>();
    for (let block = 0; block <= this.noteBlocks; block++) {
      const found = block < this.noteBlocks ? this.store.get(noteKey(block)) : this.notes.peek();
      if (found === undefined) throw new Error("notes of changed keys are not in the spill store");
      const reader = new ValueReader().reset(copyOf(found));
      while (!reader.isAtEnd) {
        const key = reader.raw(reader.uint32());
        const record = this.store.getIdle(key);
        // What was restored anew meanwhile is not here; what came back and changed again was given above.
        if (record === undefined || this.store.isNoted) continue;
        const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
        if (seen.has(name)) continue;
        seen.add(name);
        yield { key: key.subarray(1), hash: this.store.hash, state: isNothing(record) ? undefined : copyOf(stateOf(record)) };
      }
    }
  }

  /** All of them. */
  *all(): Iterable<SpilledEntry> {
    for (const found of this.store.all(SPACE.KEYS)) yield entryOf(found);
  }

  /** The next few, one time round after the other: the keys of those that were over at `now`. Copies. */
  sweep(steps: number, now: Millis): readonly Uint8Array[] {
    return this.store
      .sweep(SPACE.KEYS, steps)
      .filter(({ value }) => !isNothing(value) && this.reader.reset(value, 4).double() <= now)
      .map(({ key }) => key.subarray(1));
  }

  /** A new period begins: nothing is noted. */
  forgetChanges(): void {
    for (let block = 0; block < this.noteBlocks; block++) this.store.delete(noteKey(block));
    this.noteBlocks = 0;
    this.notes.begin();
    this.store.forgetNotes();
  }

  private storeNotes(): void {
    this.store.put(noteKey(this.noteBlocks++), this.notes.peek());
    this.notes.begin();
  }

  private storeKey(values: readonly Value[]): Uint8Array {
    this.keyWriter.begin();
    this.keyWriter.byte(SPACE.KEYS);
    writeKey(this.keyWriter, values);
    return this.keyWriter.peek();
  }
}

export function periodOf(record: Uint8Array): number {
  return uint32At(record, 0);
}

/** The entry's bytes. */
export function stateOf(record: Uint8Array): Uint8Array {
  return record.subarray(HEADER_BYTES);
}

function entryOf({ bytes, start, middle, end, hash }: FoundRecord): SpilledEntry {
  const isGone = end - middle === HEADER_BYTES + EMPTY_BYTES;
  return { key: bytes.subarray(start + 1, middle), hash, state: isGone ? undefined : bytes.subarray(middle + HEADER_BYTES, end) };
}

/** Whether it says that the key has no state any more. */
function isNothing(record: Uint8Array): boolean {
  return record.length === HEADER_BYTES + EMPTY_BYTES;
}

function noteKey(block: number): Uint8Array {
  const key = new Uint8Array(5);
  key[0] = SPACE.CHANGED;
  new DataView(key.buffer).setUint32(1, block);
  return key;
}
