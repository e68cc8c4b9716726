/** Node types against their slow, plain references: what `pnpm test` plays with 500 random streams each. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../millrace.ts";
import type { Part } from "./verify.ts";

const STREAMS = 10_000;
/** Tests that take the number of their streams from MILLRACE_SEEDS. */
const TESTS = [
  "nodes/src/interval-join",
  "nodes/src/temporal-join",
  "nodes/src/pattern",
  "nodes/src/window",
  "nodes/src/top-n",
  "nodes/src/sort-by-time",
  "nodes/src/dynamic-split",
];

export const operatorsLong: Part = {
  name: "operators",
  shows: `${STREAMS} random small streams for each node type that has a plain reference (interval and temporal join, pattern, window, top N, sort by time, dynamic split): any order, watermarks, late rows, ends and a restart anywhere give what the reference says`,
  async run() {
    const begun = performance.now();
    const vitest = join(REPOSITORY, "node_modules/vitest/vitest.mjs");
    const environment = { ...process.env, MILLRACE_SEEDS: String(STREAMS) };
    await promisify(execFile)(process.execPath, [vitest, "run", ...TESTS], { cwd: REPOSITORY, env: environment, maxBuffer: 64 << 20 });
    return `${STREAMS * TESTS.length} streams as the references say, in ${Math.round((performance.now() - begun) / 1000)} s`;
  },
};
