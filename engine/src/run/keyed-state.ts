/**
 * State and timers of one node, seen by its operator one key at a time. The backend knows which keys changed since the last checkpoint
 * that counted, so that a checkpoint writes those and no others; operators need no code for it.
 */
import {
  type KeyedState,
  type ListState,
  type MapState,
  MIN_TIME,
  type Millis,
  type StateOptions,
  type Timers,
  type ValueState,
} from "../node/index.ts";
import type { DataType, Value } from "../schema/index.ts";
import { canonicalKey, type KeyId, keyIdOf } from "./key.ts";
import { fromStateJson, type StateJson, toStateJson } from "./state-value.ts";
import { TimerQueue } from "./timer-queue.ts";

/** What a savepoint says of a node's state, to be compared when it is restored. */
export interface StateSchema {
  readonly keys: readonly DataType[];
  readonly states: Readonly<Record<string, { readonly kind: "value" | "map" | "list"; readonly types: readonly DataType[] }>>;
}

/** All state of one key of one node; without `states` and timers the key is gone. */
export interface KeySnapshot {
  readonly key: readonly StateJson[];
  readonly states?: Readonly<Record<string, StateJson>>;
  readonly eventTimers?: readonly number[];
  readonly processingTimers?: readonly number[];
}

interface Slot {
  readonly name: string;
  readonly kind: "value" | "map" | "list";
  readonly types: readonly DataType[];
  readonly options: StateOptions;
}

/** A stored value with the processing time of its last access, kept only where there is a TTL. */
interface Held {
  value: Value;
  at: Millis;
}

interface KeyEntry {
  readonly values: readonly Value[];
  readonly slots: (Held | Map<KeyId, Held & { key: Value }> | Held[] | undefined)[];
  eventTimers: Set<number> | undefined;
  processingTimers: Set<number> | undefined;
  dirty: boolean;
}

type HeldMap = Map<KeyId, Held & { key: Value }>;

export class KeyedBackend implements KeyedState, Timers {
  watermark: Millis = MIN_TIME;
  private readonly keyTypes: readonly DataType[];
  private readonly now: () => Millis;
  private readonly slots: Slot[] = [];
  private readonly entries = new Map<KeyId, KeyEntry>();
  private readonly eventQueue = new TimerQueue<KeyEntry>();
  private readonly processingQueue = new TimerQueue<KeyEntry>();
  private dirty: KeyEntry[] = [];
  private current: KeyEntry | undefined;
  private currentValues: readonly Value[] = [];

  constructor(keyTypes: readonly DataType[], now: () => Millis) {
    this.keyTypes = keyTypes;
    this.now = now;
  }

  get key(): readonly Value[] {
    return this.currentValues;
  }

  /** Keys that hold anything. */
  get size(): number {
    return this.entries.size;
  }

  get isDirty(): boolean {
    return this.dirty.length > 0;
  }

  /** Shows the operator this key's state; an entry arises with the first write. */
  select(values: readonly Value[]): void {
    this.currentValues = values;
    this.current = this.entries.get(keyIdOf(values));
  }

  value(name: string, dataType: DataType, options: StateOptions = {}): ValueState {
    const index = this.addSlot({ name, kind: "value", types: [dataType], options });
    return {
      get: () => {
        const held = this.current?.slots[index] as Held | undefined;
        if (held === undefined || this.isExpired(held, options)) return null;
        this.touch(held, options);
        return held.value;
      },
      set: (value) => {
        this.write().slots[index] = value === null ? undefined : { value, at: this.stamp(options) };
      },
      clear: () => {
        if (this.current?.slots[index] !== undefined) this.write().slots[index] = undefined;
      },
    };
  }

  map(name: string, types: { key: DataType; value: DataType }, options: StateOptions = {}): MapState {
    const index = this.addSlot({ name, kind: "map", types: [types.key, types.value], options });
    const read = () => this.current?.slots[index] as HeldMap | undefined;
    const live = (held: (Held & { key: Value }) | undefined) => (held === undefined || this.isExpired(held, options) ? undefined : held);
    const remove = (key: Value) => {
      const id = keyIdOf([key]);
      if (read()?.has(id)) (this.write().slots[index] as HeldMap).delete(id);
    };
    const state: MapState = {
      get: (key) => {
        const held = live(read()?.get(keyIdOf([key])));
        if (held) this.touch(held, options);
        return held?.value;
      },
      set: (key, value) => {
        const entry = this.write();
        const map = (entry.slots[index] ??= new Map()) as HeldMap;
        map.set(keyIdOf([key]), { key, value, at: this.stamp(options) });
      },
      delete: remove,
      take: (key) => {
        const value = state.get(key);
        remove(key);
        return value;
      },
      entries: () => [...(read()?.values() ?? [])].filter((held) => live(held)).map((held) => [held.key, held.value] as [Value, Value]),
      get size() {
        const map = read();
        if (map === undefined) return 0;
        return options.ttlMs === undefined ? map.size : [...map.values()].filter((held) => live(held)).length;
      },
      clear: () => {
        if (read()) this.write().slots[index] = undefined;
      },
    };
    return state;
  }

