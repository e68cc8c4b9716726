/**
 * All timers of one kind of a node, in order of time, equal times in the order they were set. The queue holds a key and a time; whether the timer still stands, the key's state says, so
 * cancelled ones are passed over when they come up.
 *
 * Timers are in a heap in memory. Once there are too many, the later half goes to the spill store (`spilled-timers.ts`), whence they come back when they are next.
 */
import type { Millis } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import type { SpillStore } from "./spill-store.ts";
import { SpilledTimers, type Timer } from "./spilled-timers.ts";

/** About what a timer takes in memory: its numbers, its key. */
export const TIMER_BYTES = 130;

export class TimerQueue {
  /** Of the timer that `next` gave last. */
  time: Millis = 0;
  private readonly times: Millis[] = [];
  private readonly orders: number[] = [];
  private readonly keys: (readonly Value[])[] = [];
  private readonly spilled: SpilledTimers | undefined;
  private order = 0;

  /** `space` is the first byte of what it keeps in the store. */
  constructor(space: number, store: SpillStore | undefined) {
    this.spilled = store && new SpilledTimers(space, store);
  }

  /** Timers that are set, and cancelled ones that did not come up yet. */
  get size(): number {
    return this.times.length + (this.spilled?.size ?? 0);
  }

  get inMemory(): number {
    return this.times.length;
  }

  /** The earliest time, exact but for cancelled timers. */
  get earliest(): Millis | undefined {
    const first = this.spilled?.first?.time;
    return first === undefined ? this.times[0] : Math.min(first, this.times[0] ?? first);
  }

  add(time: Millis, key: readonly Value[]): void {
    this.push(time, this.order++, key);
  }

  /** Removes the first timer at or before `until` and returns its key; its time is then in `time`. */
  next(until: Millis): readonly Value[] | undefined {
    while (this.spilledIsNext(until))
      for (const { time, order, key } of (this.spilled as SpilledTimers).take()) this.push(time, order, key);
    const first = this.times[0];
    if (first === undefined || first > until) return undefined;
    this.time = first;
    const key = this.keys[0] as readonly Value[];
    this.pop();
    return key;
  }

  /** Moves the later half of what is in memory to the store. */
  spillHalf(): void {
    if (this.spilled === undefined || this.times.length < 2) return;
    const all = this.times.map((time, i): Timer => ({ time, order: this.orders[i] as number, key: this.keys[i] as readonly Value[] }));
    all.sort((a, b) => (a.time === b.time ? a.order - b.order : a.time < b.time ? -1 : 1));
    const kept = all.length >> 1;
    // What is in order is a heap.
    this.times.length = this.orders.length = this.keys.length = kept;
    for (let i = 0; i < kept; i++) {
      const { time, order, key } = all[i] as Timer;
      this.setAt(i, time, order, key);
    }
    this.spilled.add(all.slice(kept));
  }

  private spilledIsNext(until: Millis): boolean {
    const first = this.spilled?.first;
    if (first === undefined || first.time > until) return false;
    return this.times.length === 0 || this.isBefore(first.time, first.order, 0);
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
