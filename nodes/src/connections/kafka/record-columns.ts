/** The records of one `read`, as columns of places in the fetched memory: no object per record until one is asked for. */
import type { ByteRange, Millis, RecordBatch } from "@millrace/engine/node";
import { corrupt, open, type RecordSlice } from "./record-slice.ts";

type Headers = readonly (readonly [string, Uint8Array])[];

/** Columns of `places`. */
const VALUE = 0;
const VALUE_END = 1;
const KEY = 2;
const KEY_END = 3;
const HEADERS = 4;
const WIDTH = 5;
/** Stands for null as the place of a key or value. */
const NONE = -1;

interface Part {
  readonly bytes: Buffer;
  /** Index of its first record, and behind its last. */
  readonly from: number;
  to: number;
}

export class RecordColumns implements RecordBatch {
  count = 0;
  private readonly places: Int32Array;
  /** Time and offset by turns. */
  private readonly numbers: Float64Array;
  private readonly parts: Part[] = [];
  /** The part of the last record that was asked for: mostly the next one's too. */
  private part: Part | undefined;

  constructor(capacity: number) {
    this.places = new Int32Array(capacity * WIDTH);
    this.numbers = new Float64Array(capacity * 2);
  }

  /** Takes records from the slice until it or the room in the columns is used up; those before `from` are skipped. `place` is for messages. */
  take(slice: RecordSlice, from: number, place: string): void {
    open(slice, place);
    const { bytes, baseOffset, baseTime, brokersTime } = slice;
    const { places, numbers } = this;
    const capacity = numbers.length / 2;
    const part: Part = { bytes, from: this.count, to: this.count };
    let count = this.count;
    position = slice.at;
    let left = slice.left;
    for (; left > 0 && count < capacity; left--) {
      const start = position;
      const length = readVarint(bytes);
      const next = position + length;
      position += 1;
      const time = readVarlong(bytes);
      const offset = baseOffset + readVarint(bytes);
      const keyLength = readVarint(bytes);
      const key = position;
      if (keyLength > 0) position += keyLength;
      const valueLength = readVarint(bytes);
      const value = position;
      if (valueLength > 0) position += valueLength;
      if (length <= 0 || position > next || next > bytes.length)
        throw corrupt(place, baseOffset, new RangeError(`record at byte ${start}`));
      if (offset >= from) {
        const at = count * WIDTH;
        places[at + VALUE] = valueLength < 0 ? NONE : value;
        places[at + VALUE_END] = value + valueLength;
        places[at + KEY] = keyLength < 0 ? NONE : key;
        places[at + KEY_END] = key + keyLength;
        places[at + HEADERS] = position;
        numbers[count * 2] = brokersTime ?? baseTime + time;
        numbers[count * 2 + 1] = offset;
        count += 1;
      }
      position = next;
    }
    slice.at = position;
    slice.left = left;
    this.count = count;
    part.to = count;
    if (part.to > part.from) this.parts.push(part);
    this.part ??= this.parts[0];
  }

  get isFull(): boolean {
    return this.count * 2 === this.numbers.length;
  }

  bytes(i: number): ByteRange | null {
    const { bytes } = this.partOf(i);
    const start = this.places[i * WIDTH + VALUE] as number;
    return start === NONE ? null : { bytes, start, end: this.places[i * WIDTH + VALUE_END] as number };
  }

  key(i: number): Uint8Array | null {
    const { bytes } = this.partOf(i);
    const start = this.places[i * WIDTH + KEY] as number;
    return start === NONE ? null : bytes.subarray(start, this.places[i * WIDTH + KEY_END]);
  }

  headers(i: number): Headers {
    const { bytes } = this.partOf(i);
    position = this.places[i * WIDTH + HEADERS] as number;
    const headers: [string, Uint8Array][] = [];
    for (let left = readVarint(bytes); left > 0; left--) {
      const name = readBytes(bytes, readVarint(bytes)).toString("utf8");
      headers.push([name, readBytes(bytes, readVarint(bytes))]);
    }
    return headers;
  }

  time(i: number): Millis {
    return this.numbers[i * 2] as number;
  }

  offset(i: number): number {
    return this.numbers[i * 2 + 1] as number;
  }

  private partOf(i: number): Part {
    const { part } = this;
    if (part && i >= part.from && i < part.to) return part;
    const found = this.parts.find(({ from, to }) => i >= from && i < to);
    if (!found) throw new RangeError(`record ${i} of a batch of ${this.count}`);
    this.part = found;
    return found;
  }
}

/** Where the functions below read next: one variable of the module costs nothing, an object per record would. */
let position = 0;

/** A header without content comes as an empty one. */
function readBytes(bytes: Buffer, length: number): Buffer {
  const start = position;
  if (length > 0) position += length;
  return bytes.subarray(start, position);
}

function readVarint(bytes: Buffer): number {
  let byte = bytes[position++] as number;
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
  let zigzag = byte & 0x7f;
  for (let shift = 7; shift < 35; shift += 7) {
    byte = bytes[position++] as number;
    zigzag |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return (zigzag >>> 1) ^ -(zigzag & 1);
}

function readVarlong(bytes: Buffer): number {
  let byte = bytes[position++] as number;
  if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
  let zigzag = byte & 0x7f;
  for (let factor = 0x80; byte >= 0x80; factor *= 0x80) {
    byte = bytes[position++] as number;
    zigzag += (byte & 0x7f) * factor;
  }
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}
