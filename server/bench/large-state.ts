/**
 * Keyed state larger than memory: five million buffered rows of 100 bytes, each under its own key, or as lists of a hundred. In a process of its own, so that its anonymous memory is that of the state
 * and of nothing before it. A tenth of the rows is taken out again: that all come back is for tests to show.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEFAULT_SETTINGS } from "../src/settings.ts";
import type { Work } from "./main.ts";

const PROGRAM = fileURLToPath(new URL("large-state-run.ts", import.meta.url));
const ROWS = 5_000_000;

const PART_TAKEN = 0.1;

export const largeState: Work = of("large-state", "keys");
export const largeStateLists: Work = of("large-state-lists", "lists");

function of(name: string, shape: "keys" | "lists"): Work {
  return {
    name,
    records: 0,
    passes: 1,
    prepare: async () => ({
      async run() {
        const begun = performance.now();
        const args = [PROGRAM, shape, ROWS, DEFAULT_SETTINGS["state.memory"] / 2 ** 20, PART_TAKEN].map(String);
        const child = spawnSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
        if (child.status !== 0) throw new Error(`${name} ended with ${child.status ?? child.signal}`);
        const own = JSON.parse(child.stdout) as Record<string, number>;
        return { recordsOut: 0, cpuSeconds: own.cpuSeconds ?? 0, wallSeconds: (performance.now() - begun) / 1000, own };
      },
      clear: async () => undefined,
    }),
  };
}
