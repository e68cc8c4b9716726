/** Several brokers that are one cluster: each partition lies on up to three of them, and any one may be lost. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId, prepareBroker } from "./index.ts";
import { kafkaJars } from "./jars.ts";
import { freePort } from "./node.ts";
import type { Ports } from "./properties.ts";

export interface KafkaCluster {
  /** "host:port" of each, in the order of their ids from 1 on, parted by commas. */
  readonly bootstrap: string;
  /** Brokers, by id from 1 on. */
  readonly count: number;
  /** Kills a broker, as a lost machine would. */
  kill(id: number): Promise<void>;
  /** Starts it again with the same data; in an orderly way when it is running. */
  restart(id: number): Promise<void>;
  /** Ends all for good. */
  stop(): Promise<void>;
}

/** Resolves when all brokers answer. Throws `CannotStart`. */
export async function startKafkaCluster({ brokers = 3, properties = {} } = {}): Promise<KafkaCluster> {
  const jars = await kafkaJars();
  const folder = await mkdtemp(join(tmpdir(), "millrace-kafka-"));
  const clusterId = newId();
  const all: Ports[] = [];
  for (let i = 0; i < brokers; i++)
    all.push({ plain: await freePort(), controller: await freePort(), sasl: await freePort(), tls: await freePort() });
  const controllerPorts = all.map(({ controller }) => controller);
  const nodes = await Promise.all(
    all.map((ports, i) => {
      const member = { id: i + 1, controllerPorts, zookeeper: false };
      return prepareBroker({ jars, folder: join(folder, String(member.id)), ports, member, properties, clusterId });
    }),
  );
  await Promise.all(nodes.map((node) => node.start()));
  const nodeOf = (id: number) => {
    const node = nodes[id - 1];
    if (!node) throw new Error(`there is no broker ${id} of ${brokers}`);
    return node;
  };
  return {
    bootstrap: all.map(({ plain }) => `127.0.0.1:${plain}`).join(","),
    count: brokers,
    kill: (id) => nodeOf(id).end("SIGKILL"),
    async restart(id) {
      await nodeOf(id).end("SIGTERM");
      await nodeOf(id).start();
    },
    async stop() {
      // All at once: the last one of an orderly end would wait for others to take over.
      await Promise.all(nodes.map((node) => node.end("SIGKILL")));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
