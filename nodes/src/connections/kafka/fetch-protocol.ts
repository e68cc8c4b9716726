/** The Fetch request, and its answer with the records left where they lie. */
import { Writer } from "@platformatic/kafka";
import { readInt64 } from "./batch-format.ts";

export interface FetchWish {
  /** Name up to version 12, id from 13 on. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Behind the last record that readers of committed records may see. */
  readonly committedEnd: number;
  /** Transactions that were aborted and have records in what was fetched. */
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last one perhaps cut off. */
  readonly records: Buffer;
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface FetchLimits {
  /** An answer without records comes after this. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

/** From here on topics are called by their ids, so that a topic that was made anew is not taken for the old one. */
export const BY_ID = 13;

const READ_COMMITTED = 1;
const NONE = Buffer.alloc(0);

/** Always without a fetch session: the driver's requests differ from one to the next. */
export function fetchRequest(version: number, wishes: readonly FetchWish[], { maxWaitMs, maxBytes }: FetchLimits): Writer {
  const topics = [...Map.groupBy(wishes, ({ topic }) => topic)];
  return Writer.create()
    .appendInt32(-1)
    .appendInt32(maxWaitMs)
    .appendInt32(1)
    .appendInt32(maxBytes)
    .appendInt8(READ_COMMITTED)
    .appendInt32(0)
    .appendInt32(-1)
    .appendArray(topics, (writer, [topic, partitions]) => {
      if (version >= BY_ID) writer.appendUUID(topic);
      else writer.appendString(topic);
      writer.appendArray(partitions, (inner, wish) => {
        inner
          .appendInt32(wish.partition)
          .appendInt32(-1)
          .appendInt64(BigInt(wish.offset))
          .appendInt32(-1)
          .appendInt64(-1n)
          .appendInt32(wish.maxBytes);
      });
    })
    .appendArray([], () => undefined)
    .appendString("")
    .appendTaggedFields();
}

/** `errorCode`: of the request as a whole. */
export function parseFetched(version: number, response: Buffer): { errorCode: number; partitions: FetchedPartition[] } {
  const cursor = new Cursor(response);
  cursor.skip(4);
  const errorCode = cursor.int16();
  cursor.skip(4);
  const partitions: FetchedPartition[] = [];
  for (let topics = cursor.length(); topics > 0; topics--) {
    const topic = version >= BY_ID ? cursor.uuid() : cursor.string();
    for (let count = cursor.length(); count > 0; count--) partitions.push(readPartition(cursor, topic));
    cursor.skipTags();
  }
  return { errorCode, partitions };
}

function readPartition(cursor: Cursor, topic: string): FetchedPartition {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  cursor.skip(8);
  const committedEnd = cursor.int64();
  cursor.skip(8);
  const aborted: AbortedTransaction[] = [];
  for (let count = cursor.length(); count > 0; count--) {
    aborted.push({ producerId: cursor.int64(), firstOffset: cursor.int64() });
    cursor.skipTags();
  }
  cursor.skip(4);
  const size = cursor.length();
  const records = size > 0 ? cursor.bytes(size) : NONE;
  cursor.skipTags();
  return { topic, partition, errorCode, committedEnd, aborted, records };
}

/** Reads on in a response of one of the newer ("flexible") versions. Throws a RangeError behind its end. */
export class Cursor {
  private readonly response: Buffer;
  private at = 0;

  constructor(response: Buffer) {
    this.response = response;
  }

  skip(count: number): void {
    this.at += count;
  }
  int16(): number {
    this.at += 2;
    return this.response.readInt16BE(this.at - 2);
  }
  int32(): number {
    this.at += 4;
    return this.response.readInt32BE(this.at - 4);
  }
  int64(): number {
    this.at += 8;
    return readInt64(this.response, this.at - 8);
  }
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.response.readUInt8(this.at++);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  /** Of a list, a text or bytes; -1 for null. */
  length(): number {
    return this.varint() - 1;
  }
  bytes(length: number): Buffer {
    const start = this.at;
    this.at += length;
    if (this.at > this.response.length) throw new RangeError("the response ends too early");
    return this.response.subarray(start, this.at);
  }
  /** Null as the empty text. */
  string(): string {
    return this.bytes(Math.max(this.length(), 0)).toString("utf8");
  }
  uuid(): string {
    const hex = this.bytes(16).toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
  skipTags(): void {
    for (let count = this.varint(); count > 0; count--) {
      this.varint();
      this.skip(this.varint());
    }
  }
}
