/** How fast the server answers while runs keep every core busy: `GET /api/pipelines`, one request after the other. */
import { availableParallelism } from "node:os";
import { baseLogDocument } from "./base-log.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import { startServerProcess } from "./server-process.ts";

const REQUESTS = 1_000;
/** The rate of the mock app, which no machine keeps up with. */
const RATE = 1_000_000;
/** Until the runs have begun. */
const BUSY_AFTER_MS = 3_000;

export const busyServer: Work = {
  name: "busy-server",
  records: 0,
  passes: 1,
  async prepare() {
    const server = await startServerProcess();
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document: generated(), name: "Busy" });
        await server.api("POST", `/api/pipelines/${id}/deploy`, {});
        await new Promise((resolve) => setTimeout(resolve, BUSY_AFTER_MS));
        const took: number[] = [];
        for (let i = 0; i < REQUESTS; i++) {
          const asked = performance.now();
          await server.api("GET", "/api/pipelines");
          took.push(performance.now() - asked);
        }
        took.sort((a, b) => a - b);
        const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
        return {
          recordsOut: 0,
          cpuSeconds: cpuSecondsSince(before),
          wallSeconds: (performance.now() - begun) / 1000,
          own: { answerMsP50: at(0.5), answerMsP99: at(0.99) },
        };
      },
      clear: () => server.clear(),
    };
  },
};

/** BaseLogApp on all cores, fed by generators that never wait, one of them for each core. */
function generated() {
  const { nodes, edges, ...rest } = baseLogDocument(availableParallelism());
  const generator = { type: "generator", name: "Logs", params: { kind: "app-log", rate: RATE } };
  const fed = Object.entries(nodes).map(([id, node]) => [id, node.type === "topic-source" ? generator : node]);
  return { ...rest, nodes: Object.fromEntries(fed), edges };
}
