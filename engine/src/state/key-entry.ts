/**
 * What is held for one key, in memory and as bytes. The bytes are what is spilled and what a snapshot holds:
 *
 * | part | content |
 * | --- | --- |
 * | version | one byte |
 * | event timers, processing timers | count, then each time |
 * | each state that holds anything | twice its number among the names in order, plus one where times of access are kept; length (four bytes); content |
 *
 * A value is [time] value, a list [time] value for each element, a map key [time] value for each entry.
 */
import type { Millis, StateOptions } from "../node/operator.ts";
import type { DataType, Value } from "../schema/index.ts";
import { idOf, type KeyId } from "./key.ts";
import { mayHoldText, type ReadValue, textOwner, valueReader, valueWriter, type WriteValue, withoutTexts } from "./state-value.ts";
import type { ValueReader, ValueWriter } from "./value-bytes.ts";
import { sizeBy, type ValueSize, valueSize } from "./value-size.ts";

export const STATE_VERSION = 1;

export type StateKind = "value" | "map" | "list";

/** One declared state of a node, with all that its types say. */
export interface Slot {
  readonly name: string;
  readonly index: number;
  readonly kind: StateKind;
  readonly types: readonly DataType[];
  readonly options: StateOptions;
  readonly ttlMs: number | undefined;
  readonly holdsText: boolean;
  /** Gives values texts of their own; undefined where they hold none. */
  readonly ownTexts: ((value: Value) => Value) | undefined;
  readonly sizes: readonly ValueSize[];
  readonly writers: readonly WriteValue[];
  readonly readers: readonly ReadValue[];
}

export function createSlot(index: number, name: string, kind: StateKind, types: readonly DataType[], options: StateOptions): Slot {
  return {
    index,
    name,
    kind,
    types,
    options,
    ttlMs: options.ttlMs,
    holdsText: types.some(mayHoldText),
    ownTexts: textOwner(types.at(-1) as DataType),
    sizes: types.map(valueSize),
    writers: types.map((type) => valueWriter(options.texts === false ? withoutTexts(type) : type)),
    readers: types.map(valueReader),
  };
}

export interface Held {
  value: Value;
  /** With a TTL, the processing time of the last access; else it means nothing. */
  at: Millis;
  /** About how many bytes of memory the value takes. */
  size: number;
}

/** In a slot with a TTL entries stand in the order of their last access, so that what is expired is found in front. */
export type HeldMap = Map<KeyId, Held & { readonly key: Value }>;

/** Elements with, where there is a TTL, their times. What was read from bytes stays bytes until somebody looks: adding to a long list must not decode it. */
export interface HeldList {
  encoded: Uint8Array | undefined;
  values: Value[];
  at: Millis[] | undefined;
}

export type Content = Held | HeldMap | HeldList | undefined;

/** All that is held for one key. */
export class KeyEntry {
  values: readonly Value[];
  readonly slots: Content[];
  /** In rising order. */
  eventTimers: Millis[] | undefined = undefined;
  processingTimers: Millis[] | undefined = undefined;
  /** About how much memory it takes. */
  bytes = 0;
  /** Where the table has it. */
  place = 0;
  /** Where it is among those that changed. */
  changedAt = 0;
  /** The snapshot period in which it changed last. */
  changedIn = 0;
  /** Bytes of its copy in the spill store; 0 without one. */
  storedBytes = 0;
  /** The copy in the spill store is as it is here. */
  isStored = false;
  /** Some snapshot holds it, so its end must be told. */
  isSaved = false;
  /** It is in no table: a copy of the bytes, for as long as the key is selected. */
  isPassing = false;
  /** Used since the sweep for cold keys came by. */
  isWarm = true;

  constructor(values: readonly Value[], slots: number) {
    this.values = values;
    this.slots = [];
    for (let i = 0; i < slots; i++) this.slots.push(undefined);
  }

  /** Makes it the empty entry of another key. Nobody may hold it any more as what it was. */
  reset(values: readonly Value[]): void {
    this.values = values;
    for (let i = 0; i < this.slots.length; i++) this.slots[i] = undefined;
    this.eventTimers = this.processingTimers = undefined;
    this.bytes = this.place = this.changedAt = this.changedIn = this.storedBytes = 0;
    this.isStored = this.isSaved = this.isPassing = false;
    this.isWarm = true;
  }
}

/** An entry without anything in it: object, values, slots, its place in the table. */
const ENTRY = 280;
const SLOT = 8;
const HELD = 48;
const MAP = 150;
const MAP_ITEM = 98;
const LIST = 120;
const WORD = 8;

export const COST = { HELD, MAP, MAP_ITEM, LIST, WORD } as const;

export function emptySize(values: readonly Value[], slots: number): number {
  let size = ENTRY + SLOT * slots;
  for (const value of values) size += typeof value === "string" ? 24 + 2 * value.length : 2 * WORD;
  return size;
}

export function isEmpty(entry: KeyEntry): boolean {
  if (entry.eventTimers?.length || entry.processingTimers?.length) return false;
  for (const content of entry.slots) if (content !== undefined) return false;
  return true;
}

/** Writes an entry's bytes; `order` are the slots by name. */
export function writeEntry(writer: ValueWriter, entry: KeyEntry, order: readonly Slot[]): void {
  writer.byte(STATE_VERSION);
  writeTimes(writer, entry.eventTimers);
  writeTimes(writer, entry.processingTimers);
  for (let i = 0; i < order.length; i++) {
    const slot = order[i] as Slot;
    const content = entry.slots[slot.index];
    if (content === undefined) continue;
    writer.varint(2 * i + (slot.ttlMs === undefined ? 0 : 1));
    const opened = writer.open();
    writeContent(writer, content, slot);
    writer.close(opened);
  }
}

