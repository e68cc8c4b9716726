/**
 * The whole warehouse on one business day in virtual time, in real processes and with the real ClickHouse, some of them killed again and again; every row of every topic and table compared with a plain
 * computation over the raw input, which shares no code with the engine or its nodes.
 */
import { once } from "node:events";
import { makeAppLogs } from "@millrace/nodes/app-logs";
import { makeShopMessages } from "@millrace/nodes/shop-messages";
import { plainWarehouse } from "@millrace/templates/plain-warehouse";
import { dataFolder, readTopic, removeFolder, startEmpty } from "../millrace.ts";
import { seededRandom } from "../seeded-random.ts";
import { type Compared, type Comparison, compareAll, readTables, readTopics } from "./compare.ts";
import { DAY_BEGINS, type Day, LOGS_PER_SECOND, layersOf, ORDERS_PER_SECOND } from "./jobs.ts";
import { killOne, type Processes, runToEnd } from "./processes.ts";

export interface DayOptions extends Day {
  readonly parallelism: number;
  /** TZ of all processes: nothing may depend on it. */
  readonly zone: string;
  readonly kills: number;
  /** Told of each layer that is through. */
  readonly log?: (line: string) => void;
}

export interface DayReport {
  readonly killed: { readonly job: number; readonly clickhouse: number };
  readonly topics: Comparison;
  readonly tables: Comparison;
}

/** Between two kills, at most: less than a small job takes. */
const MOST_BETWEEN_KILLS_MS = 1_200;

export async function wholeDay({ parallelism, zone, kills, log = () => undefined, ...day }: DayOptions): Promise<DayReport> {
  const data = dataFolder();
  const processes: Processes = { data, zone, all: new Set(), running: new Set(), isOver: false };
  const random = seededRandom(day.seed);
  const killed = { job: 0, clickhouse: 0 };
  try {
    const layers = layersOf(day, parallelism);
    for (const [i, documents] of layers.entries()) {
      const begun = performance.now();
      let isDone = false;
      const share = Math.ceil((kills - killed.job - killed.clickhouse) / (layers.length - i));
      const killing = (async () => {
        for (let left = share; left > 0 && !isDone; ) {
          await wait(random() * MOST_BETWEEN_KILLS_MS);
          const victim = isDone ? undefined : killOne(processes, random);
          if (victim === undefined) continue;
          killed[victim]++;
          left--;
        }
      })();
      try {
        await Promise.all(documents.map((document) => runToEnd(document, processes)));
      } finally {
        isDone = true;
        await killing;
      }
      const names = documents.map(({ name }) => name).join(", ");
      log(`${names}: ${Math.round(performance.now() - begun)} ms, ${killed.job + killed.clickhouse} kills so far`);
    }
    return { killed, ...(await compared(processes, day)) };
  } finally {
    processes.isOver = true;
    const ended = [...processes.all].map((child) => once(child, "close"));
    for (const child of processes.all) child.kill("SIGKILL");
    await Promise.all(ended);
    removeFolder(data);
  }
}

async function compared({ data, zone }: Processes, { seed, logs, orders }: Day): Promise<Pick<DayReport, "topics" | "tables">> {
  const lines = makeAppLogs({ start: DAY_BEGINS, rate: LOGS_PER_SECOND, seed }, logs).map(({ text }) => text);
  const changes = makeShopMessages({ start: DAY_BEGINS, rate: ORDERS_PER_SECOND, seed, count: orders, promotions: true });
  const plain = plainWarehouse(
    lines,
    changes.map(({ text }) => text),
  );
  const server = await startEmpty(data, { env: { TZ: zone } });
  let written: Record<"topics" | "tables", Compared>;
  try {
    // What the generators wrote is what they are known to make, in that order.
    const raw = (await readTopic(server, "ods_base_log")).map(({ text }) => text);
    if (raw.length !== lines.length || raw.some((text, i) => text !== lines[i])) throw new Error("the raw logs are not those of the seed");
    written = { topics: await readTopics(server, plain), tables: await readTables(server, plain) };
  } finally {
    await server.stop();
  }
  return { topics: compareAll(written.topics), tables: compareAll(written.tables) };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
