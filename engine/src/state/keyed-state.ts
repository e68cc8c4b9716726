/**
 * State and timers of one node, seen by its operator one key at a time. The backend knows which keys changed since the last snapshot, so that a checkpoint writes those and no others, keeps
 * memory within a budget where the host gave it a spill store, and forgets what is over; operators need no code for any of it. Why it is so is in `docs/decisions/state.md`.
 */
import {
  type CompactListState,
  type CounterState,
  type KeyedState,
  type ListState,
  type MapState,
  MIN_TIME,
  type Millis,
  type SharedState,
  type StateOptions,
  type Timers,
  type ValueState,
} from "../node/index.ts";
import type { DataType, Value } from "../schema/index.ts";
import { compactListView, countElements } from "./compact-list.ts";
import { EntryTable } from "./entry-table.ts";
import { isOver } from "./expiry.ts";
import { EVERY_GROUP, keyGroupOf, keyGroupOfBytes, keyGroupOfHash, keyOfBytes, ownsGroup, type Share } from "./key.ts";
import { createSlot, type Held, type HeldList, isEmpty, type KeyEntry, readTimers, type Slot, type StateKind } from "./key-entry.ts";
import { PackedStore } from "./packed-store.ts";
import { addTime, hasTime, removeTime } from "./sorted-times.ts";
import { SPACE, type SpillOptions } from "./spill-store.ts";
import { listView, mapView, type StateHost, sharedListView, sharedMapView, sharedValueView, valueView } from "./state-views.ts";
import { TIMER_BYTES, TimerQueue } from "./timer-queue.ts";
import type { ValueReader } from "./value-bytes.ts";

/** What a savepoint says of a node's state, to be compared when it is restored. */
export interface StateSchema {
  readonly keys: readonly DataType[];
  readonly states: Readonly<Record<string, { readonly kind: StateKind; readonly types: readonly DataType[] }>>;
}

/** All state of one key of one node as bytes; without `state` the key is gone. Two of them for one key: the later one counts. Views of a snapshot that is taken hold until the state changes. */
export interface KeySnapshot {
  /** The key's values (`keyOfBytes`). */
  readonly key: Uint8Array;
  /** The key group, which says whose it is (`ownsGroup`): 0 for a node without a key, `EVERY_GROUP` for what broadcast inputs wrote. */
  readonly group: number;
  readonly state?: Uint8Array | undefined;
}

/** What people may ask of a node's state. */
export interface StateUsage {
  /** Parts of keys count as keys. */
  readonly keys: number;
  /** Of these, how many are in the spill store alone. */
  readonly spilledKeys: number;
  /** Approximately, timers included. */
  readonly memoryBytes: number;
  readonly spilledBytes: number;
  /** Timers that are set, and cancelled ones that did not come up yet. */
  readonly eventTimers: number;
  readonly processingTimers: number;
  readonly nextEventTimer: Millis | undefined;
  readonly nextProcessingTimer: Millis | undefined;
}

/** One key's state as it is, by name: a value, a list's values, a map's pairs. */
export interface KeyView {
  readonly key: readonly Value[];
  readonly states: Readonly<Record<string, Value | readonly Value[] | readonly (readonly [Value, Value])[]>>;
  readonly eventTimers: readonly Millis[];
  readonly processingTimers: readonly Millis[];
}

/** Every so many keys that are shown, a few others are looked at for what is over. */
const SWEEP_EVERY = 8;
const SWEEP_STEPS = 5;
/** Looked at whenever the clock moves, though no row comes. */
const IDLE_STEPS = 256;
/**
 * Parts of the budget that what is in use may take as objects: the larger one for a few thousand keys, the smaller one for more. Objects that are to go again should go before the collector has moved them to
 * where it looks but rarely. The rest is for bytes, but for what timers may take as objects.
 */
const OBJECTS_PART = 4;
const MANY_OBJECTS_PART = 256;
const MANY = 4_096;
const TIMERS_PART = 32;
const KEPT_PART = 15 / 16;
const NO_KEY: readonly Value[] = [];

type TimerKind = "eventTimers" | "processingTimers";

/** Something that is counted over all keys. */
interface Sum {
  /** A key's part. */
  of(entry: KeyEntry | undefined): number;
  total: number;
}

