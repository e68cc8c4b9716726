import type { RecordBatch } from "@millrace/engine/node";
import type { PacedRecord } from "./paced-records.ts";

/** The records' texts in one buffer. `first` is the number of records before them. */
export function recordBatch(records: readonly PacedRecord[], first: number): RecordBatch {
  const ends: number[] = [];
  let length = 0;
  for (const { text } of records) {
    length += Buffer.byteLength(text);
    ends.push(length);
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  for (const [i, { text }] of records.entries()) bytes.write(text, ends[i - 1] ?? 0);
  return {
    count: records.length,
    bytes: (i) => ({ bytes, start: ends[i - 1] ?? 0, end: ends[i] as number }),
    time: (i) => (records[i] as PacedRecord).time,
    offset: (i) => first + i,
  };
}
