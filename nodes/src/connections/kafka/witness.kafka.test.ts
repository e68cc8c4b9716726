/** What others write is read as they meant it, and what is written here is read by others. */
import type { TopicLog } from "@millrace/engine/node";
import { readCommitted, writeRecords } from "@millrace/services/kafka";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { COMPRESSIONS } from "./settings.ts";
import { openForTest } from "./testing/open.ts";
import { newTopic, range, readAll, record, textOf, texts } from "./testing/records.ts";

const brokers = inject("kafka");
let log: TopicLog;
beforeAll(async () => {
  log = await openForTest({ brokers });
});
afterAll(() => log.close());

it.each(COMPRESSIONS)("reads what the Java producer wrote, compressed by %s", async (compression) => {
  const topic = await newTopic(log);
  await writeRecords(brokers, topic, compression, 2_000);
  const found = await readAll(log, topic, (batch, i) => ({
    value: textOf(batch, i),
    key: batch.key?.(i)?.toString() ?? null,
    time: batch.time(i),
    headers: batch.headers?.(i).map(([name, content]) => `${name}=${Buffer.from(content)}`),
    offset: batch.offset(i),
  }));
  expect(found).toEqual(
    range(2_000).map((i) => ({
      value: i % 7 === 0 ? null : `v${i}`.repeat(10),
      key: i % 5 === 0 ? null : `k${i}`,
      time: 1_000 + i,
      headers: [`h=${i}`],
      offset: i,
    })),
  );
});

it.each(COMPRESSIONS)("writes what the Java consumer reads, compressed by %s", async (compression) => {
  const topic = await newTopic(log);
  const writing = await openForTest({ brokers, compression });
  const given = range(3_000).map((i) => record(`value ${i} 中文`, { key: i % 3 === 0 ? null : Buffer.from(`${i}`), time: 5_000 - i }));
  await writing.append(topic, [...given, { value: null, key: Buffer.from("gone"), time: 7, partition: 0 }]);
  await writing.close();
  const found = await readCommitted(brokers, [topic]);
  expect(found.map(({ offset, time, key, value }) => [offset, time, key?.toString() ?? null, value?.toString() ?? null])).toEqual([
    ...range(3_000).map((i) => [i, 5_000 - i, i % 3 === 0 ? null : `${i}`, `value ${i} 中文`]),
    [3_000, 7, "gone", null],
  ]);
});

it("writes in transactions what kafkajs reads", async () => {
  const topic = await newTopic(log);
  const writer = await log.openTransactionalWriter(`${topic}/sink/0`);
  for (const checkpoint of [1, 2, 3]) {
    for (const i of range(500)) writer.write(topic, record(`${checkpoint}.${i}`, { headers: [["h", Buffer.from("1")]] }));
    await log.commitPrepared([await writer.prepare(checkpoint)], undefined);
  }
  await writer.close();
  const consumer = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const found: string[] = [];
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        found.push(`${message.value}`);
        if (found.length === 1_500) resolve();
      },
    });
  });
  await consumer.disconnect();
  expect(found).toEqual([1, 2, 3].flatMap((checkpoint) => range(500).map((i) => `${checkpoint}.${i}`)));
});

it("shows what the Java consumer shows where transactions run side by side, commit and abort", async () => {
  const topic = await newTopic(log);
  const writers = await Promise.all(range(3).map((i) => log.openTransactionalWriter(`${topic}/sink/${i}`)));
  const reader = await log.openReader(topic, 0, { from: "earliest" });
  const live: (string | null)[] = [];
  const read = async (waitMs: number) => {
    const batch = await reader.read(10_000, waitMs);
    for (const i of range(batch.count)) live.push(textOf(batch, i));
    return batch.count;
  };
  // 300 kB each: what a batch takes, so that records are sent before their transaction is decided.
  const filler = "x".repeat(3_000);
  for (const round of range(12)) {
    const [a, b, c] = writers as [(typeof writers)[0], (typeof writers)[0], (typeof writers)[0]];
    for (const i of range(100)) {
      a.write(topic, record(`a${round}.${i} ${filler}`));
      b.write(topic, record(`b${round}.${i} ${filler}`));
      if (i % 10 === 0) await log.append(topic, [record(`plain${round}.${i}`)]);
      c.write(topic, record(`c${round}.${i}`));
    }
    const prepared = await a.prepare(round + 1);
    await (round % 2 === 0 ? b.abort() : b.prepare(round + 1).then((part) => log.commitPrepared([part], undefined)));
    await read(0);
    await (round % 3 === 0 ? log.commitPrepared([prepared, await c.prepare(round + 1)], undefined) : c.abort());
    if (round % 3 !== 0) await log.commitPrepared([prepared], undefined);
  }
  for (const writer of writers) await writer.close();
  while ((await read(300)) > 0);
  await reader.close();
  const short = (text: string | null | undefined) => text?.split(" ")[0];
  const witnessed = (await readCommitted(brokers, [topic])).map(({ value }) => short(value?.toString()));
  expect(live.map(short)).toEqual(witnessed);
  expect((await texts(log, topic)).map(short)).toEqual(witnessed);
  const of = (name: string) => witnessed.filter((text) => text?.startsWith(name)).length;
  expect([of("a"), of("b"), of("c"), of("plain")]).toEqual([1_200, 600, 400, 120]);
});

it("shows nothing of an aborted transaction that is larger than many fetches", async () => {
  const topic = await newTopic(log);
  const writer = await log.openTransactionalWriter(`${topic}/sink/0`);
  const filler = "x".repeat(10_000);
  for (const i of range(2_000)) {
    writer.write(topic, record(`aborted ${i} ${filler}`));
    if (i % 100 === 0) await log.append(topic, [record(`kept ${i}`)]);
  }
  await writer.abort();
  writer.write(topic, record("committed"));
  await log.commitPrepared([await writer.prepare(1)], undefined);
  await writer.close();
  const found = await texts(log, topic);
  expect(found).toEqual([...range(20).map((i) => `kept ${i * 100}`), "committed"]);
  expect((await readCommitted(brokers, [topic])).map(({ value }) => value?.toString())).toEqual(found);
});
