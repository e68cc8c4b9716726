/**
 * Kills a real server, or brokers of its cluster, with SIGKILL again and again while logs are posted, and compares what is in the topics with what was posted. Every post carries
 * an `X-Record-Id` and is repeated until it is answered, so each log must be there exactly once, whatever was killed when.
 */
import type { KafkaCluster } from "@millrace/services/kafka";
import { deployJob } from "./base-log-job.ts";
import { dataFolder, readTopic, removeFolder, startEmpty, startMillrace } from "./millrace.ts";
import { committedTexts, KAFKA, restartOnKafka, startOnKafka } from "./on-kafka.ts";
import { seededRandom } from "./seeded-random.ts";

export interface KillReport {
  readonly kills: number;
  readonly posted: number;
  readonly lost: number;
  readonly doubled: number;
  /** Milliseconds from the start of the new process to its first answer; of brokers nothing. */
  readonly recoveryMs: readonly number[];
}

export interface KillOptions {
  readonly kills: number;
  /** Decides when the kills fall. */
  readonly seed: number;
  readonly parallelism: number;
  /** Bootstrap address of a broker that has all topics; left out: they are built in. */
  readonly kafka?: string | undefined;
  /** Brokers that are killed, one after the other, in the server's place. */
  readonly brokers?: Pick<KafkaCluster, "kill" | "restart" | "count"> | undefined;
}

export async function killAgainAndAgain({ kills, seed, parallelism, kafka, brokers }: KillOptions): Promise<KillReport> {
  const data = dataFolder();
  let server = await (kafka === undefined ? startEmpty(data) : startOnKafka(data, kafka));
  const port = new URL(server.origin).port;
  const origin = server.origin;
  const id = await deployJob(server, { parallelism, connection: kafka === undefined ? undefined : KAFKA });
  const textsOf = async (topic: string) =>
    kafka === undefined ? (await readTopic(server, topic)).map(({ text }) => text as string) : committedTexts(kafka, topic);
  let posting = true;
  let posted = 0;
  const lane = async (name: number) => {
    for (let i = 0; posting; i++) {
      const id = `${name}-${i}`;
      const log = JSON.stringify({
        common: { mid: id, is_new: "1" },
        page: { page_id: "home" },
        displays: [{ item: id, order: 1 }],
        ts: 1_613_959_200_000 + i,
      });
      await untilAnswered(`${origin}/applog`, id, log);
      posted++;
    }
  };
  const lanes = Array.from({ length: 8 }, (_, name) => lane(name));
  const random = seededRandom(seed);
  // A client has to find its broker first.
  const [shortest, longest] = kafka === undefined ? [100, 1_000] : [500, 3_000];
  const recoveryMs: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await wait(shortest + random() * (longest - shortest));
    if (brokers) {
      const broker = 1 + Math.floor(random() * brokers.count);
      await brokers.kill(broker);
      await wait(random() * WITHOUT_BROKER_MS);
      await brokers.restart(broker);
      continue;
    }
    await server.stop("SIGKILL");
    const begun = performance.now();
    server = await (kafka === undefined ? startMillrace({ data, args: ["--port", port] }) : restartOnKafka(data, port));
    recoveryMs.push(performance.now() - begun);
  }
  posting = false;
  await Promise.all(lanes);
  await settled(async () => (await textsOf("dwd_page_log")).length, posted);
  // What the run has read comes out with its savepoint, a doubled row too; nothing comes after it.
  await server.api("POST", `/api/pipelines/${id}/stop`, { savepoint: true });
  let lost = 0;
  let doubled = 0;
  for (const [topic, idOf] of [
    ["ods_base_log", (log: Log) => log.common?.mid],
    ["dwd_page_log", (log: Log) => log.common?.mid],
    ["dwd_display_log", (log: Log) => log.item],
  ] as const) {
    const seen = (await textsOf(topic)).map((text) => idOf(JSON.parse(text) as Log));
    const unique = new Set(seen);
    lost += posted - unique.size;
    doubled += seen.length - unique.size;
  }
  await server.stop();
  removeFolder(data);
  return { kills, posted, lost, doubled, recoveryMs };
}

/** For so long at most a broker is away: less than others need to notice, and more. */
const WITHOUT_BROKER_MS = 8_000;

interface Log {
  readonly common?: { readonly mid: string };
  readonly item?: string;
}

async function untilAnswered(address: string, id: string, log: string): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(address, {
        method: "POST",
        body: log,
        headers: { "content-type": "application/json", "x-record-id": id },
      });
      if (response.ok && (await response.text()) === "success") return;
    } catch {
      // Killed while it was answering, or not up again yet: the same log is posted again.
    }
    await wait(20);
  }
}

/** The count is what is expected, or two minutes are over: a run that fails while a broker sorts out what was killed is tried again with growing pauses. */
async function settled(count: () => Promise<number>, expected: number): Promise<void> {
  const deadline = Date.now() + 120_000;
  while ((await count()) < expected && Date.now() < deadline) await wait(200);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
