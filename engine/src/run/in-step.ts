/**
 * Reading splits in step: while records wait, none is read that is much later than the earliest that waits. Without it a backlog is read partition by partition, as much at a time as a batch holds, and what a
 * node behind takes for the present (the greatest time that it saw) runs ahead of all other partitions, whose rows are late then though they never were when they happened. Flink calls it
 * watermark alignment. Here it goes by the records' own times, before anything is read, so it is exact to the record. A split that nothing waits in holds nobody back.
 *
 * Where several subtasks read, what they write into one topic lies there checkpoint by checkpoint, so a whole checkpoint must not span more than a step: how far they may read is
 * agreed on with each checkpoint.
 */
import { MAX_TIME, MIN_TIME, type Millis, type Position, type RecordBatch, type SplitReader } from "../node/index.ts";

export type SplitReaderWithLag = SplitReader & { readonly lag?: number };

/** A reader whose batches may be taken in parts. */
export class SteppedReader {
  private readonly reader: SplitReaderWithLag;
  private batch: RecordBatch | undefined;
  private next = 0;
  /** What may wait behind what was taken is not earlier. */
  private least: Millis = MIN_TIME;

  constructor(reader: SplitReaderWithLag) {
    this.reader = reader;
  }

  /** Has the next records at hand, if there are any now. Resolves with false at the end of the split. */
  async fill(mostRecords: number): Promise<boolean> {
    if (this.batch !== undefined) return true;
    const batch = await this.reader.read(mostRecords, 0);
    if (batch !== undefined && batch.count > 0) this.batch = batch;
    else this.least = MAX_TIME;
    return batch !== undefined;
  }

  /** Time of the next record; the largest time when none waits. Where nobody has looked yet: of the last one. */
  get front(): Millis {
    return this.batch?.time(this.next) ?? this.least;
  }

  /** The records at hand up to the first one that is later than `horizon`, which are no longer at hand then. */
  take(horizon: Millis): RecordBatch | undefined {
    const { batch, next } = this;
    if (batch === undefined) return undefined;
    let end = horizon === Number.POSITIVE_INFINITY ? batch.count : next;
    while (end < batch.count && batch.time(end) <= horizon) end++;
    if (end === next) return undefined;
    this.next = end;
    this.least = batch.time(end - 1);
    if (end === batch.count) {
      this.batch = undefined;
      this.next = 0;
    }
    return next === 0 && end === batch.count ? batch : partOf(batch, next, end);
  }

  position(): Position {
    const { batch, next, reader } = this;
    if (batch === undefined) return reader.position();
    if (reader.positionAt === undefined) throw new Error("a split without positionAt is not read in parts");
    return reader.positionAt(batch.offset(next));
  }

  get lag(): number | undefined {
    const { lag } = this.reader;
    return lag === undefined ? undefined : lag + (this.batch === undefined ? 0 : this.batch.count - this.next);
  }

  close(): Promise<void> {
    this.batch?.release?.();
    return this.reader.close();
  }
}

/** Memory is given back with the last part. */
function partOf(batch: RecordBatch, from: number, to: number): RecordBatch {
  const { key, headers, release } = batch;
  return {
    count: to - from,
    bytes: (i) => batch.bytes(from + i),
    ...(key && { key: (i) => key.call(batch, from + i) }),
    ...(headers && { headers: (i) => headers.call(batch, from + i) }),
    time: (i) => batch.time(from + i),
    offset: (i) => batch.offset(from + i),
    ...(release && to === batch.count && { release: () => release.call(batch) }),
  };
}

/** How far this subtask may read. */
export class Horizon {
  private readonly stepMs: number;
  private readonly isShared: boolean;
  /** Of the last checkpoint, where it is shared. */
  private front: Millis = MIN_TIME;
  private hasAsked = false;

  /** `isShared`: other subtasks read and write too. */
  constructor(stepMs: number, isShared: boolean) {
    this.stepMs = stepMs;
    this.isShared = isShared;
  }

  /** `ownFront`: time of the earliest record that waits here. */
  at(ownFront: Millis): Millis {
    return (this.isShared ? this.front : ownFront) + this.stepMs;
  }

  /** A checkpoint is made: the earliest record that waits anywhere is at `front`. */
  moveTo(front: Millis): void {
    this.front = front;
    this.hasAsked = false;
  }

  /** True once for each checkpoint: records wait that may not be read before the next one. */
  asks(ownFront: Millis): boolean {
    if (!this.isShared || this.hasAsked || ownFront === MAX_TIME || ownFront <= this.at(ownFront)) return false;
    this.hasAsked = true;
    return true;
  }
}