  list(name: string, dataType: DataType, options: StateOptions = {}): ListState {
    const index = this.addSlot({ name, kind: "list", types: [dataType], options });
    return {
      add: (value) => {
        const entry = this.write();
        const list = (entry.slots[index] ??= []) as Held[];
        list.push({ value, at: this.stamp(options) });
      },
      get: () => {
        const list = (this.current?.slots[index] as Held[] | undefined) ?? [];
        return list.filter((held) => !this.isExpired(held, options)).map((held) => held.value);
      },
      set: (values) => {
        this.write().slots[index] = values.length === 0 ? undefined : values.map((value) => ({ value, at: this.stamp(options) }));
      },
      clear: () => {
        if (this.current?.slots[index] !== undefined) this.write().slots[index] = undefined;
      },
    };
  }

  atEventTime(time: Millis): void {
    const entry = this.write();
    entry.eventTimers ??= new Set();
    if (entry.eventTimers.has(time)) return;
    entry.eventTimers.add(time);
    this.eventQueue.add(time, entry);
  }

  atProcessingTime(time: Millis): void {
    const entry = this.write();
    entry.processingTimers ??= new Set();
    if (entry.processingTimers.has(time)) return;
    entry.processingTimers.add(time);
    this.processingQueue.add(time, entry);
  }

  cancelEventTime(time: Millis): void {
    if (this.current?.eventTimers?.has(time)) this.write().eventTimers?.delete(time);
  }

  cancelProcessingTime(time: Millis): void {
    if (this.current?.processingTimers?.has(time)) this.write().processingTimers?.delete(time);
  }

  /** Calls `fire` for each event timer at or before the watermark, with its key selected. Timers set meanwhile fire too. */
  fireEventTimers(watermark: Millis, fire: (time: Millis) => void): void {
    this.watermark = watermark;
    this.fireUntil(this.eventQueue, watermark, "eventTimers", fire);
  }

  fireProcessingTimers(now: Millis, fire: (time: Millis) => void): void {
    this.fireUntil(this.processingQueue, now, "processingTimers", fire);
  }

  schema(): StateSchema {
    return {
      keys: this.keyTypes,
      states: Object.fromEntries(this.slots.map((slot) => [slot.name, { kind: slot.kind, types: slot.types }])),
    };
  }

  /** What changed since `markClean`; with `all`, everything that is there. */
  *snapshot(all: boolean): Iterable<KeySnapshot> {
    for (const entry of all ? this.entries.values() : this.dirty) {
      const key = entry.values.map((value, index) => toStateJson(value, this.keyTypes[index] ?? { type: "STRING" }));
      if (isEmpty(entry)) {
        if (!all) yield { key };
        continue;
      }
      const states: Record<string, StateJson> = {};
      this.slots.forEach((slot, index) => {
        const held = entry.slots[index];
        if (held !== undefined) states[slot.name] = slotToJson(held, slot);
      });
      yield {
        key,
        states,
        ...(entry.eventTimers?.size ? { eventTimers: [...entry.eventTimers] } : {}),
        ...(entry.processingTimers?.size ? { processingTimers: [...entry.processingTimers] } : {}),
      };
    }
  }

  /** The checkpoint that holds the last `snapshot` counts. Keys that hold nothing any more are forgotten. */
  markClean(): void {
    for (const entry of this.dirty) {
      entry.dirty = false;
      if (isEmpty(entry) && entry !== this.current) this.entries.delete(keyIdOf(entry.values));
    }
    this.dirty = [];
  }

