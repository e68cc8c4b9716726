/**
 * Apache Flink with its SQL Gateway as a process of its own: the witness of what an expression gives. One JVM with a cluster of one machine, about 0.6 GB, ready
 * within some seconds.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CannotStart } from "../java.ts";
import { flinkJars } from "./jars.ts";

export { CannotStart } from "../java.ts";
export { type Evaluation, evaluateInFlink, type Outcome, type RowsInFlink } from "./evaluate.ts";
export { type Answer, FlinkError, openSession, type Session } from "./gateway.ts";
export { flinkIsMissing } from "./jars.ts";

export interface Flink {
  /** The address of the SQL Gateway, "http://127.0.0.1:…". */
  readonly gatewayUrl: string;
  /** Ends it for good. */
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 120_000;
const HERE = fileURLToPath(new URL(".", import.meta.url));

const PACKAGES = "lang net io nio lang.reflect text time util util.concurrent util.concurrent.atomic util.concurrent.locks".split(" ");
/** What Flink reaches into on Java 17. */
const OPENED = [
  ...PACKAGES.flatMap((name) => ["--add-opens", `java.base/java.${name}=ALL-UNNAMED`]),
  ...["--add-opens", "java.base/sun.nio.ch=ALL-UNNAMED"],
  ...["--add-exports", "java.rmi/sun.rmi.registry=ALL-UNNAMED", "--add-exports", "java.security.jgss/sun.security.krb5=ALL-UNNAMED"],
];

/** Resolves when the gateway answers. Throws `CannotStart`, with what Flink said last. */
export async function startFlink({ port }: { readonly port?: number | undefined } = {}): Promise<Flink> {
  const jars = await flinkJars();
  const folder = await mkdtemp(join(tmpdir(), "millrace-flink-"));
  await writeFile(join(folder, "config.yaml"), "{}\n");
  const at = port ?? (await freePort());
  const child = spawn(
    "java",
    [
      ...["-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.language=en", "-Duser.country=US"],
      ...OPENED,
      `-Dlog4j.configurationFile=${join(HERE, "log4j2.properties")}`,
      ...["-cp", join(jars, "*"), join(HERE, "Witness.java"), String(at), folder],
    ],
    // It ends when its standard input does, so it never outlives this process.
    { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, FLINK_CONF_DIR: folder } },
  );
  const said: string[] = [];
  child.stderr.on("data", (data: Buffer) => {
    said.push(data.toString());
    if (said.length > 200) said.shift();
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = new Promise<boolean>((resolve) => {
    child.stdout.on("data", (data: Buffer) => data.toString().includes("ready") && resolve(true));
    child.once("error", () => resolve(false));
    child.once("exit", () => resolve(false));
    setTimeout(() => resolve(false), STARTS_WITHIN_MS).unref();
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  if (await ready) return { gatewayUrl: `http://127.0.0.1:${at}`, stop };
  await stop();
  throw new CannotStart(`Flink did not start; it said last:\n${said.join("").slice(-3_000)}`);
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