/** Fills an entry from bytes, which must stay as they are; `order[i]` is the slot for the number i, undefined for one that is no longer there. */
export function readEntry(reader: ValueReader, entry: KeyEntry, order: readonly (Slot | undefined)[], now: Millis): void {
  readVersion(reader);
  entry.eventTimers = readTimes(reader);
  entry.processingTimers = readTimes(reader);
  while (!reader.isAtEnd) {
    const number = reader.varint();
    const end = reader.uint32() + reader.position;
    const index = number >> 1;
    if (index >= order.length) throw new Error(`state: there is no state of the number ${index}`);
    const slot = order[index];
    if (slot === undefined) reader.skip(end - reader.position);
    else entry.slots[slot.index] = readContent(reader, end, slot, number % 2 === 1, now);
  }
}

/** Only the timers of an entry's bytes. */
export function readTimers(reader: ValueReader): { event: readonly Millis[]; processing: readonly Millis[] } {
  readVersion(reader);
  return { event: readTimes(reader) ?? [], processing: readTimes(reader) ?? [] };
}

/** About how much memory an entry takes, counted anew. */
export function sizeOfEntry(entry: KeyEntry, slots: readonly Slot[]): number {
  let size = emptySize(entry.values, slots.length) + WORD * ((entry.eventTimers?.length ?? 0) + (entry.processingTimers?.length ?? 0));
  for (const slot of slots) {
    const content = entry.slots[slot.index];
    if (content !== undefined) size += sizeOfContent(content, slot);
  }
  return size;
}

export function sizeOfContent(content: NonNullable<Content>, { kind, sizes }: Slot): number {
  const first = sizes[0] as ValueSize;
  if (kind === "value") return HELD + (content as Held).size;
  if (kind === "map") {
    let size = MAP;
    for (const item of (content as HeldMap).values()) size += MAP_ITEM + sizeBy(first, item.key) + item.size;
    return size;
  }
  const list = content as HeldList;
  let size = LIST + (list.encoded?.length ?? 0);
  for (const value of list.values) size += WORD + sizeBy(first, value);
  return size;
}

/** Turns a list that was read into its elements. */
export function openList(list: HeldList, slot: Slot, reader: ValueReader): void {
  const { encoded } = list;
  if (encoded === undefined) return;
  const read = slot.readers[0] as ReadValue;
  const older: Value[] = [];
  reader.reset(encoded);
  while (!reader.isAtEnd) older.push(read(reader));
  list.values = list.values.length === 0 ? older : older.concat(list.values);
  list.encoded = undefined;
}

function writeContent(writer: ValueWriter, content: NonNullable<Content>, slot: Slot): void {
  const [first, second] = slot.writers as [WriteValue, WriteValue];
  const isTimed = slot.ttlMs !== undefined;
  if (slot.kind === "value") {
    const held = content as Held;
    if (isTimed) writer.number(held.at);
    first(writer, held.value);
  } else if (slot.kind === "map") {
    for (const item of (content as HeldMap).values()) {
      first(writer, item.key);
      if (isTimed) writer.number(item.at);
      second(writer, item.value);
    }
  } else {
    const list = content as HeldList;
    if (list.encoded !== undefined) writer.raw(list.encoded);
    for (let i = 0; i < list.values.length; i++) {
      if (list.at !== undefined) writer.number(list.at[i] as Millis);
      first(writer, list.values[i]);
    }
  }
}

/** State that got a TTL since it was written is as if it were written now. */
function readContent(reader: ValueReader, end: number, slot: Slot, isTimed: boolean, now: Millis): Content {
  const [first, second] = slot.readers as [ReadValue, ReadValue];
  const time = (): Millis => (isTimed ? reader.number() : now);
  switch (slot.kind) {
    case "value": {
      const at = time();
      const value = first(reader);
      return { value, at, size: sizeBy(slot.sizes[0] as ValueSize, value) };
    }
    case "map": {
      const map: HeldMap = new Map();
      while (reader.position < end) {
        const key = first(reader);
        const at = time();
        const value = second(reader);
        map.set(idOf(key), { key, value, at, size: sizeBy(slot.sizes[1] as ValueSize, value) });
      }
      return map;
    }
    case "list": {
      if (!isTimed && slot.ttlMs === undefined) return { encoded: reader.raw(end - reader.position), values: [], at: undefined };
      const list: HeldList & { at: Millis[] } = { encoded: undefined, values: [], at: [] };
      while (reader.position < end) {
        list.at.push(time());
        list.values.push(first(reader));
      }
      return slot.ttlMs === undefined ? { ...list, at: undefined } : list;
    }
  }
}

function readVersion(reader: ValueReader): void {
  const version = reader.byte();
  if (version !== STATE_VERSION) throw new Error(`state: version ${version} is not the one this program reads, ${STATE_VERSION}`);
}

function writeTimes(writer: ValueWriter, times: readonly Millis[] | undefined): void {
  writer.varint(times?.length ?? 0);
  if (times !== undefined) for (const time of times) writer.number(time);
}

function readTimes(reader: ValueReader): Millis[] | undefined {
  const count = reader.count();
  if (count === 0) return undefined;
  const times: Millis[] = [];
  for (let i = 0; i < count; i++) times.push(reader.number());
  return times;
}
