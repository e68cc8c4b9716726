/**
 * The sending end of an exchange on one subtask. Each receiver grants so many batches at a time; what goes beyond waits here, and the subtask then takes in nothing that could
 * add to it (`isBlocked`), so a slow receiver stops the sources behind it and memory stays flat.
 */
import type { Millis } from "../node/index.ts";
import { BatchWriter, type ExchangeBatch, type RowEntry } from "./exchange-batch.ts";
import type { Exchange } from "./plan.ts";

/** Batches under way to one receiver. */
export const CREDITS = 8;

export class ExchangeOutput {
  readonly exchange: Exchange;
  private readonly self: number;
  private readonly send: (batch: ExchangeBatch) => void;
  /** By receiver; the subtask's own place stays empty, its rows never leave it. */
  private readonly writers: BatchWriter[];
  private readonly credits: number[];
  private readonly waiting: ExchangeBatch[][];
  private waitingBatches = 0;

  constructor(exchange: Exchange, self: number, send: (batch: ExchangeBatch) => void, batchBytes?: number) {
    this.exchange = exchange;
    this.self = self;
    this.send = send;
    const each = <T>(make: () => T) => Array.from({ length: exchange.receivers }, make);
    this.writers = each(() => new BatchWriter(batchBytes));
    this.credits = each(() => CREDITS);
    this.waiting = each(() => []);
  }

  get isBlocked(): boolean {
    return this.waitingBatches > 0;
  }

  row(to: number, entry: RowEntry, bytes: Uint8Array, start: number, end: number): void {
    const writer = this.writers[to] as BatchWriter;
    writer.row(entry, bytes, start, end);
    if (writer.isFull) this.handOver(to);
  }

  watermark(time: Millis): void {
    this.others((writer) => writer.watermark(time));
  }

  idle(isIdle: boolean): void {
    this.others((writer) => writer.idle(isIdle));
  }

  end(): void {
    this.others((writer) => writer.end());
    this.flush();
  }

  barrier(checkpointId: number): void {
    this.others((writer) => writer.barrier(checkpointId));
    this.flush();
  }

  /** Hands over what has gathered, to those who take more now. For the others it gathers on: small batches without number would wait for them. */
  flush(): void {
    this.writers.forEach((writer, to) => {
      if (!writer.isEmpty && (this.credits[to] as number) > 0) this.handOver(to);
    });
  }

  /** A receiver has worked off a batch. */
  credit(from: number): void {
    const next = this.waiting[from]?.shift();
    if (next === undefined) {
      (this.credits[from] as number)++;
      return;
    }
    this.waitingBatches--;
    this.send(next);
  }

  private others(write: (writer: BatchWriter) => void): void {
    this.writers.forEach((writer, to) => {
      if (to === this.self) return;
      write(writer);
      if (writer.isFull) this.handOver(to);
    });
  }

  private handOver(to: number): void {
    const batch: ExchangeBatch = { exchange: this.exchange.id, from: this.self, to, ...(this.writers[to] as BatchWriter).take() };
    if ((this.credits[to] as number) > 0) {
      (this.credits[to] as number)--;
      this.send(batch);
    } else {
      (this.waiting[to] as ExchangeBatch[]).push(batch);
      this.waitingBatches++;
    }
  }
}
