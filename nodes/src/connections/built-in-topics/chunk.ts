/**
 * Records are stored many at a time, so that the price of a stored value is shared by some hundred of them. A chunk is what they hold, one after the other, followed by
 * columns and a trailer; it is built in place and read in place. Little-endian:
 *
 * | part | what |
 * | --- | --- |
 * | per record | value, key, headers |
 * | times | f64 per record, or u32 above the lowest time when the flag NEAR_TIMES says so |
 * | ends | u32 per record: where it ends |
 * | key lengths | with HAS_KEYS: u32 per record, `NONE` for no key |
 * | header lengths | with HAS_HEADERS: u32 per record |
 * | tombstones | with HAS_TOMBSTONES: u8 per record, 1 for no value |
 * | trailer | f64 lowest time, u32 count, u32 start of the columns, u8 flags, 2 zero bytes, u8 version |
 *
 * Headers of a record: for each the length of its name as u32, the name in UTF-8, the length of its value as u32, the value.
 */
import type { ByteRange, Millis } from "@millrace/engine/node";

/** About as much as is worth an entry in the index; memory of each partition that is written to. */
export const CHUNK_BYTES = 128 << 10;
export const CHUNK_RECORDS = 1024;
/** LMDB holds values up to 4 GiB; a record this large is a mistake long before. */
export const MAX_RECORD_BYTES = 256 << 20;

const VERSION = 1;
const TRAILER = 20;
const NONE = 0xffff_ffff;
const NEAR_TIMES = 1;
const HAS_KEYS = 2;
const HAS_HEADERS = 4;
const HAS_TOMBSTONES = 8;
const SMALLEST = 4096 - TRAILER;
/** Up to this many bytes, as most keys have, a loop is quicker than a call. */
const SHORT = 24;
/** As `set`, without an object for the range of each record. */
const { copy } = Buffer.prototype;
/** Room for the columns of one record. */
const COLUMNS = 8 + 4 + 4 + 4 + 1;

type Headers = readonly (readonly [string, Uint8Array])[];

export interface ChunkRecord {
  readonly value: ByteRange | null;
  readonly key: Uint8Array | null;
  readonly time: Millis;
  readonly headers?: Headers | undefined;
}

export interface SealedChunk {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly maxTime: Millis;
}

/** Memory of chunks that were stored, to build others in. */
export interface ChunkMemory {
  /** At least `CHUNK_BYTES` long; undefined when there is none. */
  take(): Uint8Array | undefined;
}

export class ChunkBuilder {
  count = 0;
  private readonly memory: ChunkMemory | undefined;
  private bytes: Uint8Array = new Uint8Array(0);
  private length = 0;
  /** What the next chunk begins with: a whole one's room where the last was whole. */
  private least = SMALLEST;
  private times = new Float64Array(64);
  private ends = new Uint32Array(64);
  private keyLengths = new Uint32Array(64);
  private headerLengths = new Uint32Array(64);
  private tombstones = new Uint8Array(64);
  private flags = 0;
  private minTime = 0;
  private maxTime = 0;

  constructor(memory?: ChunkMemory) {
    this.memory = memory;
  }

  /** Bytes that the sealed chunk would take, at most. */
  get size(): number {
    return this.count === 0 ? 0 : this.length + this.count * COLUMNS + TRAILER;
  }

  /** False when the record belongs to the next chunk. The first one always fits. */
  fits(record: ChunkRecord, size = sizeOf(record)): boolean {
    if (this.count === 0) return true;
    return this.count < CHUNK_RECORDS && this.size + COLUMNS + size <= CHUNK_BYTES;
  }

  add(record: ChunkRecord, size = sizeOf(record)): void {
    const { value, key, time, headers } = record;
    const i = this.count;
    if (i === this.ends.length) this.growColumns();
    const needed = this.length + size + (i + 1) * COLUMNS + TRAILER;
    if (needed > this.bytes.length) this.growBytes(needed);
    if (value === null) {
      this.flags |= HAS_TOMBSTONES;
      this.tombstones[i] = 1;
    } else {
      this.tombstones[i] = 0;
      this.write(value.bytes, value.start, value.end);
    }
    if (key === null) this.keyLengths[i] = NONE;
    else {
      this.flags |= HAS_KEYS;
      this.keyLengths[i] = key.length;
      this.write(key, 0, key.length);
    }
    if (headers === undefined || headers.length === 0) this.headerLengths[i] = 0;
    else {
      this.flags |= HAS_HEADERS;
      const before = this.length;
      this.writeHeaders(headers);
      this.headerLengths[i] = this.length - before;
    }
    this.ends[i] = this.length;
    this.times[i] = time;
    if (i === 0 || time < this.minTime) this.minTime = time;
    if (i === 0 || time > this.maxTime) this.maxTime = time;
    this.count = i + 1;
  }

