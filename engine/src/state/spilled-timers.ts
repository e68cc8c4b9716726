/**
 * Timers in the spill store. What goes there at once is a *run*: sorted, in blocks of some hundreds, so that a timer costs little more than its bytes. A block is taken back as a whole, once its first
 * timer is the first of all; the others wait in the heap with the rest.
 */
import type { Millis } from "../node/operator.ts";
import type { Value } from "../schema/index.ts";
import { keyOfBytes, writeKey } from "./key.ts";
import type { SpillStore } from "./spill-store.ts";
import { ValueReader, ValueWriter } from "./value-bytes.ts";

export interface Timer {
  readonly time: Millis;
  /** Of equal times the lower one is first. */
  readonly order: number;
  readonly key: readonly Value[];
}

interface Run {
  readonly id: number;
  /** The first timer of each block, without its key. */
  readonly firsts: readonly Omit<Timer, "key">[];
  /** The first block that is still in the store. */
  next: number;
}

const BLOCK = 512;

export class SpilledTimers {
  size = 0;
  private readonly space: number;
  private readonly store: SpillStore;
  private runs: Run[] = [];
  private ids = 0;
  /** The run whose next block begins with the first timer of all. */
  private firstRun: Run | undefined;
  private readonly writer = new ValueWriter();
  private readonly reader = new ValueReader();

  /** `space` is the first byte of its keys. */
  constructor(space: number, store: SpillStore) {
    this.space = space;
    this.store = store;
  }

  get first(): Omit<Timer, "key"> | undefined {
    return this.firstRun && firstOf(this.firstRun);
  }

  /** Takes timers that are in order. */
  add(timers: readonly Timer[]): void {
    const run: Run & { firsts: Omit<Timer, "key">[] } = { id: this.ids++, firsts: [], next: 0 };
    this.store.batch(() => {
      for (let begin = 0; begin < timers.length; begin += BLOCK) {
        const block = timers.slice(begin, begin + BLOCK);
        const { time, order } = block[0] as Timer;
        this.store.put(this.blockKey(run.id, run.firsts.length), this.write(block));
        run.firsts.push({ time, order });
      }
    });
    this.size += timers.length;
    this.runs.push(run);
    this.findFirst();
  }

  /** Gives the block that begins with the first timer of all. */
  take(): readonly Timer[] {
    const run = this.firstRun;
    if (run === undefined) throw new Error("there are no spilled timers");
    const key = this.blockKey(run.id, run.next);
    const bytes = this.store.get(key);
    if (bytes === undefined) throw new Error("a block of timers is not in the spill store");
    const block = this.read(bytes);
    this.store.delete(key);
    this.size -= block.length;
    run.next++;
    if (run.next === run.firsts.length) this.runs = this.runs.filter((other) => other !== run);
    this.findFirst();
    return block;
  }

  private write(block: readonly Timer[]): Uint8Array {
    const { writer } = this;
    writer.begin();
    for (const { time, order, key } of block) {
      writer.number(time);
      writer.number(order);
      const opened = writer.open();
      writeKey(writer, key);
      writer.close(opened);
    }
    return writer.peek();
  }

  private read(bytes: Uint8Array): Timer[] {
    const { reader } = this;
    reader.reset(bytes);
    const block: Timer[] = [];
    while (!reader.isAtEnd) {
      const time = reader.number();
      const order = reader.number();
      block.push({ time, order, key: keyOfBytes(reader.raw(reader.uint32())) });
    }
    return block;
  }

  private findFirst(): void {
    let found: Run | undefined;
    for (const run of this.runs) {
      const [a, b] = [firstOf(run), found && firstOf(found)];
      if (b === undefined || a.time < b.time || (a.time === b.time && a.order < b.order)) found = run;
    }
    this.firstRun = found;
  }

  private blockKey(run: number, block: number): Uint8Array {
    const key = new Uint8Array(9);
    const view = new DataView(key.buffer);
    key[0] = this.space;
    view.setUint32(1, run);
    view.setUint32(5, block);
    return key;
  }
}

function firstOf(run: Run): Omit<Timer, "key"> {
  return run.firsts[run.next] as Omit<Timer, "key">;
}
