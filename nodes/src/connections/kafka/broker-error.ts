/** What brokers refuse, and what goes wrong on the way to them: which of it passes by itself, and words for what does not. */
import type { Words } from "@millrace/engine/node";
import { protocolErrors, protocolErrorsCodesById } from "@platformatic/kafka";
import { ConnectionError, quote } from "../connection-error.ts";

/** Kafka's error codes that the driver tells apart. */
export const Code = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  notLeader: 6,
  requestTimedOut: 7,
  recordTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  batchTooLarge: 18,
  unknownMember: 25,
  topicNotAllowed: 29,
  groupNotAllowed: 30,
  clusterNotAllowed: 31,
  topicExists: 36,
  staleEpoch: 47,
  invalidTransactionState: 48,
  unknownProducerOfId: 49,
  transactionTimeoutTooLong: 50,
  concurrentTransactions: 51,
  transactionNotAllowed: 53,
  fenced: 90,
  unknownTopicId: 100,
  inconsistentTopicId: 103,
  unknownTransaction: 105,
  outOfOrderSequence: 45,
} as const;

const COORDINATOR = new Set<number>([Code.coordinatorLoading, Code.coordinatorNotAvailable, Code.notCoordinator]);
/** As Kafka's protocol marks them; the transaction's own are for who runs the transaction to judge. */
const PASSING: ReadonlySet<number> = new Set(
  Object.values(protocolErrors)
    .filter(({ canRetry }) => canRetry)
    .map(({ code }) => code),
);

/** A broker answered with an error code. */
export class BrokerError extends Error {
  readonly code: number;
  /** Kafka's name of it: "NOT_LEADER_OR_FOLLOWER". */
  readonly id: string;

  constructor(code: number, detail?: string | null) {
    const id = protocolErrorsCodesById[code] ?? `error ${code}`;
    super(detail ? `${id}: ${detail}` : id);
    this.code = code;
    this.id = id;
  }

  /** It may be otherwise a moment later. */
  get passes(): boolean {
    return PASSING.has(this.code);
  }

  get isOfCoordinator(): boolean {
    return COORDINATOR.has(this.code);
  }
}

/** A broker could not be reached, or a connection broke: it may be otherwise a moment later. */
export class LinkError extends Error {
  readonly address: string;
  constructor(address: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.address = address;
  }
}

/** Throws when the code is one of an error. */
export function check(code: number, detail?: string | null): void {
  if (code !== Code.none) throw new BrokerError(code, detail);
}

/** Words for what a broker refused; `doing` is what was asked: "read topic ...". */
export function refused(error: BrokerError, doing: Words): ConnectionError {
  const right = RIGHTS[error.code];
  if (right) {
    return new ConnectionError(
      "kafka.not-allowed",
      {
        en: `The Kafka user may not ${doing.en} (${error.id}). Give it the right to ${right.en}, or set another user in the connection.`,
        zh: `当前 Kafka 用户无权${doing.zh}（${error.id}）。请授予${right.zh}的权限，或在连接中设置其他用户。`,
      },
      error,
    );
  }
  return new ConnectionError(
    "kafka.refused",
    {
      en: `Kafka refused to ${doing.en}: ${error.message}. Look into the broker's log, or change what is asked of it.`,
      zh: `Kafka 拒绝${doing.zh}：${error.message}。请查看 broker 日志，或修改相应设置。`,
    },
    error,
  );
}

const RIGHTS: Readonly<Record<number, Words>> = {
  [Code.topicNotAllowed]: { en: "describe the topic, and to create, read or write it", zh: "查看以及创建、读取或写入该主题" },
  [Code.groupNotAllowed]: { en: "read the consumer group", zh: "读取该消费者组" },
  [Code.clusterNotAllowed]: {
    en: "do this in the cluster (Create on topics, IdempotentWrite)",
    zh: "在集群中执行此操作（主题的 Create、IdempotentWrite）",
  },
  [Code.transactionNotAllowed]: { en: "write with this transactional id", zh: "使用该事务 ID 写入" },
};

/** Words for what was tried again until the connection's patience was over. */
export function gaveUp(doing: Words, brokers: string, giveUpMs: number, last: unknown): ConnectionError {
  const seconds = giveUpMs / 1_000;
  const reason = last instanceof Error ? last.message : String(last);
  return new ConnectionError(
    "kafka.unreachable",
    {
      en: `Could not ${doing.en} for ${seconds} s. Last: ${reason}. Look whether the brokers (${brokers}) run and can be reached from here, and test the connection.`,
      zh: `${seconds} 秒内无法${doing.zh}。最后的原因：${reason}。请检查 broker（${brokers}）是否在运行、能否从本机访问，并测试该连接。`,
    },
    last,
  );
}

export function notAuthenticated(address: string, user: string, mechanism: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    "kafka.not-authenticated",
    {
      en: `Broker ${address} does not let in user ${quote(user)} by ${mechanism}: ${deepest(cause)}. Check user, password and mechanism, and that this port of the broker has SASL.`,
      zh: `Broker ${address} 拒绝用户 ${quote(user)} 以 ${mechanism} 登录：${deepest(cause)}。请检查用户名、密码和机制，以及该端口是否启用了 SASL。`,
    },
    cause,
  );
}

export function tlsFailed(address: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    "kafka.tls",
    {
      en: `No TLS connection to broker ${address}: ${deepest(cause)}. Check that this port has TLS, that its certificate names the host, and that "ca" holds the authority that signed it.`,
      zh: `无法与 broker ${address} 建立 TLS 连接：${deepest(cause)}。请检查该端口是否启用 TLS、证书是否包含该主机名，以及 "ca" 是否为签发该证书的机构。`,
    },
    cause,
  );
}

export function tooOld(api: string, needs: string): ConnectionError {
  return new ConnectionError("kafka.too-old", {
    en: `The brokers do not know ${api}. ${needs} needs Kafka 3.0 or newer: use a newer cluster.`,
    zh: `Broker 不支持 ${api}。${needs} 需要 Kafka 3.0 或更高版本：请使用更新的集群。`,
  });
}

/** The message of the innermost cause: what really happened. */
export function deepest(error: unknown): string {
  let found = error;
  for (let depth = 0; depth < 10; depth++) {
    const { cause, errors } = (found ?? {}) as { cause?: unknown; errors?: unknown[] };
    const next = cause ?? errors?.[0];
    if (next === undefined) break;
    found = next;
  }
  return found instanceof Error ? found.message || found.name : String(found);
}
