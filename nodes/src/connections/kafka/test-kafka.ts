/** Tries a Kafka connection step by step: names, ports, login, the addresses by which brokers want to be called, exactly once, and what the user may do. */
import { lookup } from "node:dns/promises";
import { connect } from "node:net";
import type { Words } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import type { Attempt } from "../test-connection.ts";
import { DESCRIBE_CLUSTER, METADATA } from "./apis.ts";
import { check, deepest } from "./broker-error.ts";
import { createCluster } from "./cluster.ts";
import { type Link, openLink } from "./link.ts";
import type { Address, KafkaSettings } from "./settings.ts";
import { TransactionLane } from "./transaction-lane.ts";
import { checkBrokers } from "./writers.ts";

/** A test is quick to give up: people wait for it. */
const GIVE_UP_MS = 5_000;
const CONNECT_MS = 5_000;
/** Bits of the operations that Kafka says a user may do. */
const MAY_READ = 1 << 3;
const MAY_WRITE = 1 << 4;
const MAY_CREATE = 1 << 5;
const BROKERS = 1;

export async function testKafka(attempt: Attempt, wanted: KafkaSettings): Promise<void> {
  const settings = { ...wanted, giveUpMs: GIVE_UP_MS, requestTimeoutMs: Math.min(wanted.requestTimeoutMs, GIVE_UP_MS) };
  let reached: readonly Address[] = [];
  let link: Link | undefined;
  let named: readonly (Address & { readonly nodeId: number })[] = [];
  const cluster = createCluster(settings);

  /** Some of the addresses will do. */
  async function some(addresses: readonly Address[], work: (address: Address) => Promise<string>): Promise<Words> {
    const outcomes = await Promise.allSettled(addresses.map(work));
    reached = addresses.filter((_, i) => outcomes[i]?.status === "fulfilled");
    const lines = outcomes
      .map((one, i) => `${text(addresses[i] as Address)}: ${one.status === "fulfilled" ? one.value : deepest(one.reason)}`)
      .join("; ");
    if (reached.length > 0) return { en: lines, zh: lines };
    throw new ConnectionError("kafka.unreachable", {
      en: `${lines}. Check the names and ports in "brokers", and that a broker listens there for clients from here.`,
      zh: `${lines}。请检查 "brokers" 中的名称和端口，以及 broker 是否在该处接受来自本机的连接。`,
    });
  }

  try {
    await attempt({ en: "Resolve the names of the brokers", zh: "解析 broker 名称" }, () =>
      some(settings.brokers, async ({ host }) => (await lookup(host)).address),
    );
    await attempt({ en: "Connect to them", zh: "建立连接" }, () => some(reached, reach));
    await attempt({ en: "Log in and agree on versions", zh: "登录并协商版本" }, async () => {
      link = await openLink(reached[0] as Address, settings);
      return loginWords(settings);
    });
    await attempt({ en: "Ask which brokers there are", zh: "查询集群中的 broker" }, async () => {
      const { brokers } = await (link as Link).call(METADATA, [], false, false);
      named = brokers;
      const list = named.map((broker) => `${broker.nodeId}: ${text(broker)}`).join(", ");
      return { en: list, zh: list };
    });
    await attempt({ en: "Connect to each by the name it gives itself", zh: "按各 broker 公布的名称逐一连接" }, async () => {
      for (const broker of named) await reachAdvertised(broker);
      return { en: named.length === 1 ? "it answers" : "all answer", zh: "全部应答" };
    });
    await attempt({ en: "Look whether writing exactly once is possible", zh: "检查能否精确一次写入" }, async () => {
      await checkBrokers(cluster);
      await new TransactionLane(cluster, `${settings.clientId}-connection-test`).open();
      return { en: "yes", zh: "可以" };
    });
    await attempt({ en: "Look what the user may do", zh: "查看用户权限" }, () => rights(link as Link));
  } finally {
    await link?.close();
    await cluster.close();
  }
}

function reach({ host, port }: Address): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (settle: () => void) => {
      socket.destroy();
      settle();
    };
    socket.once("connect", () => end(() => resolve("ok")));
    socket.once("timeout", () => end(() => reject(new Error(`no answer within ${CONNECT_MS / 1_000} s`))));
    socket.once("error", (error) => end(() => reject(error)));
  });
}

/** What is in the way most often: a broker that calls itself by a name which only its own network knows. */
async function reachAdvertised(broker: Address & { readonly nodeId: number }): Promise<void> {
  const called = `${broker.nodeId}`;
  const fix = {
    en: `Set "advertised.listeners" of the broker to an address that is known here, or make this name known here.`,
    zh: `请将 broker 的 "advertised.listeners" 设为本机可识别的地址，或使本机能解析该名称。`,
  };
  try {
    await lookup(broker.host);
  } catch (error) {
    throw new ConnectionError("kafka.advertised-name", {
      en: `Broker ${called} calls itself ${quote(text(broker))}, but the name ${quote(broker.host)} does not resolve here: ${deepest(error)}. ${fix.en}`,
      zh: `Broker ${called} 公布的地址是 ${quote(text(broker))}，但本机无法解析 ${quote(broker.host)}：${deepest(error)}。${fix.zh}`,
    });
  }
  try {
    await reach(broker);
  } catch (error) {
    throw new ConnectionError("kafka.advertised-name", {
      en: `Broker ${called} calls itself ${quote(text(broker))}, but nothing answers there: ${deepest(error)}. ${fix.en}`,
      zh: `Broker ${called} 公布的地址是 ${quote(text(broker))}，但该处没有应答：${deepest(error)}。${fix.zh}`,
    });
  }
}

async function rights(link: Link): Promise<Words> {
  const { topics } = await link.call(METADATA, null, false, true);
  const cluster = await link.call(DESCRIBE_CLUSTER, true, BROKERS);
  check(cluster.errorCode, cluster.errorMessage);
  const own = topics.filter(({ isInternal }) => !isInternal);
  const count = (right: number) => own.filter(({ topicAuthorizedOperations }) => (topicAuthorizedOperations & right) !== 0).length;
  const creates = (cluster.clusterAuthorizedOperations & MAY_CREATE) !== 0;
  return {
    en: `sees ${own.length} topics, may read ${count(MAY_READ)} and write ${count(MAY_WRITE)} of them; may ${creates ? "" : "not "}create topics`,
    zh: `可见 ${own.length} 个主题，其中可读 ${count(MAY_READ)} 个、可写 ${count(MAY_WRITE)} 个；${creates ? "可以" : "不可"}创建主题`,
  };
}

function loginWords({ sasl, tls }: KafkaSettings): Words {
  const secured = { en: tls ? "over TLS" : "without TLS", zh: tls ? "使用 TLS" : "未使用 TLS" };
  if (!sasl) return { en: `without a user, ${secured.en}`, zh: `无用户，${secured.zh}` };
  const mechanism = sasl.mechanism.toUpperCase();
  return { en: `as ${quote(sasl.user)} by ${mechanism}, ${secured.en}`, zh: `用户 ${quote(sasl.user)}，机制 ${mechanism}，${secured.zh}` };
}

function text({ host, port }: Address): string {
  return `${host}:${port}`;
}
