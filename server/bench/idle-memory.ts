/** Memory of a server on an empty data folder, where the first template runs and has next to nothing to do. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import { anonymousMemoryMb } from "./memory.ts";

const CLI = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
/** After this the start is over and garbage of it collected. */
const SETTLED_MS = 15_000;

export const idleMemory: Work = {
  name: "idle-memory",
  records: 0,
  passes: 1,
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    let server: ChildProcess | undefined;
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        server = spawn(process.execPath, [CLI, "start", "--no-open", "--port", "0", "--data", join(folder, "data")], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        const { pid, stdout } = server;
        if (pid === undefined || !stdout) throw new Error("the server did not start");
        await once(stdout, "data");
        await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
        if (server.exitCode !== null) throw new Error(`the server ended with code ${server.exitCode}`);
        return {
          recordsOut: 0,
          cpuSeconds: cpuSecondsSince(before),
          wallSeconds: (performance.now() - begun) / 1000,
          own: { idleMemoryMb: anonymousMemoryMb(pid) },
        };
      },
      async clear() {
        if (server?.exitCode === null) {
          const ended = once(server, "exit");
          server.kill("SIGTERM");
          await ended;
        }
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};
