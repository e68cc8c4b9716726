/**
 * The cluster as the driver sees it: which brokers there are, who leads a partition, who coordinates a group or a transaction; and the connections to them. What is known
 * is kept until somebody was sent to the wrong place; then it is asked for again.
 */
import type { Words } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import { FIND_COORDINATOR, METADATA } from "./apis.ts";
import { BrokerError, Code, check, gaveUp, LinkError, refused } from "./broker-error.ts";
import { type Link, openLink } from "./link.ts";
import type { Address, KafkaSettings } from "./settings.ts";

export interface Topic {
  readonly name: string;
  /** Another one when a topic was deleted and made anew. */
  readonly id: string;
  /** Node ids of the partitions' leaders, by partition; -1 while there is none. */
  readonly leaders: readonly number[];
}

export interface Cluster {
  readonly settings: KafkaSettings;
  /** Undefined when there is no such topic. `fresh`: as the brokers see it now. */
  topic(name: string, fresh?: boolean): Promise<Topic | undefined>;
  /** All topics but Kafka's own. */
  topics(): Promise<readonly Topic[]>;
  /** Node ids. */
  brokers(): Promise<readonly number[]>;
  /** The connection to a broker that is kept for a purpose: requests of one connection are answered one after another. */
  link(node: number, purpose: string): Promise<Link>;
  /** Closes the connections that were kept for the purpose. */
  release(purpose: string): Promise<void>;
  anyLink(): Promise<Link>;
  controller(): Promise<Link>;
  /** Calls `work` with the connection to who coordinates the group or transaction, again when it was the wrong one. */
  withCoordinator<T>(kind: "group" | "transaction", key: string, work: (link: Link) => Promise<T>): Promise<T>;
  /** Does the work until it succeeds, again after what passes, until the connection's patience is over. What is refused for good becomes a `ConnectionError`. */
  persist<T>(doing: Words, work: () => Promise<T>): Promise<T>;
  /** Sleeps unless the cluster is closed, which rejects. */
  pause(ms: number): Promise<void>;
  readonly isClosed: boolean;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;
const COORDINATOR_KIND = { group: 0, transaction: 1 } as const;

export function createCluster(settings: KafkaSettings): Cluster {
  const addresses = new Map<number, Address>();
  const topics = new Map<string, Topic>();
  const coordinators = new Map<string, number>();
  const links = new Map<string, Promise<Link>>();
  const asked = new Map<string, Promise<Topic | undefined>>();
  const sleeping = new Map<NodeJS.Timeout, () => void>();
  let controllerId = -1;
  let isClosed = false;

  function keptLink(key: string, address: Address): Promise<Link> {
    if (isClosed) return Promise.reject(closed());
    const known = links.get(key);
    if (known) return known.then((link) => (link.isOpen ? link : reopened(key, known, address)));
    return opened(key, address);
  }

  function reopened(key: string, broken: Promise<Link>, address: Address): Promise<Link> {
    if (links.get(key) === broken) links.delete(key);
    return keptLink(key, address);
  }

  function opened(key: string, address: Address): Promise<Link> {
    const opening = openLink(address, settings).then(async (link) => {
      if (!isClosed) return link;
      await link.close();
      throw closed();
    });
    links.set(key, opening);
    opening.catch(() => {
      if (links.get(key) === opening) links.delete(key);
    });
    return opening;
  }

  async function anyLink(): Promise<Link> {
    const failures: unknown[] = [];
    // Those that were given come last: they may be a balancer's, or gone since.
    for (const node of addresses.keys()) {
      try {
        return await cluster.link(node, "main");
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        failures.push(error);
      }
    }
    for (const address of settings.brokers) {
      try {
        return await keptLink(`first ${address.host}:${address.port}`, address);
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        failures.push(error);
      }
    }
    throw new LinkError("", failures.map((error) => (error as Error).message).join("; "), failures.at(-1));
  }

  /** Null: all topics. */
  async function askMetadata(names: readonly string[] | null): Promise<Topic[]> {
    const link = await anyLink();
    const response = await link.call(METADATA, names?.map((name) => ({ name })) ?? null, false, false);
    controllerId = response.controllerId;
    if (response.brokers.length > 0) addresses.clear();
    for (const { nodeId, host, port } of response.brokers) addresses.set(nodeId, { host, port });
    const found: Topic[] = [];
    for (const { errorCode, name, topicId, isInternal, partitions } of response.topics) {
      if (name === null || name === undefined || isInternal) continue;
      topics.delete(name);
      if (errorCode === Code.unknownTopicOrPartition || errorCode === Code.invalidTopic) continue;
      if (!new BrokerError(errorCode).passes || partitions.length === 0) check(errorCode);
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
      const topic = { name, id: topicId, leaders };
      topics.set(name, topic);
      found.push(topic);
    }
    return found;
  }

  /** Many ask for one topic at the same time when its leader moves. */
  function askTopic(name: string): Promise<Topic | undefined> {
    const asking =
      asked.get(name) ??
      cluster
        .persist({ en: `look up topic ${name}`, zh: `查询主题 ${name}` }, () => askMetadata([name]))
        .then(([topic]) => topic)
        .finally(() => asked.delete(name));
    asked.set(name, asking);
    return asking;
  }

  async function coordinator(kind: "group" | "transaction", key: string): Promise<number> {
    const known = coordinators.get(`${kind} ${key}`);
    if (known !== undefined && addresses.has(known)) return known;
    const response = await (await anyLink()).call(FIND_COORDINATOR, COORDINATOR_KIND[kind], [key]);
    const found = response.coordinators[0];
    if (!found) throw new BrokerError(Code.coordinatorNotAvailable);
    check(found.errorCode, found.errorMessage);
    addresses.set(found.nodeId, { host: found.host, port: found.port });
    coordinators.set(`${kind} ${key}`, found.nodeId);
    return found.nodeId;
  }

  const cluster: Cluster = {
    settings,
    get isClosed() {
      return isClosed;
    },
    async topic(name, fresh = false) {
      return (fresh ? undefined : topics.get(name)) ?? askTopic(name);
    },
    async topics() {
      const found = await cluster.persist({ en: "list the topics", zh: "列出主题" }, () => askMetadata(null));
      return found.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async brokers() {
      if (addresses.size === 0) await cluster.persist({ en: "find the brokers", zh: "查找 broker" }, () => askMetadata([]));
      return [...addresses.keys()];
    },
    async link(node, purpose) {
      const address = addresses.get(node);
      if (!address) throw new LinkError("", `broker ${node} is not in the cluster`);
      return keptLink(`${node} ${purpose}`, address);
    },
    async release(purpose) {
      for (const [key, link] of [...links]) {
        if (!key.endsWith(` ${purpose}`)) continue;
        links.delete(key);
        await link.then((one) => one.close()).catch(() => undefined);
      }
    },
    anyLink,
    async controller() {
      if (controllerId < 0) await askMetadata([]);
      return addresses.has(controllerId) ? cluster.link(controllerId, "main") : anyLink();
    },
    async withCoordinator(kind, key, work) {
      try {
        return await work(await cluster.link(await coordinator(kind, key), "main"));
      } catch (error) {
        if (error instanceof LinkError || (error instanceof BrokerError && error.isOfCoordinator)) coordinators.delete(`${kind} ${key}`);
        throw error;
      }
    },
    async persist(doing, work) {
      const begun = performance.now();
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        try {
          return await work();
        } catch (error) {
          if (error instanceof BrokerError && !error.passes) throw refused(error, doing);
          if (!(error instanceof BrokerError || error instanceof LinkError)) throw error;
          if (isClosed) throw closed();
          if (performance.now() - begun + pause > settings.giveUpMs) throw gaveUp(doing, brokersOf(settings), settings.giveUpMs, error);
          await cluster.pause(pause);
        }
      }
    },
    pause: (ms) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(closed());
        const timer = setTimeout(() => {
          sleeping.delete(timer);
          resolve();
        }, ms);
        sleeping.set(timer, () => reject(closed()));
      }),
    async close() {
      isClosed = true;
      for (const [timer, wake] of sleeping) {
        clearTimeout(timer);
        wake();
      }
      sleeping.clear();
      const open = [...links.values()];
      links.clear();
      await Promise.all(open.map((link) => link.then((one) => one.close()).catch(() => undefined)));
    },
  };
  return cluster;
}

export function brokersOf({ brokers }: KafkaSettings): string {
  return brokers.map(({ host, port }) => `${host}:${port}`).join(", ");
}

/** To those who still wait when the connection is closed. */
function closed(): ConnectionError {
  return new ConnectionError("kafka.closed", { en: "The connection to Kafka was closed.", zh: "到 Kafka 的连接已关闭。" });
}
