/**
 * Rows on their way between subtasks: bytes in one buffer that is handed over, never object graphs. A batch is a sequence of entries, each a tag and what belongs to it:
 *
 * | entry | tag | then |
 * | --- | --- | --- |
 * | row | 0–63 and 128–191: kind, and the flags below | time (f64), with an origin its number in `places` (u16) and the offset (f64), with hidden members their number in `hidden` (u16), length (u32), bytes |
 * | watermark | 64 | time (f64) |
 * | idle, active, end | 65, 66, 67 | |
 * | barrier | 68 | checkpoint (f64) |
 *
 * A row's bytes are its record's JSON (changes spliced in), or, with `RAW`, a source's record as it was read.
 */
import type { Millis, Split } from "../node/index.ts";
import type { RowKind } from "../schema/index.ts";

/** A split of a source node. */
export interface RecordPlace {
  readonly nodeId: string;
  readonly split: Split;
}

export interface ExchangeBatch {
  readonly exchange: number;
  /** Subtasks. */
  readonly from: number;
  readonly to: number;
  readonly bytes: ArrayBuffer;
  readonly length: number;
  /** Where the rows' records were read. */
  readonly places: readonly RecordPlace[];
  /** Names of members that are no fields of a row, whatever the port's schema says of fields of these names: another stream has them. */
  readonly hidden: readonly (readonly string[])[];
}

/** The row was made new by a node: its text is all there is of it, and not a record that may be written through. */
export const IS_NEW = 4;
/** A source's record, not decoded yet. */
export const IS_RAW = 8;
/** The record is followed through all taps. */
export const IS_TRACED = 16;
const HAS_ORIGIN = 32;
const HAS_HIDDEN = 128;
const WATERMARK = 64;
const IDLE = 65;
const ACTIVE = 66;
const END = 67;
const BARRIER = 68;

const KINDS: readonly RowKind[] = ["+I", "-U", "+U", "-D"];
const ROW_HEAD = 1 + 8 + 2 + 8 + 2 + 4;
/** Large enough that a message costs little per row, small enough that rows do not wait for long. */
const BATCH_BYTES = 128 << 10;

export interface RowEntry {
  readonly kind: RowKind;
  /** `IS_NEW`, `IS_RAW`, `IS_TRACED`. */
  readonly flags: number;
  readonly time: Millis;
  /** Where the record that caused it was read, and its offset there. */
  readonly place: RecordPlace | undefined;
  readonly offset: number;
  /** Members of its text that are no fields; the same array for the same names. */
  readonly hidden?: readonly string[] | undefined;
}

export class BatchWriter {
  private readonly batchBytes: number;
  private bytes: ArrayBuffer;
  private target: Uint8Array;
  private view: DataView;
  private length = 0;
  private places: RecordPlace[] = [];
  private lastPlace: RecordPlace | undefined;
  private lastIndex = 0;
  private hidden: (readonly string[])[] = [];

  /** `batchBytes`: a batch is full with so many. */
  constructor(batchBytes: number = BATCH_BYTES) {
    this.batchBytes = batchBytes;
    this.bytes = new ArrayBuffer(batchBytes);
    this.target = new Uint8Array(this.bytes);
    this.view = new DataView(this.bytes);
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** Time to hand over. */
  get isFull(): boolean {
    return this.length >= this.batchBytes - ROW_HEAD;
  }

  row({ kind, flags, time, place, offset, hidden }: RowEntry, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.reserve(ROW_HEAD + length);
    const { view } = this;
    let at = this.length;
    view.setUint8(at, KINDS.indexOf(kind) | flags | (place === undefined ? 0 : HAS_ORIGIN) | (hidden === undefined ? 0 : HAS_HIDDEN));
    view.setFloat64(at + 1, time);
    at += 9;
    if (place !== undefined) {
      view.setUint16(at, this.indexOf(place));
      view.setFloat64(at + 2, offset);
      at += 10;
    }
    if (hidden !== undefined) {
      let index = this.hidden.indexOf(hidden);
      if (index === -1) index = this.hidden.push(hidden) - 1;
      view.setUint16(at, index);
      at += 2;
    }
    view.setUint32(at, length);
    this.target.set(bytes.subarray(start, end), at + 4);
    this.length = at + 4 + length;
  }

  watermark(time: Millis): void {
    this.control(WATERMARK, time);
  }

  idle(isIdle: boolean): void {
    this.control(isIdle ? IDLE : ACTIVE);
  }

  end(): void {
    this.control(END);
  }

  barrier(checkpointId: number): void {
    this.control(BARRIER, checkpointId);
  }

  /** The batch so far; the writer begins a new one. */
  take(): Pick<ExchangeBatch, "bytes" | "length" | "places" | "hidden"> {
    const { bytes, length, places, hidden } = this;
    this.begin(this.batchBytes);
    this.places = [];
    this.lastPlace = undefined;
    this.hidden = [];
    return { bytes, length, places, hidden };
  }

  private control(tag: number, value?: number): void {
    this.reserve(9);
    this.view.setUint8(this.length++, tag);
    if (value === undefined) return;
    this.view.setFloat64(this.length, value);
    this.length += 8;
  }

  private indexOf(place: RecordPlace): number {
    if (place === this.lastPlace) return this.lastIndex;
    let index = this.places.indexOf(place);
    if (index === -1) index = this.places.push(place) - 1;
    this.lastPlace = place;
    this.lastIndex = index;
    return index;
  }

  private begin(size: number): void {
    this.bytes = new ArrayBuffer(size);
    this.target = new Uint8Array(this.bytes);
    this.view = new DataView(this.bytes);
    this.length = 0;
  }

  private reserve(length: number): void {
    if (this.length + length <= this.bytes.byteLength) return;
    const { target, length: used } = this;
    this.begin(Math.max(2 * this.bytes.byteLength, used + length));
    this.target.set(target.subarray(0, used));
    this.length = used;
  }
}

export interface BatchHandler {
  row(entry: RowEntry, bytes: Uint8Array, start: number, end: number): void;
  watermark(time: Millis): void;
  idle(isIdle: boolean): void;
  end(): void;
  barrier(checkpointId: number): void;
}

/** Calls the handler for each entry, in order. The batch's bytes stay valid for as long as anyone holds them. */
export function readBatch(batch: ExchangeBatch, handler: BatchHandler): void {
  const bytes = new Uint8Array(batch.bytes);
  const view = new DataView(batch.bytes);
  for (let at = 0; at < batch.length; ) {
    const tag = view.getUint8(at++);
    switch (tag) {
      case WATERMARK:
        handler.watermark(view.getFloat64(at));
        at += 8;
        break;
      case BARRIER:
        handler.barrier(view.getFloat64(at));
        at += 8;
        break;
      case IDLE:
      case ACTIVE:
        handler.idle(tag === IDLE);
        break;
      case END:
        handler.end();
        break;
      default: {
        const time = view.getFloat64(at);
        at += 8;
        let place: RecordPlace | undefined;
        let offset = 0;
        if (tag & HAS_ORIGIN) {
          place = batch.places[view.getUint16(at)];
          offset = view.getFloat64(at + 2);
          at += 10;
        }
        let hidden: readonly string[] | undefined;
        if (tag & HAS_HIDDEN) {
          hidden = batch.hidden[view.getUint16(at)];
          at += 2;
        }
        const start = at + 4;
        const end = start + view.getUint32(at);
        handler.row(
          { kind: KINDS[tag & 3] as RowKind, flags: tag & (IS_NEW | IS_RAW | IS_TRACED), time, place, offset, hidden },
          bytes,
          start,
          end,
        );
        at = end;
      }
    }
  }
}
