/** What the coordinator knows of a transaction, and words for one that is no longer its writer's. */
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, quote } from "../connection-error.ts";
import { DESCRIBE_TRANSACTIONS } from "./apis.ts";
import { BrokerError, Code, check } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import type { Identity } from "./sender.ts";

export interface TransactionState extends Identity {
  /** Kafka's word: Empty, Ongoing, PrepareCommit, PrepareAbort, CompleteCommit, CompleteAbort ... */
  readonly state: string;
  readonly timeoutMs: number;
}

/** The markers of a transaction that has ended are still being written: it takes a millisecond or two. */
export const FIRST_PAUSE_MS = 1;
export const LONGEST_PAUSE_MS = 20;
const FREE_WITHIN_MS = 1_000;

/** Asks until the coordinator is done with the transaction before; gives the code that it answers then, or still "concurrent" after a second. */
export async function untilFree(request: () => Promise<number>): Promise<number> {
  const begun = performance.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const code = await request();
    if (code !== Code.concurrentTransactions || performance.now() - begun > FREE_WITHIN_MS) return code;
    await sleep(pause);
  }
}

/** The code says that the transaction is no longer that of who asks. */
export function isFenced(code: number): boolean {
  return code === Code.fenced || code === Code.staleEpoch || code === Code.unknownProducerOfId || code === Code.invalidTransactionState;
}

/** Undefined when the coordinator has none with the id, or has forgotten it (after a week by default). */
export async function describeTransaction(cluster: Cluster, transactionalId: string): Promise<TransactionState | undefined> {
  const doing = { en: `look up transaction ${quote(transactionalId)}`, zh: `查询事务 ${quote(transactionalId)}` };
  return cluster.persist(doing, () =>
    cluster.withCoordinator("transaction", transactionalId, async (link) => {
      const found = (await link.call(DESCRIBE_TRANSACTIONS, [transactionalId])).transactionStates[0];
      if (!found) throw new BrokerError(Code.coordinatorNotAvailable);
      if (found.errorCode === Code.unknownTransaction) return undefined;
      check(found.errorCode);
      const { producerId, producerEpoch, transactionState, transactionTimeoutMs } = found;
      return { producerId: Number(producerId), epoch: producerEpoch, state: transactionState, timeoutMs: transactionTimeoutMs };
    }),
  );
}

/** A transaction that its time ran out for is aborted under the next epoch; one that a successor took over belongs to an open or a newer one. */
export function hasExpired(mine: Identity, found: TransactionState | undefined): boolean {
  if (!found) return true;
  return found.producerId === mine.producerId && found.epoch === mine.epoch + 1 && found.state.endsWith("Abort");
}

export function takenOver(
  transactionalId: string,
  mine: Identity | undefined,
  found: TransactionState | undefined,
  cause?: unknown,
): ConnectionError {
  if (mine && hasExpired(mine, found)) {
    const after = found ? { en: ` after ${found.timeoutMs / 1_000} s`, zh: `（${found.timeoutMs / 1_000} 秒后）` } : { en: "", zh: "" };
    return new ConnectionError(
      "kafka.transaction-expired",
      {
        en: `Kafka gave up transaction ${quote(transactionalId)}${after.en}, because it was not committed in time. Look why no checkpoint was made, or raise "transactionTimeout" in the connection.`,
        zh: `Kafka 已放弃事务 ${quote(transactionalId)}${after.zh}，因为它未及时提交。请检查为何没有完成检查点，或在连接中调大 "transactionTimeout"。`,
      },
      cause,
    );
  }
  return new ConnectionError(
    "topic.fenced",
    {
      en: `Another writer has taken over transaction ${quote(transactionalId)}; this one can commit nothing more. Stop one of the two.`,
      zh: `另一个写入者已接管事务 ${quote(transactionalId)}，本写入者不能再提交。请停止其中一个。`,
    },
    cause,
  );
}
