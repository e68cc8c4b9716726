/** The transactional writers of one opened log. Several sinks that open one with the same id share it, and so one transaction. */
import type { Millis, TransactionalWriter, WriterOptions } from "@millrace/engine/node";
import { DESCRIBE_TRANSACTIONS } from "./apis.ts";
import { tooOld } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import { openPlainWriter } from "./plain-writer.ts";
import type { PreparedTransaction } from "./prepared.ts";
import { createTargets, type Targets } from "./targets.ts";
import { DEFAULT_SETTINGS } from "./topics.ts";
import { type KafkaWriter, openTransactionalWriter } from "./transactional-writer.ts";

export interface Writers {
  open(transactionId: string, options: WriterOptions): Promise<TransactionalWriter>;
  /** A transaction was committed. */
  readonly ended: (one: PreparedTransaction) => void;
}

interface Shared {
  readonly opening: Promise<KafkaWriter>;
  writer?: KafkaWriter;
  users: number;
}

export function createWriters(cluster: Cluster, now: () => Millis): Writers {
  const shared = new Map<string, Shared>();

  function opened(id: string, targets: Targets): Shared {
    const known = shared.get(id);
    if (known && !known.writer?.hasFailed) return known;
    const opening = checkBrokers(cluster).then(() => openTransactionalWriter(cluster, id, targets, now));
    const made: Shared = { opening, users: 0 };
    shared.set(id, made);
    opening.then(
      (writer) => {
        made.writer = writer;
      },
      () => {
        if (shared.get(id) === made) shared.delete(id);
      },
    );
    return made;
  }

  return {
    async open(id, { newTopics = DEFAULT_SETTINGS, visible = "with commit", topics = [] }) {
      const targets = createTargets(cluster, newTopics);
      await targets.expect(topics);
      if (visible === "at once") return openPlainWriter(cluster, id, targets, now);
      const found = opened(id, targets);
      found.users += 1;
      const writer = await found.opening;
      let isClosed = false;
      return {
        write: (topic, record) => writer.write(topic, record),
        get stagedBytes() {
          return writer.stagedBytes;
        },
        prepare: (checkpointId) => writer.prepare(checkpointId),
        abort: () => writer.abort(),
        async close() {
          if (isClosed) return;
          isClosed = true;
          found.users -= 1;
          if (found.users > 0) return;
          if (shared.get(id) === found) shared.delete(id);
          await writer.close();
        },
      };
    },
    ended({ transactionalId, epoch }) {
      for (const { writer } of shared.values()) writer?.ended(transactionalId, epoch);
    },
  };
}

/** What became of a prepared transaction must be seen after a crash. */
export async function checkBrokers(cluster: Cluster): Promise<void> {
  const doing = { en: "look up what the brokers know", zh: "查询 broker 支持的功能" };
  const link = await cluster.persist(doing, () => cluster.anyLink());
  const [call] = DESCRIBE_TRANSACTIONS.calls;
  if (call && link.pick(call.key, [call.version]) === undefined) throw tooOld(DESCRIBE_TRANSACTIONS.name, "Writing exactly once");
}