  /** The chunk of what was added; the builder is empty then. */
  seal(): SealedChunk {
    const { count, maxTime } = this;
    const length = this.writeColumns();
    // Whole chunks keep the memory they were built in; what was cut short goes on with it.
    const isWhole = length > this.bytes.length >> 1;
    const bytes = isWhole ? this.bytes.subarray(0, length) : new Uint8Array(this.bytes.subarray(0, length));
    if (isWhole) this.bytes = new Uint8Array(0);
    this.least = length > CHUNK_BYTES >> 1 ? CHUNK_BYTES : SMALLEST;
    this.length = 0;
    this.count = 0;
    this.flags = 0;
    return { bytes, count, maxTime };
  }

  private writeColumns(): number {
    const { bytes, count, length: columns } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.maxTime - this.minTime < NONE && Number.isInteger(this.minTime)) {
      this.flags |= NEAR_TIMES;
      for (let i = 0; i < count; i++) if (!Number.isInteger(this.times[i])) this.flags &= ~NEAR_TIMES;
    }
    const { flags } = this;
    let at = columns;
    if (flags & NEAR_TIMES) {
      for (let i = 0; i < count; i++, at += 4) view.setUint32(at, (this.times[i] as number) - this.minTime, true);
    } else {
      for (let i = 0; i < count; i++, at += 8) view.setFloat64(at, this.times[i] as number, true);
    }
    for (let i = 0; i < count; i++, at += 4) view.setUint32(at, this.ends[i] as number, true);
    if (flags & HAS_KEYS) for (let i = 0; i < count; i++, at += 4) view.setUint32(at, this.keyLengths[i] as number, true);
    if (flags & HAS_HEADERS) for (let i = 0; i < count; i++, at += 4) view.setUint32(at, this.headerLengths[i] as number, true);
    if (flags & HAS_TOMBSTONES) for (let i = 0; i < count; i++, at++) view.setUint8(at, this.tombstones[i] as number);
    view.setFloat64(at, this.minTime, true);
    view.setUint32(at + 8, count, true);
    view.setUint32(at + 12, columns, true);
    view.setUint32(at + 16, flags | (VERSION << 24), true);
    return at + TRAILER;
  }

  private write(from: Uint8Array, start: number, end: number): void {
    const { bytes, length } = this;
    this.length = length + end - start;
    if (end - start > SHORT) copy.call(from, bytes, length, start, end);
    else for (let i = start; i < end; i++) bytes[length + i - start] = from[i] as number;
  }

  private writeHeaders(headers: Headers): void {
    for (const [name, value] of headers) {
      this.writePrefixed(Buffer.from(name));
      this.writePrefixed(value);
    }
  }

  private writePrefixed(part: Uint8Array): void {
    new DataView(this.bytes.buffer, this.bytes.byteOffset).setUint32(this.length, part.length, true);
    this.length += 4;
    this.write(part, 0, part.length);
  }

  private growBytes(needed: number): void {
    const size = needed > CHUNK_BYTES ? needed : Math.min(CHUNK_BYTES, Math.max(needed, this.bytes.length * 4, this.least));
    const grown = (size === CHUNK_BYTES ? this.memory?.take() : undefined) ?? Buffer.allocUnsafeSlow(size);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  private growColumns(): void {
    const size = this.ends.length * 2;
    this.times = grow(this.times, new Float64Array(size));
    this.ends = grow(this.ends, new Uint32Array(size));
    this.keyLengths = grow(this.keyLengths, new Uint32Array(size));
    this.headerLengths = grow(this.headerLengths, new Uint32Array(size));
    this.tombstones = grow(this.tombstones, new Uint8Array(size));
  }
}

