/**
 * One transactional id of a writer, and the transaction that it has. Each transaction has an epoch of its own: the id's next one begins with InitProducerId, which raises it. So
 * what was prepared is told from what came later by its epoch, and ending the same transaction again can never end another one. The id and epoch
 * that it had go with the request: a writer that was replaced is refused, and cannot fence its successor.
 */
import type { Words } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { ADD_PARTITIONS, END_TRANSACTION, INIT_PRODUCER_ID } from "./apis.ts";
import { BrokerError, Code, check } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";
import type { Link } from "./link.ts";
import type { Identity, Partition } from "./sender.ts";
import { describeTransaction, FIRST_PAUSE_MS, isFenced, LONGEST_PAUSE_MS, takenOver, untilFree } from "./transaction-state.ts";

export class TransactionLane {
  readonly transactionalId: string;
  private readonly cluster: Cluster;
  private identity: Identity | undefined;
  /** Of the transaction that was prepared and is still to be committed. */
  private prepared: { readonly told: PromiseWithResolvers<void>; isTold: boolean } | undefined;
  private renewing: Promise<Identity> | undefined;
  /** Some partition is in the transaction. */
  private hasBegun = false;
  private isClosed = false;

  constructor(cluster: Cluster, transactionalId: string) {
    this.cluster = cluster;
    this.transactionalId = transactionalId;
  }

  /** Takes over the id: what writers before it had open is aborted, and they can do nothing more. */
  async open(): Promise<void> {
    this.identity = await this.init(undefined);
  }

  /** For the lane's next transaction; resolves once the one before has ended, wherever that is done. */
  ready(): Promise<Identity> {
    if (this.identity && !this.prepared && !this.renewing) return Promise.resolve(this.identity);
    this.renewing ??= this.renew();
    return this.renewing;
  }

  async begin(partitions: readonly Partition[]): Promise<void> {
    const { producerId, epoch } = this.current();
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, of]) => ({
      name,
      partitions: of.map(({ partition }) => partition),
    }));
    const transaction = {
      transactionalId: this.transactionalId,
      producerId: BigInt(producerId),
      producerEpoch: epoch,
      verifyOnly: false,
      topics,
    };
    await this.ask({ en: "begin a transaction", zh: "开始事务" }, async (link) => {
      const response = await link.call(ADD_PARTITIONS, [transaction]);
      const codes = response.resultsByTransaction.flatMap(({ topicResults }) =>
        topicResults.flatMap(({ resultsByPartition }) => resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode)),
      );
      // Where one is refused the others are only "not attempted".
      return codes.find((code) => code !== Code.none && code !== NOT_ATTEMPTED) ?? codes.find((code) => code !== Code.none) ?? Code.none;
    });
    this.hasBegun = true;
  }

  /** All of the transaction is acknowledged: it waits for its commit, which may be done from anywhere. */
  prepare(): Identity {
    this.prepared = { told: Promise.withResolvers(), isTold: false };
    return this.current();
  }

  /** The transaction of that epoch has ended. */
  ended(epoch: number): void {
    if (!this.prepared || this.identity?.epoch !== epoch) return;
    this.prepared.isTold = true;
    this.prepared.told.resolve();
    // Now, so that the lane is ready when it is wanted; who wants it then hears of what went wrong.
    this.ready().catch(() => undefined);
  }

  /** Gives up the transaction, if there is one that was not prepared. */
  async abort(): Promise<void> {
    if (!this.hasBegun || this.prepared || this.renewing) return;
    const { producerId, epoch } = this.current();
    await this.ask({ en: "abort a transaction", zh: "中止事务" }, async (link) => {
      const { errorCode } = await link.call(END_TRANSACTION, this.transactionalId, BigInt(producerId), epoch, false);
      return errorCode;
    });
    this.renewing = this.initAgain();
    await this.renewing;
  }

  /** Nobody waits for the end of what was prepared any more. */
  close(): void {
    this.isClosed = true;
  }

  /** Of the present transaction. */
  current(): Identity {
    if (!this.identity) throw new Error(`transaction ${this.transactionalId} was not opened`);
    return this.identity;
  }

  private async renew(): Promise<Identity> {
    const { prepared } = this;
    if (prepared) {
      // The committer may be in another thread or process: then nobody tells.
      for (let pause = FIRST_PAUSE_MS; !prepared.isTold && !(await this.hasEnded()); pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        if (this.isClosed) throw new Error(`transaction ${this.transactionalId} is not wanted any more`);
        await Promise.race([prepared.told.promise, this.cluster.pause(pause)]);
      }
    }
    return this.initAgain();
  }

  private async hasEnded(): Promise<boolean> {
    const { producerId, epoch } = this.current();
    const found = await describeTransaction(this.cluster, this.transactionalId);
    if (found?.producerId !== producerId || found.epoch !== epoch) throw takenOver(this.transactionalId, this.current(), found);
    return found.state === "CompleteCommit" || found.state === "CompleteAbort";
  }

  private async initAgain(): Promise<Identity> {
    try {
      this.identity = await this.init(this.current());
      this.prepared = undefined;
      this.hasBegun = false;
      return this.identity;
    } finally {
      this.renewing = undefined;
    }
  }

  private async init(before: Identity | undefined): Promise<Identity> {
    const { transactionTimeoutMs } = this.cluster.settings;
    let identity: Identity = { producerId: -1, epoch: -1 };
    await this.ask({ en: "open a transaction", zh: "打开事务" }, async (link) => {
      const { producerId, epoch } = before ?? identity;
      const response = await link.call(INIT_PRODUCER_ID, this.transactionalId, transactionTimeoutMs, BigInt(producerId), epoch);
      if (response.errorCode === Code.transactionTimeoutTooLong) throw timeoutTooLong(transactionTimeoutMs);
      if (response.errorCode === Code.none) identity = { producerId: Number(response.producerId), epoch: response.producerEpoch };
      return response.errorCode;
    });
    return identity;
  }

  /** Asks the coordinator until it is done with the transaction before. */
  private async ask(doing: Words, request: (link: Link) => Promise<number>): Promise<void> {
    const named = { en: `${doing.en} as ${quote(this.transactionalId)}`, zh: `以 ${quote(this.transactionalId)} ${doing.zh}` };
    const code = await this.cluster.persist(named, () =>
      this.cluster.withCoordinator("transaction", this.transactionalId, async (link) => {
        const code = await untilFree(() => request(link));
        if (!isFenced(code)) check(code);
        return code;
      }),
    );
    if (isFenced(code))
      throw takenOver(
        this.transactionalId,
        this.identity,
        await describeTransaction(this.cluster, this.transactionalId),
        new BrokerError(code),
      );
  }
}

const NOT_ATTEMPTED = 55;

function timeoutTooLong(ms: number): ConnectionError {
  const seconds = ms / 1_000;
  return new ConnectionError("kafka.transaction-timeout", {
    en: `transactionTimeout: ${seconds} s is more than the brokers allow (transaction.max.timeout.ms, 900 s by default). Set a lower one in the connection, or raise the brokers' setting.`,
    zh: `transactionTimeout：${seconds} 秒超过了 broker 允许的上限（transaction.max.timeout.ms，默认 900 秒）。请在连接中设置更小的值，或调大 broker 的设置。`,
  });
}
