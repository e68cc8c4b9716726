/** What happens to topics while they are in use, and what does not fit. */
import type { TopicLog } from "@millrace/engine/node";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { FETCH } from "./apis.ts";
import { BY_ID, fetchRequest, parseFetched } from "./fetch-protocol.ts";
import { openLink } from "./link.ts";
import { PartitionFeed } from "./partition-feed.ts";
import { readSettings } from "./settings.ts";
import { openForTest } from "./testing/open.ts";
import { newTopic, range, record, textOf, texts } from "./testing/records.ts";

const brokers = inject("kafka");
const other = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
const admin = other.admin();
let log: TopicLog;
let topic: string;
beforeAll(async () => {
  log = await openForTest({ brokers });
  await admin.connect();
});
afterAll(async () => {
  await admin.disconnect();
  await log.close();
});
beforeEach(async () => {
  topic = await newTopic(log);
});

it("goes on at the earliest record, and counts what was removed before it was read", async () => {
  await log.append(
    topic,
    range(10).map((i) => record(`${i}`)),
  );
  const reader = await log.openReader(topic, 0, { from: "offset", offset: 2 });
  // It looks up the topic first, which the next call does not.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "7" }] });
  expect(textOf(await reader.read(1, 0), 0)).toBe("7");
  expect([reader.offset, reader.skipped, reader.lag]).toEqual([8, 5, 2]);
  await reader.close();
  expect((await log.describeTopic(topic))?.partitions[0]).toMatchObject({ earliest: 7, latest: 10 });
});

it("refuses a record that is larger than the topic takes, before anything is sent", async () => {
  const small = `${topic}-small`;
  await admin.createTopics({ topics: [{ topic: small, numPartitions: 1, configEntries: [{ name: "max.message.bytes", value: "2000" }] }] });
  const words = /A record for topic ".*-small" has 30\d\d bytes; the topic takes at most 2000 \(max\.message\.bytes\)/;
  await expect(log.append(small, [record("x".repeat(3_000))])).rejects.toThrow(words);
  const writer = await log.openTransactionalWriter(topic);
  for (const i of range(100)) writer.write(small, record(`${i} ${"x".repeat(900)}`));
  await log.commitPrepared([await writer.prepare(1)], undefined);
  expect(() => writer.write(small, record("x".repeat(3_000)))).toThrow(words);
  writer.write(small, record("fits"));
  await log.commitPrepared([await writer.prepare(2)], undefined);
  await writer.close();
  expect((await texts(log, small)).map((text) => text?.split(" ")[0])).toEqual([...range(100).map(String), "fits"]);
});

it("says that a topic was deleted while it was written to", async () => {
  const writer = await log.openTransactionalWriter(topic);
  writer.write(topic, record("a"));
  await log.commitPrepared([await writer.prepare(1)], undefined);
  await log.deleteTopic(topic);
  writer.write(topic, record("b"));
  await expect(writer.prepare(2)).rejects.toThrow(/was deleted while it was in use|UNKNOWN_TOPIC_OR_PARTITION/);
  await writer.close();
});

it("says that a topic was deleted when it is there again with fewer partitions", async () => {
  const wide = await newTopic(log, 3);
  const reader = await log.openReader(wide, 2, { from: "earliest" });
  await reader.read(1, 0);
  await log.deleteTopic(wide);
  await log.createTopic(wide, { partitions: 1 });
  await expect(reader.read(1, 5_000)).rejects.toThrow(/was deleted while it was in use/);
  await expect(log.openReader(wide, 2, { from: "earliest" })).rejects.toThrow(/has no partition 2; it has 1/);
});

it("sees partitions that were added", async () => {
  await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
  await expect.poll(async () => (await log.describeTopic(topic))?.partitions.length).toBe(4);
  const fresh = await openForTest({ brokers });
  await fresh.append(topic, [record("newest", { partition: 3 })]);
  expect((await texts(fresh, topic, 3)).at(-1)).toBe("newest");
  await fresh.close();
});

it("does not move the positions of a group that others are members of", async () => {
  const consumer = other.consumer({ groupId: `${topic}-group` });
  await consumer.connect();
  await consumer.subscribe({ topic });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ eachMessage: async () => undefined });
  await joined;
  await expect(log.commitPositions(`${topic}-group`, new Map([[`${topic}-0`, 1]]))).rejects.toThrow(
    /Consumer group ".*-group" has members of another program, so its positions cannot be set from here/,
  );
  await consumer.disconnect();
});

it("shows what is committed to a reader that waits, and not before", async () => {
  const reader = await log.openReader(topic, 0, { from: "earliest" });
  const writer = await log.openTransactionalWriter(topic);
  for (const i of range(3)) writer.write(topic, record(`${i}`));
  const prepared = await writer.prepare(1);
  expect((await reader.read(10, 300)).count).toBe(0);
  const waiting = reader.read(10, 30_000);
  await log.commitPrepared([prepared], undefined);
  const batch = await waiting;
  expect(range(batch.count).map((i) => textOf(batch, i))).toEqual(["0", "1", "2"]);
  // The mark of the commit is an offset too, and is passed over.
  await expect.poll(() => reader.read(10, 100).then(() => [reader.offset, reader.lag])).toEqual([4, 0]);
  await writer.close();
  await reader.close();
});

it("fetches by name from brokers that do not know topics by id", async () => {
  await log.append(topic, [record("a"), record("b")]);
  const [host = "", port] = brokers.split(":");
  const link = await openLink({ host, port: Number(port) }, readSettings({ brokers }));
  const wish = { topic, partition: 0, offset: 0, maxBytes: 1_000 };
  const limits = { maxWaitMs: 0, maxBytes: 1_000 };
  const { partitions } = await link.send(
    FETCH.key,
    BY_ID - 1,
    () => fetchRequest(BY_ID - 1, [wish], limits),
    (bytes) => parseFetched(BY_ID - 1, bytes),
  );
  expect(partitions).toMatchObject([{ topic, partition: 0, errorCode: 0, committedEnd: 2, aborted: [] }]);
  const feed = new PartitionFeed({ name: topic, id: "" }, 0, 0, 2);
  for (const one of partitions) feed.accept(one);
  const batch = feed.take(10);
  expect(range(batch.count).map((i) => textOf(batch, i))).toEqual(["a", "b"]);
  await link.close();
});
