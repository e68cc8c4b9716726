/**
 * All timers of one kind of a node, in order of time, equal times in the order they were set. The queue holds a key and a time; whether the timer still stands, the key's state says, so
 * cancelled ones are passed over when they come up.
 *
 * The earliest are in a heap in memory. Once there are too many, the later ones go to the spill store, whose order is by time, too: everything in the heap comes before everything
 * in the store, and what is set for later than the heap reaches is gathered and put there in batches.
 */
import type { Millis } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import { keyOfBytes, writeKey } from "./key.ts";
import { behind, type SpillStore } from "./spill-store.ts";
import { ValueWriter } from "./value-bytes.ts";

/** About what a timer takes in memory: its numbers, its key. */
export const TIMER_BYTES = 130;
/** Timers that go to the store, or come from it, at once. */
const BATCH = 8_192;
/** Space, time, order. */
const KEY_BYTES = 15;

interface LaterTimer {
  readonly time: Millis;
  readonly order: number;
  readonly key: readonly Value[];
}

export class TimerQueue {
  /** Of the timer that `next` gave last. */
  time: Millis = 0;
  private readonly space: number;
  private readonly store: SpillStore | undefined;
  private readonly times: Millis[] = [];
  private readonly orders: number[] = [];
  private readonly keys: (readonly Value[])[] = [];
  private order = 0;
  /** From here on (and, at this very time, later set) timers are in `later` or in the store. */
  private horizon: Millis = Number.POSITIVE_INFINITY;
  private later: LaterTimer[] = [];
  private spilled = 0;
  private readonly writer = new ValueWriter();

  /** `space` is the first byte of what it keeps in the store. */
  constructor(space: number, store: SpillStore | undefined) {
    this.space = space;
    this.store = store;
  }

  /** Timers that are set, and cancelled ones that did not come up yet. */
  get size(): number {
    return this.inMemory + this.spilled;
  }

  get inMemory(): number {
    return this.times.length + this.later.length;
  }

  /** The earliest time, exact but for cancelled timers. */
  get earliest(): Millis | undefined {
    return this.times[0] ?? (this.hasLater ? this.horizon : undefined);
  }

  add(time: Millis, key: readonly Value[]): void {
    const order = this.order++;
    if (time < this.horizon || !this.hasLater) return this.push(time, order, key);
    this.later.push({ time, order, key });
    if (this.later.length >= BATCH) this.flush();
  }

  /** Removes the first timer at or before `until` and returns its key; its time is then in `time`. */
  next(until: Millis): readonly Value[] | undefined {
    if (this.times.length === 0 && this.horizon <= until && this.hasLater) this.refill();
    const first = this.times[0];
    if (first === undefined || first > until) return undefined;
    this.time = first;
    const key = this.keys[0] as readonly Value[];
    this.pop();
    return key;
  }

  /** Moves the later half of what is in memory to the store. */
  spillHalf(): void {
    if (this.store === undefined || this.times.length < 2) return this.flush();
    const all = this.times.map((time, i) => ({ time, order: this.orders[i] as number, key: this.keys[i] as readonly Value[] }));
    all.sort((a, b) => a.time - b.time || a.order - b.order);
    const kept = all.length >> 1;
    // What is in order is a heap.
    this.times.length = this.orders.length = this.keys.length = kept;
    for (let i = 0; i < kept; i++) this.setAt(i, (all[i] as LaterTimer).time, (all[i] as LaterTimer).order, (all[i] as LaterTimer).key);
    this.horizon = (all[kept] as LaterTimer).time;
    this.later = all.slice(kept).concat(this.later);
    this.flush();
  }

  private get hasLater(): boolean {
    return this.spilled > 0 || this.later.length > 0;
  }

  private flush(): void {
    const { store, later } = this;
    if (store === undefined || later.length === 0) return;
    this.later = [];
    this.spilled += later.length;
    store.batch(() => {
      for (const timer of later) {
        this.writer.begin();
        writeKey(this.writer, timer.key);
        store.put(storeKey(this.space, timer.time, timer.order), this.writer.peek());
      }
    });
  }

  /** Brings the earliest timers of the store into the heap, which is empty. */
  private refill(): void {
    this.flush();
    // Without one nothing is later.
    const store = this.store as SpillStore;
    const from = Uint8Array.of(this.space);
    const page = store.page(from, Uint8Array.of(this.space + 1), BATCH);
    store.batch(() => {
      for (const { key } of page) store.delete(key);
    });
    this.spilled -= page.length;
    for (const { key, value } of page) this.push(timeOf(key), orderOf(key), keyOfBytes(value));
    const last = page.at(-1);
    const following = last && this.spilled > 0 ? store.page(behind(last.key), Uint8Array.of(this.space + 1), 1)[0] : undefined;
    this.horizon = following ? timeOf(following.key) : Number.POSITIVE_INFINITY;
  }

  private push(time: Millis, order: number, key: readonly Value[]): void {
    let index = this.times.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(time, order, parent)) break;
      this.setAt(index, this.times[parent] as Millis, this.orders[parent] as number, this.keys[parent] as readonly Value[]);
      index = parent;
    }
    this.setAt(index, time, order, key);
  }

  private pop(): void {
    const time = this.times.pop() as Millis;
    const order = this.orders.pop() as number;
    const key = this.keys.pop() as readonly Value[];
    const { length } = this.times;
    if (length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && this.isBefore(this.times[child + 1] as Millis, this.orders[child + 1] as number, child)) child++;
      if (this.isBefore(time, order, child)) break;
      this.setAt(index, this.times[child] as Millis, this.orders[child] as number, this.keys[child] as readonly Value[]);
      index = child;
    }
    this.setAt(index, time, order, key);
  }

  private isBefore(time: Millis, order: number, index: number): boolean {
    const other = this.times[index] as Millis;
    return time < other || (time === other && order < (this.orders[index] as number));
  }

  private setAt(index: number, time: Millis, order: number, key: readonly Value[]): void {
    this.times[index] = time;
    this.orders[index] = order;
    this.keys[index] = key;
  }
}

const SIGN = 1n << 63n;
const ALL = (1n << 64n) - 1n;
const scratch = new DataView(new ArrayBuffer(8));

/** Bytes whose order is that of times and, for equal ones, of orders. */
function storeKey(space: number, time: Millis, order: number): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  const view = new DataView(key.buffer);
  key[0] = space;
  scratch.setFloat64(0, time === 0 ? 0 : time);
  // Positive numbers are in the order of their bits; negative ones the other way round.
  const bits = scratch.getBigUint64(0);
  view.setBigUint64(1, bits >= SIGN ? ~bits & ALL : bits | SIGN);
  view.setUint16(9, Math.floor(order / 2 ** 32));
  view.setUint32(11, order >>> 0);
  return key;
}

function timeOf(key: Uint8Array): Millis {
  const bits = new DataView(key.buffer, key.byteOffset, key.byteLength).getBigUint64(1);
  scratch.setBigUint64(0, bits >= SIGN ? bits ^ SIGN : ~bits & ALL);
  return scratch.getFloat64(0);
}

function orderOf(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return view.getUint16(9) * 2 ** 32 + view.getUint32(11);
}
