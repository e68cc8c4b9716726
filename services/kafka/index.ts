/** A real Kafka broker as a process of its own, for tests and for trying things out. Any number can run side by side, each with ports and a folder of its own. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { kafkaJars } from "./jars.ts";
import { freePort, type JavaProcess, javaProcess, LOGGING, runTool } from "./node.ts";
import { brokerProperties, KEYSTORE_PASSWORD, type Member, type Ports, type Security } from "./properties.ts";

export { CannotStart } from "../java.ts";
export { type KafkaCluster, startKafkaCluster } from "./cluster.ts";
export { kafkaIsMissing, kafkaJars } from "./jars.ts";
export { type CommittedRecord, readCommitted, writeRecords } from "./witnesses.ts";

export interface KafkaOptions {
  /** Of the open port; a free one when it is left out. */
  readonly port?: number | undefined;
  /** Where data and logs are kept, and found again; a folder that is removed with `stop` when it is left out. */
  readonly folder?: string | undefined;
  readonly security?: Security;
  /** Further settings, by Kafka's own names. */
  readonly properties?: Readonly<Record<string, string>>;
  /** From 2.8 on; left out: the one that the pom names. */
  readonly version?: string | undefined;
}

export interface Kafka {
  /** "host:port" of the port that is open to all. */
  readonly bootstrap: string;
  /** With `security`: the port with SASL, and that with SASL and TLS. */
  readonly saslBootstrap: string;
  readonly tlsBootstrap: string;
  /** With `security`: the certificate by which the broker shows who it is, as PEM. */
  readonly certificate: string;
  /** The folder of the broker's jars; the Java client is one of them. */
  readonly jars: string;
  /** Ends it in an orderly way, and for good. */
  stop(): Promise<void>;
  /** Kills it, as a lost machine would; `restart` brings it up again. */
  kill(): Promise<void>;
  /** Starts it again with the same data; in an orderly way when it is running. */
  restart(): Promise<void>;
}

/** Resolves when the broker answers. Throws `CannotStart`, with what its log says last. */
export async function startKafka({ port, folder: kept, security, properties = {}, version }: KafkaOptions = {}): Promise<Kafka> {
  const jars = await kafkaJars(version);
  const folder = kept ?? (await mkdtemp(join(tmpdir(), "millrace-kafka-")));
  const ports: Ports = { plain: port ?? (await freePort()), controller: await freePort(), sasl: await freePort(), tls: await freePort() };
  const member = { id: 1, controllerPorts: [ports.controller], zookeeper: version !== undefined && needsZookeeper(version) };
  const zookeeper = member.zookeeper ? await zookeeperIn(jars, join(folder, "zookeeper"), ports.controller) : undefined;
  const certificate = security ? await makeCertificate(await madeFolder(folder)) : "";
  const broker = await prepareBroker({ jars, folder, ports, member, security, properties });
  await zookeeper?.start();
  await broker.start();
  return {
    bootstrap: `127.0.0.1:${ports.plain}`,
    saslBootstrap: `127.0.0.1:${ports.sasl}`,
    tlsBootstrap: `localhost:${ports.tls}`,
    certificate,
    jars,
    async stop() {
      await broker.end("SIGTERM");
      await zookeeper?.end("SIGTERM");
      if (kept === undefined) await rm(folder, { recursive: true, force: true });
    },
    kill: () => broker.end("SIGKILL"),
    async restart() {
      await broker.end("SIGTERM");
      await broker.start();
    },
  };
}

/** Writes a broker's settings and gives its folder an id, unless it has one. `clusterId`: of the cluster that it is one of. */
export async function prepareBroker(options: {
  readonly jars: string;
  readonly folder: string;
  readonly ports: Ports;
  readonly member: Member;
  readonly security?: Security | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly clusterId?: string;
}): Promise<JavaProcess> {
  const { jars, folder, ports, member, security, properties, clusterId = newId() } = options;
  await madeFolder(folder);
  const settings = join(folder, "server.properties");
  await writeFile(settings, brokerProperties({ folder, ports, member, security, more: properties }));
  if (!member.zookeeper) {
    // PLAIN has its users in the settings.
    const scram = Object.entries(security?.users ?? {}).flatMap(([name, password]) =>
      ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${name},password=${password}]`]),
    );
    const id = await storedId(folder, clusterId);
    await runTool(jars, folder, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", id, "-c", settings, ...scram);
  }
  return javaProcess({ jars, folder, main: ["kafka.Kafka", settings], port: ports.plain });
}

/** A UUID as Kafka writes it. None begins with "-", as none of Kafka's own does: its tools would take it for an option. */
export function newId(): string {
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  return id.startsWith("-") ? newId() : id;
}

/** Without one from 3.3 on. */
function needsZookeeper(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 3 || (major === 3 && minor < 3);
}

async function zookeeperIn(jars: string, folder: string, port: number): Promise<JavaProcess> {
  await madeFolder(folder);
  const main = ["org.apache.zookeeper.server.ZooKeeperServerMain", String(port), join(folder, "data")];
  return javaProcess({ jars, folder, main, port });
}

async function madeFolder(folder: string): Promise<string> {
  await mkdir(join(folder, "logs"), { recursive: true });
  for (const [name, content] of Object.entries(LOGGING)) await writeFile(join(folder, name), content);
  return folder;
}

/** A folder that was used before keeps its id. */
async function storedId(folder: string, id: string): Promise<string> {
  const stored = await readFile(join(folder, "data", "meta.properties"), "utf8").catch(() => "");
  return /^cluster\.id=(.+)$/m.exec(stored)?.[1] ?? id;
}

/** A key that the broker shows who it is by, signed by itself. */
async function makeCertificate(folder: string): Promise<string> {
  const store = ["-keystore", join(folder, "keystore.p12"), "-storetype", "PKCS12", "-storepass", KEYSTORE_PASSWORD, "-alias", "broker"];
  const key = [
    "-keyalg",
    "RSA",
    "-keysize",
    "2048",
    "-validity",
    "3650",
    "-dname",
    "CN=localhost",
    "-ext",
    "san=dns:localhost,ip:127.0.0.1",
  ];
  await promisify(execFile)("keytool", ["-genkeypair", ...store, ...key]);
  return (await promisify(execFile)("keytool", ["-exportcert", "-rfc", ...store])).stdout;
}
