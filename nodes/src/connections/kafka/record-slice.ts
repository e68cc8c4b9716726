/** A fetched record batch that readers may see, and the records of it that are still to be read. They stay where the response has them; compressed ones are unpacked when they are reached. */
import { compressionsAlgorithmsByBitmask } from "@platformatic/kafka";
import { ConnectionError, quote } from "../connection-error.ts";
import { At, BATCH_VERSION, checksum, Flag, HEADER_BYTES, LENGTH_COUNTS_FROM, readInt64 } from "./batch-format.ts";

export interface RecordSlice {
  /** Memory of the records; compressed until `open`. */
  bytes: Buffer;
  /** Where the next record begins in it. */
  at: number;
  /** Records from there on. */
  left: number;
  readonly baseOffset: number;
  readonly baseTime: number;
  /** Of all records, where it is the broker that sets it. */
  readonly brokersTime: number | undefined;
  compression: number;
  /** Where reading goes on behind it. */
  nextOffset: number;
}

export interface BatchInfo {
  readonly slice: RecordSlice;
  readonly producerId: number;
  readonly lastOffset: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
}

/** The whole batches among what was fetched; the broker may cut off the last one. Throws a `ConnectionError` for what is no batch. */
export function* batchesIn(records: Buffer, place: string): Generator<BatchInfo> {
  for (let at = 0; at + HEADER_BYTES <= records.length; ) {
    const end = at + LENGTH_COUNTS_FROM + records.readInt32BE(at + At.length);
    if (end > records.length) return;
    if (records[at + At.version] !== BATCH_VERSION || end < at + HEADER_BYTES) throw badVersion(place, records[at + At.version]);
    yield batchOf(records.subarray(at, end), place);
    at = end;
  }
}

function batchOf(batch: Buffer, place: string): BatchInfo {
  const baseOffset = readInt64(batch, At.baseOffset);
  if (checksum(batch) !== batch.readUInt32BE(At.crc)) throw corrupt(place, baseOffset);
  const flags = batch.readInt16BE(At.flags);
  const lastOffset = baseOffset + batch.readInt32BE(At.lastOffsetDelta);
  return {
    slice: {
      bytes: batch,
      at: HEADER_BYTES,
      left: batch.readInt32BE(At.count),
      baseOffset,
      baseTime: readInt64(batch, At.baseTime),
      brokersTime: flags & Flag.brokersTime ? readInt64(batch, At.maxTime) : undefined,
      compression: flags & Flag.compression,
      nextOffset: lastOffset + 1,
    },
    producerId: readInt64(batch, At.producerId),
    lastOffset,
    isTransactional: (flags & Flag.transactional) !== 0,
    isControl: (flags & Flag.control) !== 0,
  };
}

/** Unpacks the records, if they are packed. */
export function open(slice: RecordSlice, place: string): void {
  if (slice.compression === 0) return;
  const algorithm = compressionsAlgorithmsByBitmask[slice.compression];
  if (!algorithm) throw unknownCompression(place, slice.compression);
  try {
    slice.bytes = algorithm.decompressSync(slice.bytes.subarray(slice.at));
  } catch (error) {
    throw corrupt(place, slice.baseOffset, error);
  }
  slice.at = 0;
  slice.compression = 0;
}

export function corrupt(place: string, offset: number, cause?: unknown): ConnectionError {
  return new ConnectionError(
    "kafka.corrupt",
    {
      en: `The records of ${place} from offset ${offset} on are damaged. Look into the broker's log; to go on without them, start behind that offset.`,
      zh: `${place} 从 offset ${offset} 起的记录已损坏。请查看 broker 日志；如要跳过，请从该 offset 之后开始读取。`,
    },
    cause,
  );
}

function badVersion(place: string, version: number | undefined): ConnectionError {
  return new ConnectionError("kafka.old-format", {
    en: `The records of ${place} are in format ${version}; expected format 2, which Kafka has written since 0.11. Have the topic rewritten by a newer broker.`,
    zh: `${place} 的记录格式为 ${version}；应为格式 2（Kafka 0.11 起使用）。请用较新的 broker 重写该主题。`,
  });
}

function unknownCompression(place: string, number: number): ConnectionError {
  return new ConnectionError("kafka.unknown-compression", {
    en: `The records of ${place} are compressed by a method that is not known here (number ${quote(String(number))}). Known are gzip, snappy, lz4 and zstd.`,
    zh: `${place} 的记录使用了未知的压缩方式（编号 ${quote(String(number))}）。已知方式：gzip、snappy、lz4、zstd。`,
  });
}
