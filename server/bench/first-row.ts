/** From "start this run" to the first row that is seen to reach a sink: what a person waits after Deploy. The run host is open already, as in a server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FORMAT_VERSION, readDocument } from "@millrace/engine/pipeline";
import { createRunHost } from "../src/run-host/index.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";

const POLL_MS = 2;

const { document, problems } = readDocument({
  formatVersion: FORMAT_VERSION,
  name: "first-row",
  nodes: {
    logs: { type: "generator", name: "Logs", params: { kind: "app-log", rate: 100 } },
    topic: { type: "topic-sink", name: "Topic", params: { topic: "first_row" } },
  },
  edges: [{ from: "logs.out", to: "topic.in" }],
});

export const firstRow: Work = {
  name: "first-row",
  records: 0,
  async prepare() {
    if (!document) throw new Error(JSON.stringify(problems));
    const dataFolder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    const host = await createRunHost({ dataFolder, log: console.error });
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        const run = await host.startRun({ pipelineId: "bench", runId: "bench", version: 1, document, set: {}, connections: {} });
        const startedMs = performance.now() - begun;
        const rows = () => run.nodes().topic?.in.in?.total ?? 0;
        while (rows() === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        const firstRowMs = performance.now() - begun;
        const cpuSeconds = cpuSecondsSince(before);
        const recordsOut = rows();
        await run.stop({ savepoint: false });
        return { recordsOut, cpuSeconds, wallSeconds: firstRowMs / 1000, own: { startedMs, firstRowMs } };
      },
      async clear() {
        await host.close();
        await rm(dataFolder, { recursive: true, force: true });
      },
    };
  },
};
