/** Exactly once: writers that are replaced, commits that get lost, transactions whose time runs out. */
import type { Prepared, TopicLog } from "@millrace/engine/node";
import { PreparedLost } from "@millrace/engine/node";
import { type Kafka, readCommitted, startKafka } from "@millrace/services/kafka";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openForTest } from "./testing/open.ts";
import { Api, type FaultyProxy, startProxy } from "./testing/proxy.ts";
import { newTopic, range, record, texts } from "./testing/records.ts";

let proxy: FaultyProxy;
let kafka: Kafka;
/** By way of the proxy, which all brokers' addresses lead to. */
let brokers: string;
let log: TopicLog;
let topic: string;

beforeAll(async () => {
  proxy = await startProxy();
  brokers = `127.0.0.1:${proxy.port}`;
  kafka = await startKafka({
    properties: {
      "advertised.listeners": `PLAINTEXT://${brokers}`,
      "transaction.abort.timed.out.transaction.cleanup.interval.ms": "100",
    },
  });
  proxy.target(Number(kafka.bootstrap.split(":")[1]));
  log = await openForTest({ brokers, requestTimeout: "2", giveUp: "20" });
});
afterAll(async () => {
  await log?.close();
  await kafka?.stop();
  await proxy?.close();
});
beforeEach(async () => {
  topic = await newTopic(log);
});

const commit = (prepared: Prepared) => log.commitPrepared([prepared], undefined);
const inspect = async (prepared: Prepared) => (await log.inspectPrepared?.([prepared]))?.[0];
/** What becomes of it when nobody commits it in time. */
async function fate(prepared: Prepared, other: string): Promise<void> {
  await expect.poll(() => inspect(prepared), { timeout: 20_000, interval: 50 }).toBe(other);
}

describe("a writer", () => {
  it("says in words that another has taken over, and the other goes on", async () => {
    const old = await log.openTransactionalWriter(topic);
    old.write(topic, record("lost"));
    const prepared = await old.prepare(1);
    await commit(prepared);
    const other = await openForTest({ brokers });
    const young = await other.openTransactionalWriter(topic);
    young.write(topic, record("young"));
    const youngs = await young.prepare(1);
    old.write(topic, record("zombie"));
    await expect(old.prepare(2)).rejects.toThrow(/Another writer has taken over transaction .*; this one can commit nothing more/);
    expect(() => old.write(topic, record("zombie"))).toThrow(/Another writer has taken over/);
    await old.close();
    await commit(youngs);
    expect(await texts(log, topic)).toEqual(["lost", "young"]);
    await young.close();
    await other.close();
  });

  it("goes on while what it prepared is not committed, and commits are in order", async () => {
    const writer = await log.openTransactionalWriter(topic);
    const prepared: Prepared[] = [];
    for (const checkpoint of [1, 2]) {
      writer.write(topic, record(`${checkpoint}`));
      prepared.push(await writer.prepare(checkpoint));
    }
    // Both of its ids are taken: this waits in memory.
    writer.write(topic, record("3"));
    expect(writer.stagedBytes).toBeGreaterThan(0);
    const third = writer.prepare(3);
    for (const part of prepared) await commit(part);
    await commit(await third);
    expect(await texts(log, topic)).toEqual(["1", "2", "3"]);
    await writer.close();
  });

  it("learns of a commit that another process made", async () => {
    const writer = await log.openTransactionalWriter(topic);
    const committer = await openForTest({ brokers });
    for (const checkpoint of range(6)) {
      writer.write(topic, record(`${checkpoint}`));
      await committer.commitPrepared([structuredClone(await writer.prepare(checkpoint + 1))], undefined);
    }
    expect(await texts(log, topic)).toEqual(["0", "1", "2", "3", "4", "5"]);
    await committer.close();
    await writer.close();
  });

  it("is shared by sinks that open it with one id, as one transaction", async () => {
    const [one, two] = [await log.openTransactionalWriter(topic), await log.openTransactionalWriter(topic)];
    one.write(topic, record("1"));
    two.write(topic, record("2"));
    const prepared = await Promise.all([one.prepare(1), two.prepare(1)]);
    expect(prepared[0]).toEqual(prepared[1]);
    await log.commitPrepared(prepared, undefined);
    await one.close();
    two.write(topic, record("3"));
    await commit(await two.prepare(2));
    await two.close();
    expect(await texts(log, topic)).toEqual(["1", "2", "3"]);
  });

  it("can be given up while it waits for a commit that never comes", async () => {
    const writer = await log.openTransactionalWriter(topic);
    for (const checkpoint of [1, 2, 3]) {
      writer.write(topic, record("never committed"));
      if (checkpoint < 3) await writer.prepare(checkpoint);
    }
    await writer.close();
    const next = await log.openTransactionalWriter(topic);
    next.write(topic, record("next"));
    await commit(await next.prepare(1));
    await next.close();
    expect(await texts(log, topic)).toEqual(["next"]);
  });
});

