/** Starts real servers for the stories: a process of their own, a data folder of their own, a free port. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));
export const CLI = join(REPOSITORY, "server/src/cli/main.ts");

export interface Millrace {
  /** With the token, as printed. */
  readonly address: string;
  readonly origin: string;
  readonly token: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** A call of the API; throws with the answer's text when the status is not 2xx. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Ends it and waits for it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A fresh folder with a blank and Chinese characters in its name, as users have. */
export function dataFolder(): string {
  return mkdtempSync(join(tmpdir(), "millrace 数据 "));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Resolves once the address is printed. */
export async function startMillrace(options: {
  data: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}): Promise<Millrace> {
  const child = spawn(process.execPath, [CLI, "start", "--port", "0", "--no-open", "--data", options.data, ...(options.args ?? [])], {
    cwd: REPOSITORY,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk.toString("utf8");
      const found = /https?:\/\/\S+token=\S+/.exec(printed);
      if (found) resolve(found[0]);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    void exited.then((code) => reject(new Error(`millrace start ended with ${code}:\n${printed}`)));
  });
  const url = new URL(address);
  const token = url.searchParams.get("token") ?? "";
  return {
    address,
    origin: url.origin,
    token,
    data: options.data,
    process: child,
    output: () => printed,
    async api<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(url.origin + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      return exited;
    },
  };
}

/** A server on a new data folder without what the first start otherwise brings along. */
export function startEmpty(data: string, options: { env?: Readonly<Record<string, string>> } = {}): Promise<Millrace> {
  return startMillrace({ data, args: ["--empty"], ...options });
}

/** Runs the command line to its end. */
export function millrace(
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

/** Asks again until `done` says so; fails with what was last seen. */
export async function eventually<T>(ask: () => Promise<T>, done: (seen: T) => boolean, withinMs = 120_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await ask();
    if (done(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly text: string | null;
}

/** Every record of a topic, read back through the API. */
export async function readTopic(server: Millrace, topic: string): Promise<TopicRecord[]> {
  const topics = await server.api<{ name: string; partitions: { partition: number; earliest: number; latest: number }[] }[]>(
    "GET",
    "/api/topics",
  );
  const found = topics.find(({ name }) => name === topic);
  const records: TopicRecord[] = [];
  for (const { partition, earliest, latest } of found?.partitions ?? []) {
    for (let offset = earliest; offset < latest; ) {
      const query = new URLSearchParams({ partition: String(partition), from: "offset", offset: String(offset), limit: "1000" });
      const page = await server.api<{ records: TopicRecord[]; next: Record<string, number> }>(
        "GET",
        `/api/topics/${topic}/records?${query}`,
      );
      records.push(...page.records);
      const next = page.next[String(partition)] ?? latest;
      if (next <= offset) break;
      offset = next;
    }
  }
  return records;
}
