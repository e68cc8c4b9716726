import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SeedsChecked } from "@millrace/nodes/simulation";
import type { Part } from "./verify.ts";

const SEEDS = 20_000;
/** Seeds that a thread checks at a time. */
const CHUNK = 50;

export const simulationLong: Part = {
  name: "simulation",
  shows: `${SEEDS} random pipelines of the nodes that exist, each in one thread under a seeded scheduler, crashed, stopped, taken over and rescaled at random: rows, dead letters and counts as a plain reference gives them`,
  async run() {
    let next = 0;
    const sum = { seeds: 0, lives: 0, events: 0, rows: 0 };
    const threads = Array.from({ length: availableParallelism() }, async () => {
      const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url));
      try {
        while (next < SEEDS) {
          const from = next;
          next += CHUNK;
          worker.postMessage({ from, to: Math.min(SEEDS, from + CHUNK) });
          const [checked] = (await once(worker, "message")) as [SeedsChecked | { readonly failure: string }];
          if ("failure" in checked) throw new Error(checked.failure);
          sum.seeds += checked.seeds;
          sum.lives += checked.lives;
          sum.events += checked.events;
          sum.rows += checked.rows;
          if (sum.seeds % 1_000 === 0) console.log(`${sum.seeds} seeds`);
        }
      } finally {
        await worker.terminate();
      }
    });
    await Promise.all(threads);
    const { seeds, lives, events, rows } = sum;
    return `${seeds} seeds, ${lives} lives, ${events} events, ${rows} rows visible; lost 0, doubled 0, none failed`;
  },
};