/** Bytes of the record itself. */
export function sizeOf({ value, key, headers }: ChunkRecord): number {
  let size = (value === null ? 0 : value.end - value.start) + (key === null ? 0 : key.length);
  if (headers !== undefined) for (const [name, content] of headers) size += 8 + Buffer.byteLength(name) + content.length;
  return size;
}

function grow<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A chunk as it was stored. Everything it gives are ranges of its bytes. */
export class ChunkView {
  readonly bytes: Uint8Array;
  readonly count: number;
  private readonly view: DataView;
  private readonly flags: number;
  private readonly minTime: Millis;
  private readonly times: number;
  private readonly ends: number;
  private readonly keyLengths: number;
  private readonly headerLengths: number;
  private readonly tombstones: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = view;
    const trailer = bytes.length - TRAILER;
    const last = trailer < 0 ? 0 : view.getUint32(trailer + 16, true);
    if (last >>> 24 !== VERSION) throw new Error(`a chunk of version ${VERSION} was expected, its trailer says ${last >>> 24}`);
    this.flags = last & 0xff;
    this.minTime = view.getFloat64(trailer, true);
    const count = view.getUint32(trailer + 8, true);
    this.count = count;
    this.times = view.getUint32(trailer + 12, true);
    this.ends = this.times + count * (this.flags & NEAR_TIMES ? 4 : 8);
    this.keyLengths = this.ends + count * 4;
    this.headerLengths = this.keyLengths + (this.flags & HAS_KEYS ? count * 4 : 0);
    this.tombstones = this.headerLengths + (this.flags & HAS_HEADERS ? count * 4 : 0);
  }

  time(i: number): Millis {
    if (this.flags & NEAR_TIMES) return this.minTime + this.view.getUint32(this.times + i * 4, true);
    return this.view.getFloat64(this.times + i * 8, true);
  }

  value(i: number): ByteRange | null {
    if (this.flags & HAS_TOMBSTONES && this.view.getUint8(this.tombstones + i) === 1) return null;
    return { bytes: this.bytes, start: this.start(i), end: this.end(i) - this.headerLength(i) - this.keyLength(i) };
  }

  key(i: number): Uint8Array | null {
    if (!(this.flags & HAS_KEYS) || this.view.getUint32(this.keyLengths + i * 4, true) === NONE) return null;
    const end = this.end(i) - this.headerLength(i);
    return this.bytes.subarray(end - this.keyLength(i), end);
  }

  headers(i: number): Headers {
    const length = this.headerLength(i);
    const end = this.end(i);
    const headers: (readonly [string, Uint8Array])[] = [];
    for (let at = end - length; at < end; ) {
      const name = this.prefixed(at);
      const value = this.prefixed(at + 4 + name.length);
      headers.push([Buffer.from(name.buffer, name.byteOffset, name.length).toString("utf8"), value]);
      at += 8 + name.length + value.length;
    }
    return headers;
  }

  /** Bytes of record i. */
  size(i: number): number {
    return this.end(i) - this.start(i);
  }

  private start(i: number): number {
    return i === 0 ? 0 : this.end(i - 1);
  }

  private end(i: number): number {
    return this.view.getUint32(this.ends + i * 4, true);
  }

  private keyLength(i: number): number {
    if (!(this.flags & HAS_KEYS)) return 0;
    const length = this.view.getUint32(this.keyLengths + i * 4, true);
    return length === NONE ? 0 : length;
  }

  private headerLength(i: number): number {
    return this.flags & HAS_HEADERS ? this.view.getUint32(this.headerLengths + i * 4, true) : 0;
  }

  private prefixed(at: number): Uint8Array {
    const length = this.view.getUint32(at, true);
    return this.bytes.subarray(at + 4, at + 4 + length);
  }
}

/** Both chunks as one, the records of the first before those of the second. */
export function mergeChunks(first: Uint8Array, second: Uint8Array): SealedChunk {
  const builder = new ChunkBuilder();
  for (const bytes of [first, second]) {
    const view = new ChunkView(bytes);
    for (let i = 0; i < view.count; i++)
      builder.add({ value: view.value(i), key: view.key(i), time: view.time(i), headers: view.headers(i) }, view.size(i));
  }
  return builder.seal();
}
