/**
 * How long rows stand still when a running BaseLogApp is replaced by a changed version that keeps its state: the longest time between two moments at which its output grew, around the
 * deploy. Output grows with each checkpoint, so some 200 ms of it is no pause.
 */
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { openBuiltInTopics } from "@millrace/nodes/connections";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import { startServerProcess } from "./server-process.ts";

const LOOK_EVERY_MS = 5;
const AROUND_MS = 3_000;
const TOPIC = "dwd_page_log";

export const upgradePause: Work = {
  name: "upgrade-pause",
  records: 0,
  async prepare() {
    const server = await startServerProcess();
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { template: "base-log-app" });
        const deploy = async (rate: number) => {
          const { draft, revision } = await server.api<{ draft: PipelineDocument; revision: number }>("GET", `/api/pipelines/${id}`);
          await server.api("PUT", `/api/pipelines/${id}/draft`, { document: withRate(draft, rate), revision });
          await server.api("POST", `/api/pipelines/${id}/deploy`, {});
        };
        // So many that every checkpoint has some.
        await deploy(500);
        const topics = await openBuiltInTopics({ folder: join(server.dataFolder, "topics"), now: Date.now });
        let isWatching = true;
        let longest = 0;
        const watching = (async () => {
          let last = -1;
          let since = performance.now();
          while (isWatching) {
            const info = await topics.describeTopic(TOPIC);
            const count = info?.partitions.reduce((sum, { latest }) => sum + latest, 0) ?? 0;
            const now = performance.now();
            if (count !== last) {
              if (last !== -1) longest = Math.max(longest, now - since);
              last = count;
              since = now;
            }
            await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
          }
        })();
        await new Promise((resolve) => setTimeout(resolve, AROUND_MS));
        const usual = longest;
        longest = 0;
        await deploy(501);
        await new Promise((resolve) => setTimeout(resolve, AROUND_MS));
        isWatching = false;
        await watching;
        await topics.close();
        return {
          recordsOut: 0,
          cpuSeconds: cpuSecondsSince(before),
          wallSeconds: (performance.now() - begun) / 1000,
          own: { pauseMs: longest, usualMs: usual },
        };
      },
      clear: () => server.clear(),
    };
  },
};

function withRate(document: PipelineDocument, rate: number): PipelineDocument {
  const nodes = Object.entries(document.nodes).map(([id, node]) => [
    id,
    node.type === "generator" ? { ...node, params: { ...node.params, rate } } : node,
  ]);
  return { ...document, nodes: Object.fromEntries(nodes) };
}