describe("a commit", () => {
  it("does not touch what the writer has written since, however often it is repeated", async () => {
    const writer = await log.openTransactionalWriter(topic);
    writer.write(topic, record("1"));
    const first = await writer.prepare(1);
    await commit(first);
    for (const checkpoint of [2, 3]) {
      writer.write(topic, record(`${checkpoint}`));
      const part = await writer.prepare(checkpoint);
      await commit(first);
      expect(await inspect(first)).toBe("committed");
      expect((await texts(log, topic)).length).toBe(checkpoint - 1);
      await commit(part);
    }
    await writer.close();
  });

  it("is known to have been made after the id went through many more transactions and an abort", async () => {
    const writer = await log.openTransactionalWriter(topic);
    writer.write(topic, record("first"));
    const first = await writer.prepare(1);
    await commit(first);
    for (const checkpoint of range(4)) {
      writer.write(topic, record(`${checkpoint}`));
      if (checkpoint % 2 === 1) await writer.abort();
      else await commit(await writer.prepare(checkpoint + 2));
    }
    await writer.close();
    await (await log.openTransactionalWriter(topic)).close();
    expect(await inspect(first)).toBe("committed");
    await commit(first);
    expect(await texts(log, topic)).toEqual(["first", "0", "2"]);
  });

  it("of nothing is nothing", async () => {
    const writer = await log.openTransactionalWriter(topic);
    const prepared = await writer.prepare(1);
    expect(prepared).toEqual({});
    await commit(prepared);
    expect(await inspect(prepared)).toBe("committed");
    await writer.close();
  });

  it("survives an answer that is held back for longer than the client waits", async () => {
    const writer = await log.openTransactionalWriter(topic);
    writer.write(topic, record("1"));
    const prepared = await writer.prepare(1);
    proxy.befall(Api.endTransaction, "answer held");
    await commit(prepared);
    writer.write(topic, record("2"));
    const next = await writer.prepare(2);
    proxy.release();
    await commit(next);
    await writer.close();
    expect(await texts(log, topic)).toEqual(["1", "2"]);
  });
});

describe("what gets lost on the way", () => {
  const STEPS = ["metadata", "findCoordinator", "initProducerId", "addPartitions", "produce", "endTransaction", "fetch"] as const;
  const MISHAPS = ["lost", "answer lost", "answer of another", "answer twice"] as const;

  it.each(STEPS.flatMap((step) => MISHAPS.map((mishap) => [step, mishap] as const)))(
    "%s %s: nothing is lost or doubled",
    async (step, mishap) => {
      const user = await openForTest({ brokers, requestTimeout: "2", giveUp: "20" });
      const before = proxy.befallen;
      proxy.befall(Api[step], mishap);
      const writer = await user.openTransactionalWriter(topic);
      for (const checkpoint of range(3)) {
        for (const i of range(50)) writer.write(topic, record(`${checkpoint}.${i}`));
        if (checkpoint === 1) proxy.befall(Api[step], mishap);
        await user.commitPrepared([await writer.prepare(checkpoint + 1)], undefined);
      }
      await writer.close();
      const expected = range(3).flatMap((checkpoint) => range(50).map((i) => `${checkpoint}.${i}`));
      expect(await texts(user, topic)).toEqual(expected);
      expect(await texts(log, topic)).toEqual(expected);
      expect(proxy.befallen - before).toBeGreaterThan(0);
      await user.close();
    },
  );
});

