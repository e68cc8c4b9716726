/** A server in a process of its own, on a new data folder, as a person starts it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

export interface ServerProcess {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly dataFolder: string;
  /** Calls the API; throws with the answer's text when the status is not 2xx. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Ends it and removes its folder. */
  clear(): Promise<void>;
}

/** On a new data folder; `isEmpty`: without what a first start otherwise brings along. */
export async function startServerProcess({ isEmpty = true } = {}): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const dataFolder = join(folder, "data");
  const child = spawn(process.execPath, [CLI, "start", ...(isEmpty ? ["--empty"] : []), "--no-open", "--port", "0", "--data", dataFolder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { pid, stdout } = child;
  if (pid === undefined || !stdout) throw new Error("the server did not start");
  const [printed] = (await once(stdout, "data")) as [Buffer];
  const address = new URL(/https?:\/\/\S+token=\S+/.exec(printed.toString())?.[0] ?? "");
  const token = address.searchParams.get("token") ?? "";
  return {
    process: child,
    pid,
    dataFolder,
    async api<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(address.origin + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return (text === "" ? undefined : JSON.parse(text)) as T;
    },
    async clear() {
      if (child.exitCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
