/** One program of a Kafka cluster as a process of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { CannotStart } from "../java.ts";

/** Those that run: none outlives the program that started it, unless that is killed. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

const STARTS_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;

export interface JavaProcess {
  /** Resolves when its port answers. Throws `CannotStart`, with what its log says last. */
  start(): Promise<void>;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** `folder`: has its settings of logging, and gets its output. */
export function javaProcess(options: {
  readonly jars: string;
  readonly folder: string;
  readonly main: readonly string[];
  readonly port: number;
}): JavaProcess {
  const { jars, folder, main, port } = options;
  let child: ChildProcess | undefined;
  return {
    async start() {
      const output = join(folder, "logs", "output.txt");
      const file = openSync(output, "a");
      const started = spawn("java", ["-Xms256m", "-Xmx768m", "-XX:+UseG1GC", ...javaArguments(jars, folder), ...main], {
        stdio: ["ignore", file, file],
      });
      child = started;
      running.add(started);
      started.once("exit", () => running.delete(started));
      started.once("error", () => undefined);
      const until = Date.now() + STARTS_WITHIN_MS;
      while (!(await answers(port))) {
        if (hasEnded(started) || Date.now() > until) {
          started.kill("SIGKILL");
          throw new CannotStart(
            `${main[0]} did not start on port ${port}; ${output} ends with:\n${readFileSync(output, "utf8").slice(-3_000)}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    async end(signal) {
      const ending = child;
      child = undefined;
      if (!ending || hasEnded(ending)) return;
      const ended = new Promise((resolve) => ending.once("exit", resolve));
      ending.kill(signal);
      await ended;
    },
  };
}

/** Runs a program to its end. */
export async function runTool(jars: string, folder: string, ...main: readonly string[]): Promise<void> {
  await promisify(execFile)("java", ["-XX:TieredStopAtLevel=1", ...javaArguments(jars, folder), ...main]);
}

/** Old Kafka has the first log4j. */
function javaArguments(jars: string, folder: string): string[] {
  return [
    "-Djava.awt.headless=true",
    `-Dlog4j2.configurationFile=${join(folder, "log4j2.properties")}`,
    `-Dlog4j.configuration=file:${join(folder, "log4j.properties")}`,
    "-cp",
    join(jars, "*"),
  ];
}

export const LOGGING: Readonly<Record<string, string>> = {
  "log4j2.properties": `status=error
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
`,
  "log4j.properties": `log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
`,
};

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
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

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
