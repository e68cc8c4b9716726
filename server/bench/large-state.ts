/**
 * Keyed state larger than memory: five million buffered rows of 100 bytes, each under its own key, and as lists of a hundred. In a process of its own, so that its anonymous memory is that of the state
 * and of nothing before it.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEFAULT_SETTINGS } from "../src/settings.ts";
import type { Work } from "./main.ts";

const PROGRAM = fileURLToPath(new URL("large-state-run.ts", import.meta.url));
const ROWS = 5_000_000;

export const largeState: Work = {
  name: "large-state",
  records: 0,
  passes: 1,
  async prepare() {
    return {
      async run() {
        const begun = performance.now();
        const own: Record<string, number> = {};
        let cpuSeconds = 0;
        for (const shape of ["keys", "lists"]) {
          const child = spawnSync(process.execPath, [PROGRAM, shape, String(ROWS), String(DEFAULT_SETTINGS["state.memory"] / 2 ** 20)], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "inherit"],
          });
          if (child.status !== 0) throw new Error(`large state as ${shape} ended with ${child.status ?? child.signal}`);
          const figures = JSON.parse(child.stdout) as Record<string, number>;
          cpuSeconds += figures.cpuSeconds ?? 0;
          for (const [name, figure] of Object.entries(figures)) own[`${shape}.${name}`] = figure;
        }
        return { recordsOut: 0, cpuSeconds, wallSeconds: (performance.now() - begun) / 1000, own };
      },
      clear: async () => undefined,
    };
  },
};