export class KeyedBackend implements KeyedState, Timers, StateHost {
  watermark: Millis = MIN_TIME;
  /** For the operator: state of no key, which broadcast inputs write and everybody reads. */
  readonly shared: SharedState;
  /** For the views of states alone, as are `reader`, `change` and `grow`. */
  current: KeyEntry | undefined = undefined;
  readonly now: () => Millis;
  readonly reader: ValueReader;
  private readonly keyTypes: readonly DataType[];
  private readonly packed: PackedStore | undefined;
  private readonly limit: number;
  private readonly limitOfMany: number;
  private readonly timerLimit: number;
  private readonly table: EntryTable;
  private readonly eventQueue: TimerQueue;
  private readonly processingQueue: TimerQueue;
  private currentValues: readonly Value[] = NO_KEY;
  private timerBytes = 0;
  private hasExpiry = false;
  /** Some keys have parts: one more value than a key has. */
  private hasParts = false;
  private readonly sums: Sum[] = [];
  private selects = 0;
  /** How the bytes that are restored number their states. */
  private written: readonly (Slot | undefined)[] | undefined;

  /** `spill`: without it all state stays in memory. */
  constructor(keyTypes: readonly DataType[], now: () => Millis, spill?: SpillOptions) {
    this.keyTypes = keyTypes;
    this.now = now;
    const budget = spill?.budgetBytes ?? Number.POSITIVE_INFINITY;
    this.limit = budget / OBJECTS_PART;
    this.limitOfMany = budget / MANY_OBJECTS_PART;
    this.timerLimit = budget / TIMERS_PART;
    this.packed = spill && new PackedStore(spill.store, budget - this.limit);
    this.table = new EntryTable(now, this.packed);
    this.eventQueue = new TimerQueue(SPACE.EVENT_TIMERS, this.packed);
    this.processingQueue = new TimerQueue(SPACE.PROCESSING_TIMERS, this.packed);
    this.reader = this.table.reader;
    this.shared = this.sharedState();
  }

  get key(): readonly Value[] {
    return this.currentValues;
  }

  get pending(): Timers["pending"] {
    return { event: this.eventQueue.size, processing: this.processingQueue.size };
  }

  /** Keys that hold anything. */
  get size(): number {
    this.settle();
    return this.table.size;
  }

  /** All keys in memory that hold anything. */
  get keys(): readonly (readonly Value[])[] {
    return this.table.keys;
  }

  get isDirty(): boolean {
    this.settle();
    return this.table.isChanged;
  }

  /** Shows the operator this key's state; an entry arises with the first write. */
  select(values: readonly Value[]): void {
    if (this.current?.isPassing === true) this.table.close(this.current);
    if (this.table.bytes > this.limitOfMany || this.timerBytes > this.timerLimit) this.makeRoom();
    if (this.hasExpiry && ++this.selects % SWEEP_EVERY === 0) this.table.sweep(SWEEP_STEPS, this.current);
    this.currentValues = values;
    this.current = this.table.find(values);
  }

  /** A part is shown, and not a whole key. */
  get showsPart(): boolean {
    return this.currentValues.length > this.keyTypes.length;
  }

  part(value: Value | undefined): void {
    const key = this.currentValues.slice(0, this.keyTypes.length);
    this.hasParts ||= value !== undefined;
    this.select(value === undefined ? key : [...key, value]);
  }

  value(name: string, dataType: DataType, options: StateOptions = {}): ValueState {
    return valueView(this, this.addSlot(name, "value", [dataType], options));
  }

  map(name: string, types: { key: DataType; value: DataType }, options: StateOptions = {}): MapState {
    return mapView(this, this.addSlot(name, "map", [types.key, types.value], options));
  }

  counter(name: string): CounterState {
    const slot = this.addSlot(name, "value", [{ type: "BIGINT", nullable: false }], {});
    const number = valueView(this, slot);
    const sum = this.addSum((entry) => ((entry?.slots[slot.index] as Held | undefined)?.value as number | undefined) ?? 0);
    return {
      add: (count) => {
        if (count === 0) return;
        const ofKey = ((number.get() as number | null) ?? 0) + count;
        if (ofKey === 0) number.clear();
        else number.set(ofKey);
        sum.total += count;
      },
      get total() {
        return sum.total;
      },
    };
  }

  list(name: string, dataType: DataType, options: StateOptions & { readonly compact: true }): CompactListState;
  list(name: string, dataType: DataType, options?: StateOptions): ListState;
  list(name: string, dataType: DataType, options: StateOptions = {}): ListState {
    const slot = this.addSlot(name, "list", [dataType], options);
    if (!options.compact) return listView(this, slot);
    if (options.ttlMs !== undefined) throw new Error(`state ${JSON.stringify(name)} cannot have a TTL and be compact`);
    return compactListView(
      this,
      slot,
      this.addSum((entry) => countElements(entry?.slots[slot.index] as HeldList | undefined, slot, this.reader)),
    );
  }

