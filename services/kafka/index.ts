/** A real Kafka broker as a process of its own, for tests and for trying things out. Any number can run side by side, each with ports and a folder of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CannotStart } from "../java.ts";
import { kafkaJars } from "./jars.ts";
import { brokerProperties, KEYSTORE_PASSWORD, type Ports, type Security } from "./properties.ts";

export { CannotStart } from "../java.ts";
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

const STARTS_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;

/** Those that run: none outlives the program that started it, unless that is killed. */
const brokers = new Set<ChildProcess>();
process.once("exit", () => {
  for (const broker of brokers) broker.kill("SIGKILL");
});

/** Resolves when the broker answers. Throws `CannotStart`, with what its log says last. */
export async function startKafka({ port, folder: kept, security, properties = {} }: KafkaOptions = {}): Promise<Kafka> {
  const jars = await kafkaJars();
  const folder = kept ?? (await mkdtemp(join(tmpdir(), "millrace-kafka-")));
  await mkdir(join(folder, "logs"), { recursive: true });
  const ports: Ports = { plain: port ?? (await freePort()), controller: await freePort(), sasl: await freePort(), tls: await freePort() };
  const settings = join(folder, "server.properties");
  await writeFile(settings, brokerProperties({ folder, ports, security, more: properties }));
  await writeFile(join(folder, "log4j2.properties"), LOGGING);
  const certificate = security ? await makeCertificate(folder) : "";
  await format(jars, settings, folder, security);
  let running: ChildProcess | undefined;

  async function start(): Promise<void> {
    const output = join(folder, "logs", "output.txt");
    const file = openSync(output, "a");
    const child = spawn(
      "java",
      [
        "-Xms256m",
        "-Xmx768m",
        "-XX:+UseG1GC",
        "-Djava.awt.headless=true",
        `-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`,
        "-cp",
        join(jars, "*"),
        "kafka.Kafka",
        settings,
      ],
      { stdio: ["ignore", file, file] },
    );
    running = child;
    brokers.add(child);
    child.once("exit", () => brokers.delete(child));
    child.once("error", () => undefined);
    const until = Date.now() + STARTS_WITHIN_MS;
    while (!(await answers(ports.plain))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
        child.kill("SIGKILL");
        throw new CannotStart(
          `Kafka did not start on port ${ports.plain}; ${output} ends with:\n${readFileSync(output, "utf8").slice(-3_000)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  await start();
  return {
    bootstrap: `127.0.0.1:${ports.plain}`,
    saslBootstrap: `127.0.0.1:${ports.sasl}`,
    tlsBootstrap: `localhost:${ports.tls}`,
    certificate,
    jars,
    async stop() {
      await end("SIGTERM");
      if (kept === undefined) await rm(folder, { recursive: true, force: true });
    },
    kill: () => end("SIGKILL"),
    async restart() {
      await end("SIGTERM");
      await start();
    },
  };
}

/** Gives the folder an id, unless it has one, and the users their SCRAM passwords (PLAIN has them in the settings). */
async function format(jars: string, settings: string, folder: string, security: Security | undefined): Promise<void> {
  const tool = (...args: string[]) =>
    promisify(execFile)("java", [
      "-XX:TieredStopAtLevel=1",
      `-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`,
      "-cp",
      join(jars, "*"),
      "kafka.tools.StorageTool",
      ...args,
    ]);
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  const scram = Object.entries(security?.users ?? {}).flatMap(([name, password]) =>
    ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => ["--add-scram", `${mechanism}=[name=${name},password=${password}]`]),
  );
  await tool("format", "--standalone", "--ignore-formatted", "-t", await storedId(folder, id), "-c", settings, ...scram);
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

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const LOGGING = `status=error
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
`;
