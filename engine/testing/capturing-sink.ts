/** A sink that keeps what would have been written, as text. */
import type { Prepared, Sink, SinkRecord } from "../src/node/index.ts";
import { type SeenRow, seenRow } from "./compare-rows.ts";

export class CapturingSink implements Sink {
  readonly isFull = false;
  private rows: SeenRow[] = [];

  write(record: SinkRecord): void {
    const decoder = new TextDecoder();
    const value = record.made === undefined ? record.value : record.made.text();
    const text = value === null ? "null" : decoder.decode(value.bytes.subarray(value.start, value.end));
    this.rows.push({
      ...seenRow(text, Number.isFinite(record.time) ? record.time : null, "+I"),
      ...(record.key ? { key: decoder.decode(record.key) } : {}),
      ...(record.target === undefined ? {} : { target: record.target }),
    });
  }

  make(target: string | undefined): void {
    this.rows.push({ ...seenRow("null", null, "+I"), ...(target === undefined ? {} : { target }) });
  }

  take(): SeenRow[] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  async prepare(): Promise<Prepared> {
    return {};
  }
  async abort(): Promise<void> {}
  async close(): Promise<void> {}
}
