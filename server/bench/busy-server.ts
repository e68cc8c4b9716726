/** How fast the server answers while a run keeps every core busy: `GET /api/pipelines`, one request after the other. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openBuiltInTopics } from "@millrace/nodes/connections";
import { baseLogDocument } from "./base-log.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";
import { startServerProcess } from "./server-process.ts";
import { fill } from "./topic-pipeline.ts";

const TOPIC = "ods_base_log";
const PARTITIONS = 4;
const RECORDS = 1_000_000;
/** So often the records lie in the topic: a run works for longer than the requests take. */
const TIMES = 3;
const REQUESTS = 1_000;
/** Until the run has begun. */
const BUSY_AFTER_MS = 1_500;

export const busyServer: Work = {
  name: "busy-server",
  records: RECORDS,
  passes: 1,
  async prepare(records) {
    const server = await startServerProcess();
    const topics = await openBuiltInTopics({ folder: join(server.dataFolder, "topics"), now: Date.now });
    for (let time = 0; time < TIMES; time++) await fill(topics, TOPIC, records, PARTITIONS);
    await topics.close();
    return {
      async run() {
        const before = process.cpuUsage();
        const begun = performance.now();
        const document = baseLogDocument(availableParallelism());
        const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document, name: "Busy" });
        await server.api("POST", `/api/pipelines/${id}/deploy`, {});
        await new Promise((resolve) => setTimeout(resolve, BUSY_AFTER_MS));
        const took: number[] = [];
        for (let i = 0; i < REQUESTS; i++) {
          const asked = performance.now();
          await server.api("GET", "/api/pipelines");
          took.push(performance.now() - asked);
        }
        const left = await recordsLeft(server);
        if (left === 0) throw new Error("the run had nothing left to do before the last request");
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

interface Summary {
  readonly name: string;
  readonly partitions: readonly { readonly partition: number; readonly latest: number }[];
  readonly groups: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Behind the positions of the run's checkpoints. */
async function recordsLeft(server: Awaited<ReturnType<typeof startServerProcess>>): Promise<number> {
  const topic = (await server.api<Summary[]>("GET", "/api/topics")).find(({ name }) => name === TOPIC);
  const [positions = {}] = Object.values(topic?.groups ?? {});
  return (topic?.partitions ?? []).reduce((sum, { partition, latest }) => sum + latest - (positions[partition] ?? 0), 0);
}
