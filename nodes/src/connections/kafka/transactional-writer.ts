/**
 * Writes whose records become visible with their commit. Full batches are sent into the open transaction as they arise, the rest with `prepare`. What is written
 * behind `prepare` belongs to another transaction, which an id can have only once the one before has ended; so that nothing waits for that, a writer has two ids
 * and uses them by turns. Should even the second be needed before the first is committed, batches wait in memory.
 */
import type { Millis, Prepared, TopicRecord, TransactionalWriter } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import { sizeOf } from "./batch-builder.ts";
import { BrokerError, refused } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import type { PreparedTransaction } from "./prepared.ts";
import { createSender, type Partition } from "./sender.ts";
import { BatchMemory, Staging } from "./staging.ts";
import { createTargets } from "./targets.ts";
import { TransactionLane } from "./transaction-lane.ts";
import { describeTransaction, isFenced, takenOver } from "./transaction-state.ts";

export interface KafkaWriter extends TransactionalWriter {
  /** A transaction was committed by way of this log; another one's are none of its business. */
  ended(transactionalId: string, epoch: number): void;
  /** It cannot go on. */
  readonly hasFailed: boolean;
}

/** What is written between two `prepare`s. */
interface Part {
  readonly lane: TransactionLane;
  readonly sending: Set<Promise<void>>;
  isGivenUp: boolean;
  readonly sender: ReturnType<typeof createSender>;
  readonly staging: Staging;
  records: number;
  /** Bytes that are given to the sender and not acknowledged. */
  unacknowledged: number;
  /** Records whose topic is being looked up, and their bytes. */
  readonly waiting: Map<string, TopicRecord[]>;
  unplaced: number;
  /** Where the first batch that was acknowledged lies: by it one can see later what became of the transaction. */
  first: (Partition & { readonly offset: number }) | undefined;
}

