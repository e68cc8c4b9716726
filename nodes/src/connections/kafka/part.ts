/** What is written between two checkpoints, on its way to the brokers. */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import { sizeOf } from "./batch-builder.ts";
import type { Partition, Sender } from "./sender.ts";
import { type BatchMemory, Staging } from "./staging.ts";
import type { Targets } from "./targets.ts";

export interface PartOptions {
  readonly sender: Sender;
  readonly targets: Targets;
  readonly memory: BatchMemory;
  readonly now: () => Millis;
  /** Something of it cannot be written; not called for what was given up. */
  readonly onFailure: (error: unknown) => void;
}

export class Part {
  records = 0;
  /** Where the first batch that was acknowledged lies: by it one can see later what became of a transaction. */
  first: (Partition & { readonly offset: number }) | undefined;
  private readonly options: PartOptions;
  private readonly staging: Staging;
  private readonly sending = new Set<Promise<void>>();
  /** Bytes that are given to the sender and not acknowledged. */
  private unacknowledged = 0;
  /** Records whose topic is being looked up, and their bytes. */
  private readonly waiting = new Map<string, TopicRecord[]>();
  private unplaced = 0;
  private isGivenUp = false;

  constructor(options: PartOptions) {
    this.options = options;
    const { sender, memory, now } = options;
    this.staging = new Staging(now, memory, (batch) => {
      const bytes = batch.builder.size;
      this.unacknowledged += bytes;
      this.follow(
        sender.send(batch).then((offset) => {
          this.unacknowledged -= bytes;
          this.first ??= { topic: batch.topic, partition: batch.partition, offset };
          memory.give(batch.builder.memory);
        }),
      );
    });
  }

  /** Bytes that are not acknowledged. */
  get bytes(): number {
    return this.staging.bytes + this.unacknowledged + this.unplaced;
  }

  /** Throws a `ConnectionError` for a record that its topic cannot take. */
  write(topic: string, record: TopicRecord): void {
    // Those of a topic that is being looked up come first.
    const waiting = this.waiting.get(topic);
    const target = waiting ? undefined : this.options.targets.known(topic);
    if (target) {
      this.staging.add(target, record);
    } else {
      // What a record is made of belongs to the caller.
      const kept = copyOf(record);
      this.unplaced += sizeOf(kept);
      if (waiting) waiting.push(kept);
      else this.lookUp(topic, [kept]);
    }
    this.records += 1;
  }

  /** Resolves when all replicas have all of it; rejects as `onFailure` is told. */
  async acknowledged(): Promise<void> {
    // What waits for its topic is staged once that is known, and then sent.
    while (this.sending.size > 0 || this.staging.bytes > 0) {
      this.staging.flush();
      await Promise.all([...this.sending]);
    }
  }

  /** Forgets what was not sent; who owns the sender stops that. */
  giveUp(): void {
    this.isGivenUp = true;
    this.staging.clear();
  }

  private lookUp(topic: string, waiting: TopicRecord[]): void {
    this.waiting.set(topic, waiting);
    this.follow(
      this.options.targets.find(topic).then((target) => {
        this.waiting.delete(topic);
        if (this.isGivenUp) return;
        for (const one of waiting) {
          this.unplaced -= sizeOf(one);
          this.staging.add(target, one);
        }
      }),
    );
  }

  private follow(work: Promise<void>): void {
    this.sending.add(work);
    work.then(
      () => this.sending.delete(work),
      (error: unknown) => {
        if (!this.isGivenUp) this.options.onFailure(error);
      },
    );
  }
}

function copyOf({ value, key, time, headers, partition }: TopicRecord): TopicRecord {
  const bytes = value && Buffer.from(value.bytes.subarray(value.start, value.end));
  return {
    value: bytes && { bytes, start: 0, end: bytes.length },
    key: key && Buffer.from(key),
    time,
    ...(headers && { headers: headers.map(([name, content]) => [name, Buffer.from(content)] as const) }),
    partition,
  };
}