  change(): KeyEntry {
    const entry = (this.current ??= this.table.create(this.currentValues));
    this.table.noteChange(entry);
    return entry;
  }

  grow(entry: KeyEntry, bytes: number): void {
    this.table.grow(entry, bytes);
  }

  atEventTime(time: Millis): void {
    this.addTimer("eventTimers", this.eventQueue, time);
  }

  atProcessingTime(time: Millis): void {
    this.addTimer("processingTimers", this.processingQueue, time);
  }

  cancelEventTime(time: Millis): void {
    this.cancel("eventTimers", time);
  }

  cancelProcessingTime(time: Millis): void {
    this.cancel("processingTimers", time);
  }

  /** Calls `fire` for each event timer at or before the watermark, with its key selected. Timers set meanwhile fire too. */
  fireEventTimers(watermark: Millis, fire: (time: Millis) => void): void {
    this.watermark = watermark;
    this.fireUntil(this.eventQueue, watermark, "eventTimers", fire);
  }

  fireProcessingTimers(now: Millis, fire: (time: Millis) => void): void {
    this.fireUntil(this.processingQueue, now, "processingTimers", fire);
    this.table.sweep(IDLE_STEPS, this.current);
    this.table.sweepSpilled(IDLE_STEPS);
  }

  schema(): StateSchema {
    return {
      keys: this.keyTypes,
      states: Object.fromEntries(this.table.slots.map((slot) => [slot.name, { kind: slot.kind, types: slot.types }])),
    };
  }

  /**
   * What changed since the last snapshot; with `all`, everything that is there. To be taken whole and at once: with the last of it a new period begins, in which whatever changes is in
   * the next snapshot. One that was not taken whole changes nothing.
   */
  snapshot(all: boolean): Iterable<KeySnapshot> {
    this.settle();
    return this.table.snapshot(all, this.groupOf, () => {
      // The table has forgotten it; the next write makes another.
      if (this.current !== undefined && isEmpty(this.current)) this.current = undefined;
    });
  }

