/** The Produce request with batches that are already built, and its answer. */
import { Writer } from "@platformatic/kafka";
import { Cursor } from "./fetch-protocol.ts";

export interface ProduceWish {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly message: string;
}

const ALL_REPLICAS = -1;

/** At most one batch of a partition. */
export function produceRequest(transactionalId: string | null, timeoutMs: number, wishes: readonly ProduceWish[]): Writer {
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(ALL_REPLICAS)
    .appendInt32(timeoutMs)
    .appendArray([...Map.groupBy(wishes, ({ topic }) => topic)], (writer, [topic, partitions]) => {
      writer.appendString(topic).appendArray(partitions, (inner, { partition, batch }) => {
        inner
          .appendInt32(partition)
          .appendUnsignedVarInt(batch.length + 1)
          .append(batch);
      });
    })
    .appendTaggedFields();
}

export function parseProduced(response: Buffer): ProducedPartition[] {
  const cursor = new Cursor(response);
  const found: ProducedPartition[] = [];
  for (let topics = cursor.length(); topics > 0; topics--) {
    const topic = cursor.string();
    for (let count = cursor.length(); count > 0; count--) found.push(readPartition(cursor, topic));
    cursor.skipTags();
  }
  return found;
}

function readPartition(cursor: Cursor, topic: string): ProducedPartition {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const baseOffset = cursor.int64();
  cursor.skip(16);
  let ofRecord = "";
  for (let count = cursor.length(); count > 0; count--) {
    cursor.skip(4);
    ofRecord ||= cursor.string();
    cursor.skipTags();
  }
  const message = cursor.string() || ofRecord;
  cursor.skipTags();
  return { topic, partition, errorCode, baseOffset, message };
}
