/**
 * What was prepared, and what becomes of it. A transaction that its coordinator knows no more (its id has a newer one by now, or its time ran out) is looked for where
 * its records are: the partition's log says, for ever and to everybody alike, whether the transaction that begins at an offset was committed or aborted.
 */
import { type Prepared, type PreparedFate, PreparedLost, type Words } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { END_TRANSACTION, FETCH } from "./apis.ts";
import { BrokerError, Code, check, tooOld } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import { BY_ID, fetchRequest, parseFetched } from "./fetch-protocol.ts";
import { leaderOf } from "./topics.ts";
import { describeTransaction, isFenced, type TransactionState, takenOver, untilFree } from "./transaction-state.ts";

/** Plain JSON, so that it can be committed from any process. Where nothing was written it is {}. */
export interface PreparedTransaction extends Prepared {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly epoch: number;
  readonly records: number;
  /** Where the transaction's first record in one of its partitions lies. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const DECIDES_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 10;

/** Those that hold something, each once. */
export function transactionsOf(prepared: readonly Prepared[]): PreparedTransaction[] {
  const found = prepared.filter((one): one is PreparedTransaction => typeof one.transactionalId === "string");
  return [...new Map(found.map((one) => [`${one.transactionalId} ${one.producerId} ${one.epoch}`, one])).values()];
}

/** Resolves when the records of all are visible. Rejects with `PreparedLost` when some never can be; the others are visible even then. */
export async function commitTransactions(
  cluster: Cluster,
  prepared: readonly PreparedTransaction[],
  onEnded: (one: PreparedTransaction) => void,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    prepared.map(async (one) => {
      const lost = await commit(cluster, one);
      if (lost === undefined) onEnded(one);
      return lost && { one, words: lost };
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  const lost = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" && outcome.value ? [outcome.value] : []));
  if (lost.length === 0) return;
  const words = lost.map((one) => one.words);
  throw new PreparedLost(
    { en: words.map(({ en }) => en).join(" "), zh: words.map(({ zh }) => zh).join("") },
    lost.map(({ one }) => one),
    lost.reduce((sum, { one }) => sum + one.records, 0),
  );
}

/** Undefined once it is visible; words when it can never be. */
async function commit(cluster: Cluster, one: PreparedTransaction): Promise<Words | undefined> {
  const { transactionalId, producerId, epoch } = one;
  const doing = { en: `commit transaction ${quote(transactionalId)}`, zh: `提交事务 ${quote(transactionalId)}` };
  const end = () =>
    cluster.persist(doing, () =>
      cluster.withCoordinator("transaction", transactionalId, async (link) => {
        const code = await untilFree(
          async () => (await link.call(END_TRANSACTION, transactionalId, BigInt(producerId), epoch, true)).errorCode,
        );
        if (!isFenced(code)) check(code);
        return code;
      }),
    );
  // The first answer says that it is decided, the second that all partitions know, so that readers see it.
  if ((await end()) === Code.none) {
    await end();
    return undefined;
  }
  const state = await describeTransaction(cluster, transactionalId);
  if ((await fateOf(cluster, one, state)) === "committed") return undefined;
  return takenOver(transactionalId, one, state).words;
}

export async function inspectTransaction(cluster: Cluster, one: PreparedTransaction): Promise<PreparedFate> {
  return fateOf(cluster, one, await describeTransaction(cluster, one.transactionalId));
}

async function fateOf(cluster: Cluster, one: PreparedTransaction, state: TransactionState | undefined): Promise<PreparedFate> {
  if (state?.producerId === one.producerId && state.epoch === one.epoch) {
    if (state.state === "Ongoing") return "pending";
    if (state.state.endsWith("Commit")) return "committed";
  }
  return fateInLog(cluster, one);
}

/** What readers of committed records are told about the place. */
async function fateInLog(cluster: Cluster, one: PreparedTransaction): Promise<PreparedFate> {
  const { topic: name, partition, offset, producerId } = one;
  const begun = performance.now();
  for (;;) {
    const found = await fetchAt(cluster, name, partition, offset);
    if (found === undefined) throw cannotTell(one);
    if (found.committedEnd > offset) {
      const isAborted = found.aborted.some((transaction) => transaction.producerId === producerId && transaction.firstOffset === offset);
      return isAborted ? "lost" : "committed";
    }
    // Decided, but the partition does not know yet.
    if (performance.now() - begun > DECIDES_WITHIN_MS) throw cannotTell(one);
    await cluster.pause(LOOK_EVERY_MS);
  }
}

/** Undefined when the place is not there any more. */
async function fetchAt(cluster: Cluster, name: string, partition: number, offset: number) {
  const doing = { en: `look at offset ${offset} of ${name}-${partition}`, zh: `查看 ${name}-${partition} 的 offset ${offset}` };
  if (!(await cluster.topic(name, true))) return undefined;
  return cluster.persist(doing, async () => {
    const topic = await cluster.topic(name, true);
    if (!topic) return undefined;
    const link = await cluster.link(await leaderOf(cluster, name, partition), "main");
    const version = link.pick(FETCH.key, FETCH.versions);
    if (version === undefined) throw tooOld(FETCH.name, "Exactly once");
    const wish = { topic: version >= BY_ID ? topic.id : name, partition, offset, maxBytes: 1 };
    const { errorCode, partitions } = await link.send(
      FETCH.key,
      version,
      () => fetchRequest(version, [wish], { maxWaitMs: 0, maxBytes: 1 }),
      (bytes) => parseFetched(version, bytes),
    );
    check(errorCode);
    const found = partitions[0];
    if (!found) throw new BrokerError(Code.notLeader);
    if (found.errorCode === Code.offsetOutOfRange) return undefined;
    check(found.errorCode);
    return found;
  });
}

function cannotTell({ transactionalId, topic, partition, offset }: PreparedTransaction): ConnectionError {
  return new ConnectionError("kafka.cannot-tell", {
    en: `Whether transaction ${quote(transactionalId)} was committed cannot be told any more: offset ${offset} of ${topic}-${partition} is gone (deleted or past its retention), or the cluster does not decide. Look at the topic; then start without state, or from a savepoint.`,
    zh: `已无法判断事务 ${quote(transactionalId)} 是否提交：${topic}-${partition} 的 offset ${offset} 已不存在（被删除或超过保留期），或集群未作决定。请检查该主题，然后不带状态启动，或从保存点启动。`,
  });
}