  restore(snapshot: KeySnapshot): void {
    const values = snapshot.key.map((json, index) => fromStateJson(json, this.keyTypes[index] ?? { type: "STRING" }));
    const entry: KeyEntry = { values, slots: [], eventTimers: undefined, processingTimers: undefined, dirty: false };
    // An older snapshot's timers of this key are still queued; without their owner they do not fire.
    const older = this.entries.get(keyIdOf(values));
    older?.eventTimers?.clear();
    older?.processingTimers?.clear();
    for (const [name, json] of Object.entries(snapshot.states ?? {})) {
      const index = this.slots.findIndex((slot) => slot.name === name);
      if (index === -1) throw new Error(`state ${JSON.stringify(name)} of key ${canonicalKey(values)} is not declared by the operator`);
      entry.slots[index] = slotFromJson(json, this.slots[index] as Slot);
    }
    for (const time of snapshot.eventTimers ?? []) {
      (entry.eventTimers ??= new Set()).add(time);
      this.eventQueue.add(time, entry);
    }
    for (const time of snapshot.processingTimers ?? []) {
      (entry.processingTimers ??= new Set()).add(time);
      this.processingQueue.add(time, entry);
    }
    if (isEmpty(entry)) this.entries.delete(keyIdOf(values));
    else this.entries.set(keyIdOf(values), entry);
    // An operator without a key was shown its only one when it was made.
    if (values.length === 0 && this.currentValues.length === 0) this.current = this.entries.get(keyIdOf(values));
  }

  private addSlot(slot: Slot): number {
    if (this.slots.some((other) => other.name === slot.name)) throw new Error(`state ${JSON.stringify(slot.name)} is declared twice`);
    return this.slots.push(slot) - 1;
  }

  private write(): KeyEntry {
    let entry = this.current;
    if (entry === undefined) {
      entry = { values: this.currentValues, slots: [], eventTimers: undefined, processingTimers: undefined, dirty: false };
      this.entries.set(keyIdOf(this.currentValues), entry);
      this.current = entry;
    }
    if (!entry.dirty) {
      entry.dirty = true;
      this.dirty.push(entry);
    }
    return entry;
  }

  private stamp(options: StateOptions): Millis {
    return options.ttlMs === undefined ? 0 : this.now();
  }

  private touch(held: Held, options: StateOptions): void {
    if (options.ttlMs === undefined || options.ttlUpdate !== "onReadAndWrite") return;
    held.at = this.now();
    this.write();
  }

  /** Flink's rule: gone when last access + TTL is at or before now. */
  private isExpired(held: Held, options: StateOptions): boolean {
    return options.ttlMs !== undefined && held.at + options.ttlMs <= this.now();
  }

  private fireUntil(
    queue: TimerQueue<KeyEntry>,
    until: Millis,
    kind: "eventTimers" | "processingTimers",
    fire: (time: Millis) => void,
  ): void {
    for (let timer = queue.takeUntil(until); timer !== undefined; timer = queue.takeUntil(until)) {
      const entry = timer.owner;
      if (!entry[kind]?.has(timer.time)) continue;
      this.currentValues = entry.values;
      this.current = entry;
      this.write();
      entry[kind].delete(timer.time);
      fire(timer.time);
    }
  }
}

function isEmpty(entry: KeyEntry): boolean {
  if (entry.eventTimers?.size || entry.processingTimers?.size) return false;
  return entry.slots.every(
    (held) => held === undefined || (held instanceof Map && held.size === 0) || (Array.isArray(held) && held.length === 0),
  );
}

function slotToJson(held: NonNullable<KeyEntry["slots"][number]>, slot: Slot): StateJson {
  const [first, second] = slot.types as [DataType, DataType];
  const timed = slot.options.ttlMs !== undefined;
  const json = (item: Held, dataType: DataType): StateJson =>
    timed ? [toStateJson(item.value, dataType), item.at] : toStateJson(item.value, dataType);
  if (held instanceof Map) return [...held.values()].map((item) => [toStateJson(item.key, first), json(item, second)]);
  if (Array.isArray(held)) return held.map((item) => json(item, first));
  return json(held, first);
}

function slotFromJson(json: StateJson, slot: Slot): KeyEntry["slots"][number] {
  const [first, second] = slot.types as [DataType, DataType];
  const timed = slot.options.ttlMs !== undefined;
  const held = (item: StateJson, dataType: DataType): Held =>
    timed
      ? { value: fromStateJson((item as StateJson[])[0] as StateJson, dataType), at: (item as number[])[1] as number }
      : { value: fromStateJson(item, dataType), at: 0 };
  switch (slot.kind) {
    case "value":
      return held(json, first);
    case "list":
      return (json as StateJson[]).map((item) => held(item, first));
    case "map":
      return new Map(
        (json as [StateJson, StateJson][]).map(([keyJson, item]) => {
          const key = fromStateJson(keyJson, first);
          return [keyIdOf([key]), { key, ...held(item, second) }];
        }),
      );
  }
}
