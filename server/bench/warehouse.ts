/** What a newcomer's machine has to bear: the whole warehouse as a first start begins it, until its first statistic is in ClickHouse, and the memory of all its processes two minutes on. ClickHouse must be there. */
import { setTimeout as pause } from "node:timers/promises";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import { anonymousMemoryOfAllMb } from "./memory.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const TABLE = "visitor_stats_0820";
/** So much later memory is what it stays at. */
const SETTLED_MS = 120_000;
const LOOK_MS = 250;
const MOST_MS = 180_000;

interface WarehouseMap {
  readonly stores: readonly { readonly name: string; readonly records?: number }[];
}

export const warehouse: Work = {
  name: "warehouse",
  records: 0,
  passes: 1,
  async prepare() {
    let server: ServerProcess | undefined;
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        server = await startServerProcess({ isEmpty: false });
        while (!((await rowsIn(server)) > 0)) {
          if (performance.now() - begun > MOST_MS) throw new Error(`no row in ${TABLE} after ${MOST_MS / 1000} s: is ClickHouse there?`);
          await pause(LOOK_MS);
        }
        const firstRowSeconds = (performance.now() - begun) / 1000;
        await pause(SETTLED_MS);
        if (server.process.exitCode !== null) throw new Error(`the server ended with code ${server.process.exitCode}`);
        return {
          recordsOut: 0,
          cpuSeconds: cpuSecondsSince(before),
          wallSeconds: (performance.now() - begun) / 1000,
          own: { firstRowSeconds, warehouseMemoryMb: anonymousMemoryOfAllMb(server.pid) },
        };
      },
      clear: async () => server?.clear(),
    };
  },
};

async function rowsIn(server: ServerProcess): Promise<number> {
  const { stores } = await server.api<WarehouseMap>("GET", "/api/map");
  return stores.find(({ name }) => name === TABLE)?.records ?? 0;
}
