/** What one reader has of its partition: the batches that were fetched and are still to be read, and where to fetch on. */
import type { RecordBatch } from "@millrace/engine/node";
import { AbortedFilter } from "./aborted-filter.ts";
import type { FetchedPartition } from "./fetch-protocol.ts";
import { RecordColumns } from "./record-columns.ts";
import { batchesIn, type RecordSlice } from "./record-slice.ts";

/** A batch that holds so much takes no more slices. */
const BATCH_BYTES = 4 << 20;
/** Type of a control record that ends an aborted or a committed transaction; others there may be are for brokers. */
const LAST_CONTROL_OF_TRANSACTIONS = 1;

const EMPTY: RecordBatch = new RecordColumns(0);

export class PartitionFeed {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Offset to read next. */
  offset: number;
  /** Offset to fetch next. */
  fetchOffset: number;
  /** Behind the last committed record, as of the last answer. */
  end: number;
  /** Records lost to retention before they were read. */
  skipped = 0;
  /** Bytes that wait to be read, and how many are enough: fetching goes on while there are less. */
  waiting = 0;
  enough = 0;
  /** A broker has answered since it was opened. */
  isAnswered = false;
  /** Since when brokers have not answered, in the clock of `performance`. */
  failingSince: number | undefined;
  /** It is in a request, or its place is being looked up. */
  isBusy = false;
  isClosed = false;
  private failure: unknown;
  private readonly slices: RecordSlice[] = [];
  private readonly filter = new AbortedFilter();
  private readonly watchers = new Set<() => void>();

  constructor(topic: { readonly name: string; readonly id: string }, partition: number, offset: number, end: number) {
    this.topic = topic.name;
    this.topicId = topic.id;
    this.partition = partition;
    this.offset = offset;
    this.fetchOffset = offset;
    this.end = end;
  }

  get place(): string {
    return `${this.topic}-${this.partition}`;
  }

  get isHungry(): boolean {
    return this.waiting < this.enough && !this.isBusy && !this.isClosed && this.failure === undefined;
  }

  /** An answer without an error. */
  accept({ committedEnd, aborted, records }: FetchedPartition): void {
    this.filter.begin(aborted);
    for (const { slice, producerId, lastOffset, isTransactional, isControl } of batchesIn(records, this.place)) {
      // Asked for control batches too: it must see all.
      const isShown = this.filter.shows({ producerId, lastOffset, isTransactional });
      if (isControl && slice.bytes.readInt16BE(controlTypeAt(slice)) <= LAST_CONTROL_OF_TRANSACTIONS) this.filter.end(producerId);
      if (slice.nextOffset <= this.fetchOffset) continue;
      this.fetchOffset = slice.nextOffset;
      if (isShown && !isControl) {
        this.slices.push(slice);
        this.waiting += slice.bytes.length;
      } else this.passOver(slice.nextOffset);
    }
    this.end = Math.max(committedEnd, 0);
    this.isAnswered = true;
    this.failingSince = undefined;
    this.tell();
  }

  /** Goes on at another offset: retention has removed what was to be read. */
  jump(offset: number, end: number): void {
    this.skipped += Math.max(0, offset - this.fetchOffset);
    if (this.slices.length === 0) this.offset = offset;
    this.fetchOffset = offset;
    this.end = end;
    this.filter.reset();
  }

  take(maxRecords: number): RecordBatch {
    if (this.slices.length === 0) return EMPTY;
    const most = this.slices.reduce((sum, { left }) => sum + left, 0);
    const batch = new RecordColumns(Math.min(maxRecords, most));
    for (let bytes = 0; !batch.isFull && bytes < BATCH_BYTES; ) {
      const slice = this.slices[0];
      if (!slice) break;
      bytes += slice.bytes.length;
      const before = slice.bytes.length;
      batch.take(slice, this.offset, this.place);
      // Unpacking changes what it takes.
      this.waiting += slice.bytes.length - before;
      if (slice.left > 0) {
        this.offset = batch.count > 0 ? batch.offset(batch.count - 1) + 1 : this.offset;
        break;
      }
      this.slices.shift();
      this.waiting -= slice.bytes.length;
      this.offset = slice.nextOffset;
    }
    return batch;
  }

  /** The reader cannot go on: what is waiting is still read. */
  fail(error: unknown): void {
    this.failure = error;
    this.tell();
  }

  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Resolves when something has changed, or after `ms`. */
  change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.watchers.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.watchers.add(done);
    });
  }

  tell(): void {
    for (const watch of [...this.watchers]) watch();
  }

  private passOver(nextOffset: number): void {
    const last = this.slices.at(-1);
    if (last) last.nextOffset = nextOffset;
    else this.offset = nextOffset;
  }
}

/** The key of a control record is its version and type, two bytes each; it begins behind length, flags, time, offset and the key's length, a byte each: the batch has one record. */
function controlTypeAt({ at }: RecordSlice): number {
  return at + 5 + 2;
}
