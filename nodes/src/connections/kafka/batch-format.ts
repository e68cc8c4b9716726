/**
 * Kafka's record batch, version 2, the only one that brokers since 0.11 write. Big-endian:
 *
 * | at | what |
 * | --- | --- |
 * | 0 | i64 offset of the first record |
 * | 8 | i32 bytes behind this field |
 * | 12 | i32 leader's epoch |
 * | 16 | i8 version: 2 |
 * | 17 | u32 CRC-32C of all behind it |
 * | 21 | i16 flags: 0–2 compression, 3 times are the broker's, 4 transactional, 5 control |
 * | 23 | i32 last record's offset less the first's |
 * | 27 | i64 first time |
 * | 35 | i64 highest time |
 * | 43 | i64 producer's id |
 * | 51 | i16 producer's epoch |
 * | 53 | i32 first sequence |
 * | 57 | i32 number of records |
 * | 61 | the records, compressed as a whole |
 *
 * A record is, as varints: its length; a byte of flags; time less the first time; offset less the first; length of the key (-1: none) and the key; length of the value
 * (-1: a tombstone) and the value; number of headers, each with length and name, length (-1: none) and value.
 */
import { crc32c, Writer } from "@platformatic/kafka";

export const HEADER_BYTES = 61;
export const BATCH_VERSION = 2;

export const At = {
  baseOffset: 0,
  length: 8,
  version: 16,
  crc: 17,
  flags: 21,
  lastOffsetDelta: 23,
  baseTime: 27,
  maxTime: 35,
  producerId: 43,
  producerEpoch: 51,
  sequence: 53,
  count: 57,
} as const;

/** Bytes of a batch that its length does not count. */
export const LENGTH_COUNTS_FROM = 12;

export const Flag = { compression: 7, brokersTime: 8, transactional: 16, control: 32 } as const;

/** The checksum of a batch: of everything behind the field that holds it. */
export function checksum(batch: Buffer): number {
  // In the library's own wrapper, or it would copy the bytes first.
  return crc32c(Writer.create().append(batch.subarray(At.flags)).dynamicBuffer);
}

/** As a number: exact up to 2^53, which no offset, time or producer's id reaches. */
export function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
}
