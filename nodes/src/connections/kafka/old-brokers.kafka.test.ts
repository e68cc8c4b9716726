/** Brokers older than the one that most tests use: the oldest that can do all, the last of the third generation, and one that is too old to write exactly once. */
import type { TopicLog } from "@millrace/engine/node";
import { type Kafka, readCommitted, startKafka } from "@millrace/services/kafka";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trySteps } from "../test-connection.ts";
import { readSettings } from "./settings.ts";
import { testKafka } from "./test-kafka.ts";
import { openForTest } from "./testing/open.ts";
import { newTopic, record, texts } from "./testing/records.ts";

const STARTS_WITHIN_MS = 240_000;

function withBroker(version: string): { readonly log: TopicLog; readonly kafka: Kafka } {
  const held: { log?: TopicLog; kafka?: Kafka } = {};
  beforeAll(async () => {
    held.kafka = await startKafka({ version, properties: { "log.cleanup.policy": "delete" } });
    held.log = await openForTest({ brokers: held.kafka.bootstrap, giveUp: "20" });
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    await held.log?.close();
    await held.kafka?.stop();
  });
  return {
    get log() {
      return held.log as TopicLog;
    },
    get kafka() {
      return held.kafka as Kafka;
    },
  };
}

async function committed({ bootstrap }: Kafka, topic: string): Promise<(string | undefined)[]> {
  return (await readCommitted(bootstrap, [topic])).map(({ value }) => value?.toString());
}

describe.each(["3.9.1", "3.0.2"])("a broker of version %s", (version) => {
  const broker = withBroker(version);

  it("takes rows exactly once, and gives what is committed alone", async () => {
    const { log, kafka } = broker;
    const topic = await newTopic(log);
    const writer = await log.openTransactionalWriter(topic);
    writer.write(topic, record("1"));
    const first = await writer.prepare(1);
    await log.commitPrepared([first], undefined);
    writer.write(topic, record("given up"));
    await writer.abort();
    writer.write(topic, record("2"));
    const second = await writer.prepare(2);
    await log.commitPrepared([second], undefined);
    await log.commitPrepared([second], undefined);
    expect(await log.inspectPrepared?.([first, second])).toEqual(["committed", "committed"]);
    await writer.close();
    expect(await texts(log, topic)).toEqual(["1", "2"]);
    expect(await committed(kafka, topic)).toEqual(["1", "2"]);
  });

  it("keeps positions, and says the settings of topics", async () => {
    const { log } = broker;
    await log.createTopic("kept", { partitions: 3, retentionMs: 3_600_000 });
    expect(await log.describeTopic("kept")).toMatchObject({ settings: { partitions: 3, retentionMs: 3_600_000 } });
    await log.commitPositions("readers", new Map([["kept-0", 7]]));
    expect(await log.positions("readers")).toEqual(new Map([["kept-0", 7]]));
    expect((await log.groups("kept")).get("readers")).toEqual(new Map([[0, 7]]));
    await log.deleteTopic("kept");
    expect(await log.describeTopic("kept")).toBeUndefined();
  });

  it("makes a topic anew while the old one of that name is still being deleted", async () => {
    const { log } = broker;
    const topic = await newTopic(log, 3);
    const reader = await log.openReader(topic, 2, { from: "earliest" });
    await reader.read(1, 0);
    await log.deleteTopic(topic);
    expect(await log.createTopic(topic, { partitions: 1 })).toBe(true);
    await expect(reader.read(1, 5_000)).rejects.toThrow(/was deleted while it was in use/);
    await expect(log.openReader(topic, 2, { from: "earliest" })).rejects.toThrow(/has no partition 2; it has 1/);
  });

  it("passes the test of a connection", async () => {
    const steps = await trySteps((attempt) => testKafka(attempt, readSettings({ brokers: broker.kafka.bootstrap })));
    expect(steps.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describe("a broker of version 2.8.2", () => {
  const broker = withBroker("2.8.2");

  it("is refused where rows are to be written exactly once, with what to do", async () => {
    const { log } = broker;
    const topic = await newTopic(log);
    const words = "Writing exactly once needs Kafka 3.0 or newer";
    await expect(log.openTransactionalWriter(topic)).rejects.toThrow(words);
    const steps = await trySteps((attempt) => testKafka(attempt, readSettings({ brokers: broker.kafka.bootstrap })));
    expect(steps.find(({ ok }) => !ok)?.detail.en).toContain(words);
  });

  it("can be read, and written to at least once", async () => {
    const { log, kafka } = broker;
    const topic = await newTopic(log);
    const writer = await log.openTransactionalWriter(topic, { newTopics: { partitions: 1 }, visible: "at once" });
    writer.write(topic, record("1"));
    await writer.prepare(1);
    await writer.close();
    expect(await texts(log, topic)).toEqual(["1"]);
    expect(await committed(kafka, topic)).toEqual(["1"]);
  });
});
