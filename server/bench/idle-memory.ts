/** Memory of a server on an empty data folder, where BaseLogApp runs and has next to nothing to do. */
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import { anonymousMemoryMb } from "./memory.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** After this the start is over and garbage of it collected. */
const SETTLED_MS = 15_000;

export const idleMemory: Work = {
  name: "idle-memory",
  records: 0,
  passes: 1,
  async prepare() {
    let server: ServerProcess | undefined;
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        server = await startServerProcess();
        const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { template: "base-log-app" });
        await server.api("POST", `/api/pipelines/${id}/deploy`, {});
        await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
        if (server.process.exitCode !== null) throw new Error(`the server ended with code ${server.process.exitCode}`);
        return {
          recordsOut: 0,
          cpuSeconds: cpuSecondsSince(before),
          wallSeconds: (performance.now() - begun) / 1000,
          own: { idleMemoryMb: anonymousMemoryMb(server.pid) },
        };
      },
      clear: async () => server?.clear(),
    };
  },
};
