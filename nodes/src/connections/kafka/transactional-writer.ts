/**
 * Writes whose records become visible with their commit. Full batches are sent into the open transaction as they arise, the rest with `prepare`. What is written
 * behind `prepare` belongs to another transaction, which an id can have only once the one before has ended; so that nothing waits for that, a writer has two ids
 * and uses them by turns. Should even the second be needed before the first is committed, batches wait in memory.
 */
import type { Millis, Prepared, TransactionalWriter } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import { BrokerError, refused } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import { Part } from "./part.ts";
import type { PreparedTransaction } from "./prepared.ts";
import { createSender, type Sender } from "./sender.ts";
import { BatchMemory } from "./staging.ts";
import type { Targets } from "./targets.ts";
import { TransactionLane } from "./transaction-lane.ts";
import { describeTransaction, isFenced, takenOver } from "./transaction-state.ts";

export interface KafkaWriter extends TransactionalWriter {
  /** A transaction was committed by way of this log; another one's are none of its business. */
  ended(transactionalId: string, epoch: number): void;
  /** It cannot go on. */
  readonly hasFailed: boolean;
}

interface Transaction {
  readonly lane: TransactionLane;
  readonly sender: Sender;
  readonly part: Part;
}

export async function openTransactionalWriter(
  cluster: Cluster,
  transactionId: string,
  targets: Targets,
  now: () => Millis,
): Promise<KafkaWriter> {
  const purpose = `write ${transactionId}`;
  const lanes = ["a", "b"].map((name) => new TransactionLane(cluster, `${transactionId}/${name}`));
  await Promise.all(lanes.map((lane) => lane.open()));
  const memory = new BatchMemory();
  let turn = 0;
  let current = begun();
  /** Once it fails, it can do nothing more: the run begins again from its last checkpoint. */
  let failing: Promise<void> | undefined;
  let failure: unknown;
  let lastCheckpoint: { readonly id: number; readonly prepared: Promise<Prepared> } | undefined;
  let isClosed = false;

  function begun(): Transaction {
    const lane = lanes[turn % lanes.length] as TransactionLane;
    const sender = createSender(cluster, {
      purpose,
      transactionalId: lane.transactionalId,
      identity: () => lane.ready(),
      begin: (partitions) => lane.begin(partitions),
    });
    return { lane, sender, part: new Part({ sender, targets, memory, now, onFailure: (error) => fail(error, lane) }) };
  }

  function fail(error: unknown, lane: TransactionLane): void {
    failing ??= explain(cluster, error, lane).then((explained) => {
      failure = explained;
    });
  }

  async function prepareNow(): Promise<Prepared> {
    const { lane, part } = current;
    if (part.records > 0) {
      turn += 1;
      targets.refresh();
      current = begun();
      await part.acknowledged().catch((error: unknown) => fail(error, lane));
    }
    await failing;
    if (failure !== undefined) throw failure;
    if (!part.first) return {};
    return { transactionalId: lane.transactionalId, ...lane.prepare(), records: part.records, ...part.first } satisfies PreparedTransaction;
  }

  async function giveUp(): Promise<void> {
    const { lane, sender, part } = current;
    part.giveUp();
    await sender.stop(new ConnectionError("kafka.given-up", { en: "What was written was given up.", zh: "已放弃写入的内容。" }));
    await lane.abort();
  }

  return {
    get hasFailed() {
      return failing !== undefined;
    },
    write(topic, record) {
      if (failure !== undefined) throw failure;
      // So that it need not be waited for at the end; what is wrong with it shows when the records are sent.
      if (current.part.records === 0) current.lane.ready().catch(() => undefined);
      current.part.write(topic, record);
    },
    get stagedBytes() {
      return current.part.bytes;
    },
    prepare(checkpointId) {
      // Sinks that share the writer each prepare it.
      if (lastCheckpoint?.id !== checkpointId) lastCheckpoint = { id: checkpointId, prepared: prepareNow() };
      return lastCheckpoint.prepared;
    },
    async abort() {
      await giveUp();
      current = begun();
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

/** What a broker's refusal means for the transaction. */
async function explain(cluster: Cluster, error: unknown, lane: TransactionLane): Promise<unknown> {
  if (!(error instanceof BrokerError)) return error;
  const { transactionalId } = lane;
  if (!isFenced(error.code)) {
    return refused(error, { en: `write in transaction ${transactionalId}`, zh: `在事务 ${transactionalId} 中写入` });
  }
  return describeTransaction(cluster, transactionalId).then(
    (state) => takenOver(transactionalId, lane.current(), state, error),
    // Then that it was refused is all there is to say.
    () => takenOver(transactionalId, undefined, undefined, error),
  );
}