export async function openTransactionalWriter(cluster: Cluster, transactionId: string, now: () => Millis): Promise<KafkaWriter> {
  const purpose = `write ${transactionId}`;
  const lanes = ["a", "b"].map((name) => new TransactionLane(cluster, `${transactionId}/${name}`)) as [TransactionLane, TransactionLane];
  await Promise.all(lanes.map((lane) => lane.open()));
  const memory = new BatchMemory();
  const targets = createTargets(cluster, true);
  let turn = 0;
  let part = newPart();
  /** Once it fails, it can do nothing more: the run begins again from its last checkpoint. */
  let failing: Promise<void> | undefined;
  let failure: unknown;
  let lastCheckpoint: { readonly id: number; readonly prepared: Promise<Prepared> } | undefined;
  let isClosed = false;

  function newPart(): Part {
    const lane = lanes[turn % lanes.length] as TransactionLane;
    const made: Part = {
      lane,
      sending: new Set(),
      isGivenUp: false,
      sender: createSender(cluster, {
        purpose,
        transactionalId: lane.transactionalId,
        identity: () => lane.ready(),
        begin: (partitions) => lane.begin(partitions),
      }),
      staging: new Staging(now, memory, (batch) => {
        const bytes = batch.builder.size;
        made.unacknowledged += bytes;
        follow(
          made,
          made.sender.send(batch).then((offset) => {
            made.unacknowledged -= bytes;
            made.first ??= { topic: batch.topic, partition: batch.partition, offset };
            memory.give(batch.builder.memory);
          }),
        );
      }),
      records: 0,
      unacknowledged: 0,
      waiting: new Map(),
      unplaced: 0,
      first: undefined,
    };
    return made;
  }

  /** `prepare` waits for it. */
  function follow(of: Part, work: Promise<void>): void {
    of.sending.add(work);
    work.then(
      () => of.sending.delete(work),
      (error: unknown) => {
        if (!of.isGivenUp) fail(error, of.lane);
      },
    );
  }

  function fail(error: unknown, lane: TransactionLane): void {
    failing ??= explain(error, lane).then((explained) => {
      failure = explained;
    });
  }

  function place(topic: string, record: TopicRecord): void {
    // Those of a topic that is being looked up come first.
    const waiting = part.waiting.get(topic);
    const target = waiting ? undefined : targets.known(topic);
    if (target) {
      part.staging.add(target, record);
      return;
    }
    // What a record is made of belongs to the caller.
    const kept = copyOf(record);
    part.unplaced += sizeOf(kept);
    if (waiting) waiting.push(kept);
    else lookUp(part, topic, [kept]);
  }

  function lookUp(of: Part, topic: string, waiting: TopicRecord[]): void {
    of.waiting.set(topic, waiting);
    follow(
      of,
      targets.find(topic).then((target) => {
        of.waiting.delete(topic);
        if (of.isGivenUp) return;
        for (const one of waiting) {
          of.unplaced -= sizeOf(one);
          of.staging.add(target, one);
        }
      }),
    );
  }

  async function acknowledged(of: Part): Promise<void> {
    // What waits for its topic is staged once that is known, and then sent.
    while (of.sending.size > 0 || of.staging.bytes > 0) {
      of.staging.flush();
      await Promise.all([...of.sending]);
    }
  }

  async function prepareNow(): Promise<Prepared> {
    const done = part;
    if (done.records > 0) {
      turn += 1;
      targets.refresh();
      part = newPart();
      await acknowledged(done).catch((error: unknown) => fail(error, done.lane));
    }
    await failing;
    if (failure !== undefined) throw failure;
    if (done.records === 0 || !done.first) return {};
    const { transactionalId } = done.lane;
    return { transactionalId, ...done.lane.prepare(), records: done.records, ...done.first } satisfies PreparedTransaction;
  }

  async function explain(error: unknown, lane: TransactionLane): Promise<unknown> {
    if (!(error instanceof BrokerError)) return error;
    const { transactionalId } = lane;
    if (!isFenced(error.code))
      return refused(error, { en: `write in transaction ${transactionalId}`, zh: `在事务 ${transactionalId} 中写入` });
    return describeTransaction(cluster, transactionalId).then(
      (state) => takenOver(transactionalId, lane.current(), state, error),
      // Then that it was refused is all there is to say.
      () => takenOver(transactionalId, undefined, undefined, error),
    );
  }

  async function giveUp(): Promise<void> {
    part.isGivenUp = true;
    part.staging.clear();
    await part.sender.stop(new ConnectionError("kafka.given-up", { en: "What was written was given up.", zh: "已放弃写入的内容。" }));
    await part.lane.abort();
  }

  return {
    get hasFailed() {
      return failing !== undefined;
    },
    write(topic, record) {
      if (failure !== undefined) throw failure;
      place(topic, record);
      part.records += 1;
    },
    get stagedBytes() {
      return part.staging.bytes + part.unacknowledged + part.unplaced;
    },
    prepare(checkpointId) {
      // Sinks that share the writer each prepare it.
      if (lastCheckpoint?.id !== checkpointId) lastCheckpoint = { id: checkpointId, prepared: prepareNow() };
      return lastCheckpoint.prepared;
    },
    async abort() {
      await giveUp();
      part = newPart();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const lane of lanes) lane.close();
      try {
        await giveUp();
      } catch (error) {
        // What cannot be tidied up is aborted when the id is taken over or its time runs out; why the writer is closed must not be hidden by it.
        if (!(error instanceof ConnectionError)) throw error;
      }
      await cluster.release(purpose);
    },
    ended(transactionalId, epoch) {
      lanes.find((lane) => lane.transactionalId === transactionalId)?.ended(epoch);
    },
  };
}

function copyOf({ value, key, time, headers, partition }: TopicRecord): TopicRecord {
  const bytes = value && Buffer.from(value.bytes.subarray(value.start, value.end));
  return {
    value: bytes && { bytes, start: 0, end: bytes.length },
    key: key && Buffer.from(key),
    time,
    ...(headers && { headers: headers.map(([name, content]) => [name, Buffer.from(content)] as const) }),
    partition,
  };
}
