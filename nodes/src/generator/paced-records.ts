import type { Millis, Position } from "@millrace/engine/node";

/**
 * Records in the order in which they are due: what each kind of generator is to the source that paces them. They have no clock; the source asks
 * for the next record when its time has come.
 */
export interface PacedRecords {
  /** When the next record is due, on the generator's clock; `Infinity` when there is none. */
  nextDue(): Millis;
  take(): PacedRecord;
  /** How many were taken, since the very first start. */
  readonly taken: number;
  /** What to go on from, exactly, after a restart. */
  position(): Position;
}

export interface PacedRecord {
  readonly text: string;
  /** The record's own time. Never later than when it was due, but for the timing of the course's mock. */
  readonly time: Millis;
}

/** After a stop longer than this a generator goes on from now and does not send what it would have sent meanwhile. */
export const CATCH_UP_MS = 60_000;
