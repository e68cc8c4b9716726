/** Runs of one pipeline that follow each other, and what each leaves behind or meets. */
import type { RunClaim, Sink, TopicLog } from "@millrace/engine/node";
import { ConfigResourceTypes, Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { openForTest } from "../connections/kafka/testing/open.ts";
import { newTopic, record, texts } from "../connections/kafka/testing/records.ts";
import { node as topicSink } from "./index.ts";

let log: TopicLog;
let topic: string;
beforeAll(async () => {
  log = await openForTest({ brokers: inject("kafka") });
});
afterAll(() => log.close());
beforeEach(async () => {
  topic = await newTopic(log);
});

async function opened(claim: RunClaim, { subtask = 0, parallelism = 1, on = log, more = {} } = {}): Promise<Sink> {
  const params = topicSink.spec.params.parse({ topic, ...more });
  const context = {
    pipelineId: topic,
    runId: "run",
    nodeId: "out",
    connection: on,
    now: () => 1_000,
    restored: undefined,
    timeZone: "UTC",
  };
  const sink = topicSink.createSink?.(params, { ...context, subtask, parallelism, claim }) as Sink;
  await sink.open?.();
  return sink;
}

const write = (sink: Sink, text: string) => sink.write(record(text));

it("gives up nothing of its successor's when it opens late", async () => {
  const young = await opened({ number: 2, former: [] });
  write(young, "young");
  const prepared = await young.prepare(1);
  const late = await opened({ number: 1, former: [] }, { on: await openForTest({ brokers: inject("kafka") }) });
  await log.commitPrepared([prepared], undefined);
  expect(await texts(log, topic)).toEqual(["young"]);
  await late.close();
  await young.close();
});

it("gives up what runs before had begun, of all their subtasks, so that readers need not wait for it", async () => {
  const killed = await openForTest({ brokers: inject("kafka") });
  for (const subtask of [0, 1, 2]) {
    const sink = await opened({ number: 1, former: [] }, { subtask, parallelism: 3, on: killed });
    write(sink, "never committed");
    await sink.prepare(1);
  }
  const two = [0, 1].map((subtask) => opened({ number: 2, former: [{ number: 1, subtasks: 3 }] }, { subtask, parallelism: 2 }));
  for (const sink of await Promise.all(two)) {
    write(sink, "committed");
    await log.commitPrepared([await sink.prepare(1)], undefined);
    await sink.close();
  }
  expect(await texts(log, topic)).toEqual(["committed", "committed"]);
  await killed.close();
});

it.each(["exactly-once", "at-least-once"])(
  "refuses by itself a record that the topic cannot take, from the first on (%s)",
  async (delivery) => {
    const compacted = `${topic}-compacted`;
    await log.createTopic(compacted, { partitions: 1, more: { "cleanup.policy": "compact", "max.message.bytes": "10000" } });
    const sink = await opened({ number: 1, former: [] }, { more: { topic: compacted, delivery } });
    const key = Buffer.from("1");
    expect(() => write(sink, "no key")).toThrow(
      expect.objectContaining({ code: "topic.key-missing", message: expect.stringContaining("is compacted") }),
    );
    expect(() => sink.write(record("x".repeat(20_000), { key }))).toThrow(expect.objectContaining({ code: "topic.record-too-large" }));
    sink.write(record("taken", { key }));
    await log.commitPrepared([await sink.prepare(1)], undefined);
    expect(await texts(log, compacted)).toEqual(["taken"]);
    await sink.close();
  },
);

it("makes topics with any of Kafka's settings, and says which one Kafka refuses", async () => {
  const admin = new Kafka({ brokers: [inject("kafka")], logLevel: logLevel.NOTHING }).admin();
  const settings = { "cleanup.policy": "compact", "compression.type": "zstd", "min.insync.replicas": "1", "retention.ms": "86400000" };
  const named = (all: object) => Object.entries(all).map(([name, value]) => ({ name, value: String(value) }));
  const made = `${topic}-made`;
  const sink = await opened(
    { number: 1, former: [] },
    { more: { topic: made, partitions: 2, retention: "1 h", replication: 1, settings: named(settings) } },
  );
  sink.write(record("1", { key: Buffer.from("a compacted topic takes no record without") }));
  await log.commitPrepared([await sink.prepare(1)], undefined);
  await sink.close();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: made, configNames: Object.keys(settings) }],
  });
  expect(Object.fromEntries((resources[0]?.configEntries ?? []).map((entry) => [entry.configName, entry.configValue]))).toEqual(settings);
  expect((await log.describeTopic(made))?.partitions).toHaveLength(2);
  await admin.disconnect();

  const odd = await opened({ number: 2, former: [] }, { more: { topic: `${topic}-odd`, settings: named({ "no.such.setting": 1 }) } });
  write(odd, "1");
  await expect(odd.prepare(1)).rejects.toThrow(/refused to create topic .*no\.such\.setting/);
  await odd.close();
  await expect(log.createTopic(`${topic}-many`, { partitions: 1, replication: 7 })).rejects.toThrow(/INVALID_REPLICATION_FACTOR/);
});