describe("a transaction whose time runs out", () => {
  it("is lost, says how many rows, and the id can be used again", async () => {
    const hasty = await openForTest({ brokers, transactionTimeout: "1" });
    const writer = await hasty.openTransactionalWriter(topic);
    for (const i of range(7)) writer.write(topic, record(`${i}`));
    const prepared = await writer.prepare(1);
    expect(await inspect(prepared)).toBe("pending");
    await fate(prepared, "lost");
    const failure = await commit(prepared).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PreparedLost);
    expect(failure).toMatchObject({ records: 7, prepared: [prepared] });
    expect((failure as PreparedLost).message).toMatch(/Kafka gave up transaction ".*\/a" after 1 s, because it was not committed in time/);
    await writer.close();
    const next = await log.openTransactionalWriter(topic);
    expect(await inspect(prepared)).toBe("lost");
    next.write(topic, record("next"));
    await commit(await next.prepare(1));
    expect(await inspect(prepared)).toBe("lost");
    await next.close();
    await hasty.close();
    expect(await texts(log, topic)).toEqual(["next"]);
  });

  it("leaves those that were committed before committed", async () => {
    const hasty = await openForTest({ brokers, transactionTimeout: "1" });
    const writer = await hasty.openTransactionalWriter(topic);
    const prepared: Prepared[] = [];
    for (const checkpoint of [1, 2, 3]) {
      writer.write(topic, record(`${checkpoint}`));
      prepared.push(await writer.prepare(checkpoint));
      if (checkpoint < 3) await commit(prepared[checkpoint - 1] as Prepared);
    }
    await fate(prepared[2] as Prepared, "lost");
    expect(await Promise.all(prepared.map(inspect))).toEqual(["committed", "committed", "lost"]);
    // What is not lost is committed all the same.
    await expect(log.commitPrepared(prepared, undefined)).rejects.toMatchObject({ records: 1 });
    await writer.close();
    await hasty.close();
    expect(await texts(log, topic)).toEqual(["1", "2"]);
  });

  it("makes its writer say so", async () => {
    const hasty = await openForTest({ brokers, transactionTimeout: "1" });
    const writer = await hasty.openTransactionalWriter(topic);
    writer.write(topic, record("x".repeat(300_000)));
    writer.write(topic, record("x".repeat(300_000)));
    // The first is sent: readers wait for the end of its transaction, until the broker gives it up.
    const committedEnd = async () => (await log.openReader(topic, 0, { from: "latest" })).offset;
    await expect.poll(committedEnd, { timeout: 20_000, interval: 50 }).toBeGreaterThan(0);
    writer.write(topic, record("too late"));
    await expect(writer.prepare(1)).rejects.toThrow(/Kafka gave up transaction ".*" after 1 s/);
    expect(() => writer.write(topic, record("too late"))).toThrow(/Kafka gave up transaction/);
    await writer.close();
    await hasty.close();
  });

  it("that is longer than the broker allows is refused in words", async () => {
    const patient = await openForTest({ brokers, transactionTimeout: "3600" });
    await expect(patient.openTransactionalWriter(topic)).rejects.toThrow(
      "transactionTimeout: 3600 s is more than the brokers allow (transaction.max.timeout.ms, 900 s by default).",
    );
    await patient.close();
  });
});

// Starting it again takes long on a busy machine.
describe("a broker that is killed", { timeout: 240_000 }, () => {
  let patient: TopicLog;
  beforeAll(async () => {
    patient = await openForTest({ brokers, requestTimeout: "5", giveUp: "120" });
  });
  afterAll(() => patient.close());

  it("in the middle of transactions loses and doubles nothing", async () => {
    const writer = await patient.openTransactionalWriter(topic);
    const expected: string[] = [];
    for (const checkpoint of range(4)) {
      const rows = range(400).map((i) => `${checkpoint}.${i} ${"x".repeat(2_000)}`);
      for (const [i, row] of rows.entries()) {
        writer.write(topic, record(row));
        // Between what is sent and what waits.
        if (i === 250 && checkpoint === 1) await kafka.kill();
      }
      const preparing = writer.prepare(checkpoint + 1);
      if (checkpoint === 1) await kafka.restart();
      const committing = patient.commitPrepared([await preparing], undefined);
      if (checkpoint === 2) {
        await kafka.kill();
        await kafka.restart();
      }
      await committing;
      expected.push(...rows);
    }
    await writer.close();
    expect(await texts(patient, topic)).toEqual(expected);
    expect((await readCommitted(kafka.bootstrap, [topic])).map(({ value }) => value?.toString())).toEqual(expected);
  });

  it("does not disturb a reader for longer than it is gone", async () => {
    const reader = await patient.openReader(topic, 0, { from: "earliest" });
    await patient.append(topic, [record("before")]);
    expect((await reader.read(10, 10_000)).count).toBe(1);
    await kafka.kill();
    expect((await reader.read(10, 0)).count).toBe(0);
    await kafka.restart();
    await patient.append(topic, [record("after")]);
    expect((await reader.read(10, 60_000)).count).toBe(1);
    expect([reader.offset, reader.skipped]).toEqual([2, 0]);
    await reader.close();
  });
});
