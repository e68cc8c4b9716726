/** BaseLogApp with all of its topics on a real Kafka, chosen by the connection alone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Kafka, startKafka } from "@millrace/services/kafka";
import { expect, test } from "@playwright/test";
import { logLevel, Kafka as Witness } from "kafkajs";
import { deadLetterCount, deployJob } from "./base-log-job.ts";
import { killAgainAndAgain } from "./kill.ts";
import { makeLogs } from "./make-logs.ts";
import { dataFolder, eventually, removeFolder } from "./millrace.ts";
import { KAFKA, startOnKafka } from "./on-kafka.ts";
import { canonical, plainBaseLog } from "./plain-base-log.ts";
import { postFile } from "./post-file.ts";

const LOGS = 20_000;

let kafka: Kafka;
test.beforeEach(async () => {
  kafka = await startKafka();
});
test.afterEach(async () => {
  await kafka.stop();
});

test("20,000 posted logs become on Kafka the pages, starts and displays that a plain computation finds, read back by another client", async () => {
  const data = dataFolder();
  const witness = new Witness({ brokers: [kafka.bootstrap], clientId: "witness", logLevel: logLevel.NOTHING });
  const admin = witness.admin();
  await admin.connect();
  // One partition, so that the order in which the job sees the logs is the order in which they stand in the topic.
  await admin.createTopics({ topics: [{ topic: "ods_base_log", numPartitions: 1 }] });
  const server = await startOnKafka(data, kafka.bootstrap);
  try {
    const file = join(data, "logs.jsonl");
    const logs = makeLogs(LOGS);
    writeFileSync(file, `${logs.join("\n")}\n`);
    const id = await deployJob(server, { parallelism: 2, connection: KAFKA });
    await postFile(`${server.origin}/applog`, file);

    const raw = await readBack(witness, "ods_base_log", LOGS);
    expect([...raw].sort()).toEqual([...logs].sort());
    const plain = plainBaseLog(raw, true);
    const read = async (topic: string, count: number) =>
      (await readBack(witness, topic, count)).map((text) => canonical(JSON.parse(text))).sort();
    expect(await read("dwd_page_log", plain.pages.length)).toEqual([...plain.pages].sort());
    expect(await read("dwd_start_log", plain.starts.length)).toEqual([...plain.starts].sort());
    expect(await read("dwd_display_log", plain.displays.length)).toEqual([...plain.displays].sort());
    await eventually(
      () => deadLetterCount(server, id),
      (count) => count === plain.dirty.length,
    );
    // A savepoint ends the last transaction; nothing more may come out.
    await server.api("POST", `/api/pipelines/${id}/stop`, { savepoint: true });
    expect(await read("dwd_page_log", plain.pages.length)).toHaveLength(plain.pages.length);
  } finally {
    await admin.disconnect();
    await server.stop();
    removeFolder(data);
  }
});

test("no log is lost or doubled when the server is killed twenty times while logs flow through Kafka", async () => {
  const report = await killAgainAndAgain({ kills: 20, seed: 5, parallelism: 2, kafka: kafka.bootstrap });
  expect(report.posted).toBeGreaterThan(100);
  expect(report).toMatchObject({ kills: 20, lost: 0, doubled: 0 });
});

/** At least `count` committed records of a topic, and those that come within a second after them; each place once: kafkajs hands over again what it had not confirmed when its group was formed anew. */
async function readBack(witness: Witness, topic: string, count: number): Promise<string[]> {
  const consumer = witness.consumer({ groupId: `witness-${Math.random()}`, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const texts = new Map<string, string>();
  let last = Date.now();
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      texts.set(`${partition}@${message.offset}`, message.value?.toString() ?? "");
      last = Date.now();
    },
  });
  await eventually(
    async () => (texts.size < count ? 0 : Date.now() - last),
    (quietMs) => quietMs > 1_000,
    120_000,
  );
  await consumer.disconnect();
  return [...texts.values()];
}
