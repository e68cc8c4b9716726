/** Builds a record batch in place: a record is written once, where it will be sent from. The header comes last, with what is known only then. */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import { compressionsAlgorithms } from "@platformatic/kafka";
import { At, BATCH_VERSION, checksum, Flag, HEADER_BYTES, LENGTH_COUNTS_FROM } from "./batch-format.ts";
import type { Compression } from "./settings.ts";

export interface Stamp {
  readonly producerId: number;
  readonly epoch: number;
  /** Of the batch's first record. */
  readonly sequence: number;
  readonly isTransactional: boolean;
}

type Headers = NonNullable<TopicRecord["headers"]>;

const SMALLEST = 16 << 10;
/** The most that lengths, time and offset of one record take. */
const VARINTS = 40;
/** Up to this many bytes, as most keys have, a loop is quicker than a call. */
const SHORT = 24;

/** An upper bound of what a record takes in a batch. */
export function sizeOf({ value, key, headers }: TopicRecord): number {
  const size = VARINTS + (value ? value.end - value.start : 0) + (key ? key.length : 0);
  return headers === undefined ? size : size + headersSize(headers);
}

export class BatchBuilder {
  count = 0;
  private bytes: Buffer;
  private length = HEADER_BYTES;
  private baseTime = 0;
  private maxTime = 0;

  /** `memory`: of a batch that is no longer looked at. */
  constructor(memory?: Buffer) {
    this.bytes = memory ?? Buffer.allocUnsafe(SMALLEST);
  }

  /** Bytes so far, uncompressed. */
  get size(): number {
    return this.length;
  }

  /** `size`: as `sizeOf` has it. */
  add({ value, key, headers }: TopicRecord, time: Millis, size: number): void {
    if (this.length + size > this.bytes.length) this.grow(this.length + size);
    if (this.count === 0) {
      this.baseTime = time;
      this.maxTime = time;
    } else if (time > this.maxTime) this.maxTime = time;
    const timeDelta = time - this.baseTime;
    const valueLength = value ? value.end - value.start : -1;
    const keyLength = key ? key.length : -1;
    const headersLength = headers === undefined || headers.length === 0 ? 1 : headersSize(headers);
    const body =
      1 +
      varlongSize(timeDelta) +
      varintSize(this.count) +
      varintSize(keyLength) +
      Math.max(keyLength, 0) +
      varintSize(valueLength) +
      Math.max(valueLength, 0) +
      headersLength;
    const { bytes } = this;
    let at = writeVarint(bytes, this.length, body);
    bytes[at++] = 0;
    at = writeVarlong(bytes, at, timeDelta);
    at = writeVarint(bytes, at, this.count);
    at = writeVarint(bytes, at, keyLength);
    if (key) at = copy(key, 0, key.length, bytes, at);
    at = writeVarint(bytes, at, valueLength);
    if (value) at = copy(value.bytes, value.start, value.end, bytes, at);
    this.length = headersLength === 1 ? writeVarint(bytes, at, 0) : writeHeaders(bytes, at, headers as Headers);
    this.count += 1;
  }

  /** The finished batch. Uncompressed it lies in the builder's memory: see `memory`. */
  seal({ producerId, epoch, sequence, isTransactional }: Stamp, compression: Compression): Buffer {
    const batch = compression === "none" ? this.bytes.subarray(0, this.length) : this.compressed(compression);
    batch.writeBigInt64BE(0n, At.baseOffset);
    batch.writeInt32BE(batch.length - LENGTH_COUNTS_FROM, At.length);
    batch.writeInt32BE(-1, LENGTH_COUNTS_FROM);
    batch[At.version] = BATCH_VERSION;
    batch.writeInt16BE((isTransactional ? Flag.transactional : 0) | compressionsAlgorithms[compression].bitmask, At.flags);
    batch.writeInt32BE(this.count - 1, At.lastOffsetDelta);
    batch.writeBigInt64BE(BigInt(this.baseTime), At.baseTime);
    batch.writeBigInt64BE(BigInt(this.maxTime), At.maxTime);
    batch.writeBigInt64BE(BigInt(producerId), At.producerId);
    batch.writeInt16BE(epoch, At.producerEpoch);
    batch.writeInt32BE(sequence, At.sequence);
    batch.writeInt32BE(this.count, At.count);
    batch.writeUInt32BE(checksum(batch), At.crc);
    return batch;
  }

  /** To build another batch in, once this one is not looked at any more. */
  get memory(): Buffer {
    return this.bytes;
  }

  private compressed(compression: Compression): Buffer {
    const records = compressionsAlgorithms[compression].compressSync(this.bytes.subarray(HEADER_BYTES, this.length));
    const batch = Buffer.allocUnsafe(HEADER_BYTES + records.length);
    batch.set(records, HEADER_BYTES);
    return batch;
  }

  private grow(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

function copy(from: Uint8Array, start: number, end: number, to: Buffer, at: number): number {
  if (end - start > SHORT) to.set(from.subarray(start, end), at);
  else for (let i = start, j = at; i < end; i++, j++) to[j] = from[i] as number;
  return at + end - start;
}

function headersSize(headers: Headers): number {
  let size = varintSize(headers.length);
  for (const [name, content] of headers) {
    const length = Buffer.byteLength(name);
    size += varintSize(length) + length + varintSize(content.length) + content.length;
  }
  return size;
}

function writeHeaders(bytes: Buffer, start: number, headers: Headers): number {
  let at = writeVarint(bytes, start, headers.length);
  for (const [name, content] of headers) {
    const length = Buffer.byteLength(name);
    at = writeVarint(bytes, at, length);
    bytes.write(name, at);
    at = writeVarint(bytes, at + length, content.length);
    at = copy(content, 0, content.length, bytes, at);
  }
  return at;
}

function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x20_0000) return 3;
  return zigzag < 0x1000_0000 ? 4 : 5;
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  while (zigzag >= 0x80) {
    bytes[at++] = (zigzag & 0x7f) | 0x80;
    zigzag >>>= 7;
  }
  bytes[at++] = zigzag;
  return at;
}

function isSmall(value: number): boolean {
  return value >= -0x4000_0000 && value < 0x4000_0000;
}

function varlongSize(value: number): number {
  if (isSmall(value)) return varintSize(value);
  let zigzag = value < 0 ? -value * 2 - 1 : value * 2;
  let size = 1;
  for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 0x80)) size++;
  return size;
}

function writeVarlong(bytes: Buffer, start: number, value: number): number {
  if (isSmall(value)) return writeVarint(bytes, start, value);
  let at = start;
  // Times are some years apart at most: twice that is exact in a double.
  let zigzag = value < 0 ? -value * 2 - 1 : value * 2;
  for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 0x80)) bytes[at++] = (zigzag % 0x80) | 0x80;
  bytes[at++] = zigzag;
  return at;
}