  /** Snapshots that are restored from here on were written under that schema, whose types must hold the same values in the same form. States that are no longer declared are left out. */
  readAs(schema: StateSchema): void {
    this.written = Object.keys(schema.states)
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => {
        const was = schema.states[name] as StateSchema["states"][string];
        const slot = this.table.slots.find((other) => other.name === name);
        if (slot !== undefined && slot.kind !== was.kind)
          throw new Error(`state ${JSON.stringify(name)} was a ${was.kind}, and is a ${slot.kind} now`);
        return slot;
      });
  }

  /** Takes a key's state from a snapshot; with a `share`, only where the subtask owns it. Oldest snapshots first. */
  restore(snapshot: KeySnapshot, share?: Share): void {
    if (share !== undefined && !ownsGroup(snapshot.group, share)) return;
    this.settle();
    const values = keyOfBytes(snapshot.key);
    this.hasParts ||= values.length > this.keyTypes.length;
    for (const sum of this.sums) sum.total -= sum.of(this.table.copyOf(values));
    this.table.restore(values, snapshot.state, this.written ?? this.table.numbered);
    for (const sum of this.sums) sum.total += sum.of(this.table.copyOf(values));
    if (snapshot.state !== undefined) {
      const { event, processing } = readTimers(this.reader.reset(snapshot.state));
      for (const time of event) this.eventQueue.add(time, values);
      for (const time of processing) this.processingQueue.add(time, values);
      this.countTimers();
    }
    // An operator without a key was shown its only one when it was made.
    if (values.length === 0 && this.currentValues.length === 0) this.current = this.table.find(values);
    if (this.table.bytes > this.limitOfMany || this.timerBytes > this.timerLimit) this.makeRoom();
  }

  usage(): StateUsage {
    this.settle();
    return {
      keys: this.table.size,
      spilledKeys: this.packed?.keysBelow ?? 0,
      memoryBytes: this.table.bytes + this.timerBytes + (this.packed?.memoryBytes ?? 0),
      spilledBytes: this.packed?.bytesBelow ?? 0,
      eventTimers: this.eventQueue.size,
      processingTimers: this.processingQueue.size,
      nextEventTimer: this.eventQueue.earliest,
      nextProcessingTimer: this.processingQueue.earliest,
    };
  }

  /** A key's state for people to see, spilled or not; undefined when there is none. Reading counts for no time to live. */
  peek(values: readonly Value[]): KeyView | undefined {
    this.settle();
    const entry = this.table.peek(values);
    if (entry === undefined) return undefined;
    const states: Record<string, KeyView["states"][string]> = {};
    for (const slot of this.table.slots) {
      const shown = this.show(entry, slot);
      if (shown !== undefined) states[slot.name] = shown;
    }
    return { key: values, states, eventTimers: entry.eventTimers ?? [], processingTimers: entry.processingTimers ?? [] };
  }

  private show(entry: KeyEntry, slot: Slot): KeyView["states"][string] | undefined {
    if (entry.slots[slot.index] === undefined) return undefined;
    const now = this.now();
    if (slot.kind === "map") return [...sharedMapView(this, slot, () => entry).entries()];
    if (slot.kind === "list") return sharedListView(this, slot, () => entry).get();
    const held = entry.slots[slot.index] as Held;
    return isOver(held.at, slot, now) ? undefined : held.value;
  }

  /** What the current key's state was changed to is where everybody finds it. */
  private settle(): void {
    if (this.current?.isPassing !== true) return;
    this.table.close(this.current);
    const found = this.table.find(this.currentValues);
    this.current = found === undefined || isEmpty(found) ? undefined : found;
  }

  private addSlot(name: string, kind: StateKind, types: readonly DataType[], options: StateOptions): Slot {
    const { slots } = this.table;
    if (slots.some((other) => other.name === name)) throw new Error(`state ${JSON.stringify(name)} is declared twice`);
    const slot = createSlot(slots.length, name, kind, types, options);
    this.table.addSlot(slot);
    this.hasExpiry ||= options.ttlMs !== undefined;
    return slot;
  }

  private addSum(of: Sum["of"]): Sum {
    const sum = { of, total: 0 };
    this.sums.push(sum);
    return sum;
  }

  private sharedState(): SharedState {
    const declared = (name: string, kind: StateKind): Slot => {
      const slot = this.table.slots.find((other) => other.name === name);
      if (slot?.kind !== kind) throw new Error(`there is no ${kind} state ${JSON.stringify(name)} to share; declare it first`);
      return slot;
    };
    const entry = () => this.table.find(NO_KEY);
    return {
      value: (name) => sharedValueView(this, declared(name, "value"), entry),
      map: (name) => sharedMapView(this, declared(name, "map"), entry),
      list: (name) => sharedListView(this, declared(name, "list"), entry),
    };
  }

  /** `hash`: of the key, where it is known. */
  private readonly groupOf = (key: Uint8Array, hash?: number): number => {
    if (this.hasParts) {
      const values = keyOfBytes(key);
      const { length } = this.keyTypes;
      if (values.length > length) return length === 0 ? 0 : keyGroupOf(values.slice(0, length));
    }
    if (key.length > 0) return hash === undefined ? keyGroupOfBytes(key) : keyGroupOfHash(hash);
    return this.keyTypes.length === 0 ? 0 : EVERY_GROUP;
  };

  private addTimer(kind: TimerKind, queue: TimerQueue, time: Millis): void {
    const entry = this.change();
    if (!addTime((entry[kind] ??= []), time)) return;
    queue.add(time, this.currentValues);
    this.countTimers();
  }

  private cancel(kind: TimerKind, time: Millis): void {
    const entry = this.current;
    if (entry?.[kind] === undefined || !hasTime(entry[kind], time)) return;
    this.table.noteChange(entry);
    removeTime(entry[kind], time);
  }

  private countTimers(): void {
    this.timerBytes = TIMER_BYTES * (this.eventQueue.inMemory + this.processingQueue.inMemory);
  }

  private makeRoom(): void {
    if (this.packed === undefined) return;
    const { timerLimit, limit, limitOfMany, table } = this;
    if (this.timerBytes > timerLimit) {
      for (const queue of [this.eventQueue, this.processingQueue]) if (2 * TIMER_BYTES * queue.inMemory > timerLimit) queue.spillHalf();
      this.countTimers();
    }
    if (table.bytes <= limitOfMany || (table.bytes <= limit && table.inMemory <= MANY)) return;
    // Some more than is needed, so that it is not needed again at once.
    table.evict(KEPT_PART * Math.min(table.bytes, limit), this.current);
  }

  private fireUntil(queue: TimerQueue, until: Millis, kind: TimerKind, fire: (time: Millis) => void): void {
    for (let key = queue.next(until); key !== undefined; key = queue.next(until)) {
      const { time } = queue;
      this.countTimers();
      this.select(key);
      const entry = this.current;
      if (entry?.[kind] === undefined || !hasTime(entry[kind], time)) continue;
      this.table.noteChange(entry);
      removeTime(entry[kind], time);
      fire(time);
    }
    if (this.showsPart) this.part(undefined);
  }
}
