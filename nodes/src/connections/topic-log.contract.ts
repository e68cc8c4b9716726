/**
 * What every driver of role "topic" promises. A driver's test calls `describeTopicLog` with a way to open its log; what is promised over processes is tested with real ones
 * (`topic-log.process.ts`), which open the same log by themselves.
 */
import type { RecordBatch, TopicLog, TopicRecord, TopicStart } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Opening, startProcess } from "./topic-log.process.ts";

export interface TopicLogUnderTest {
  /** Opens the log: each time one of its own, of the same topics. */
  open(): Promise<TopicLog>;
  /** How another process opens it. */
  readonly opening: Opening;
  /** Moves the log's clock on and has it remove what it need not keep. */
  retain?(log: TopicLog, aheadMs: number): Promise<void>;
  /** Removes everything. */
  clear(): Promise<void>;
}

export interface Promises {
  /** False where old records are removed by others, in their own time (a broker): then it has no `retain`, and that is not described. */
  readonly retention: boolean;
}

/** `setUp` makes an empty log for each test. */
export function describeTopicLog(
  name: string,
  setUp: () => Promise<TopicLogUnderTest>,
  { retention }: Promises = { retention: true },
): void {
  describe(name, { timeout: 60_000 }, () => {
    let driver: TopicLogUnderTest;
    let log: TopicLog;
    const opened: TopicLog[] = [];
    async function open(): Promise<TopicLog> {
      const another = await driver.open();
      opened.push(another);
      return another;
    }

    beforeEach(async () => {
      driver = await setUp();
      log = await open();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await driver.clear();
    });

    describe("topics", () => {
      it("lists topics by name, with settings and the ends of their partitions", async () => {
        await log.createTopic("orders", { partitions: 2, retentionMs: 60_000 });
        await log.createTopic("clicks", { partitions: 1 });
        await log.append("orders", [record("a", { partition: 1 })]);
        expect((await log.listTopics()).map(({ name }) => name)).toEqual(["clicks", "orders"]);
        expect(await log.describeTopic("orders")).toEqual({
          name: "orders",
          settings: { partitions: 2, retentionMs: 60_000 },
          partitions: [
            { partition: 0, earliest: 0, latest: 0, bytes: 0 },
            { partition: 1, earliest: 0, latest: 1, bytes: expect.any(Number) },
          ],
        });
      });

      it("leaves a topic that is there as it is when it is created again", async () => {
        expect(await log.createTopic("orders", { partitions: 2 })).toBe(true);
        await log.append("orders", [record("a")]);
        expect(await log.createTopic("orders", { partitions: 5 })).toBe(false);
        expect((await log.describeTopic("orders"))?.partitions).toHaveLength(2);
        expect(await texts(log, "orders")).toEqual(["a"]);
      });

      it("knows nothing of a topic that was deleted, and begins anew when it is created again", async () => {
        await log.createTopic("orders", { partitions: 1 });
        await log.append("orders", [record("old")]);
        await log.commitPositions("group", new Map([["orders-0", 1]]));
        await log.deleteTopic("orders");
        expect(await log.describeTopic("orders")).toBeUndefined();
        await log.createTopic("orders", { partitions: 1 });
        expect(await log.groups("orders")).toEqual(new Map());
        expect(await log.append("orders", [record("new")])).toEqual([{ partition: 0, offset: 0 }]);
        expect(await texts(log, "orders")).toEqual(["new"]);
      });

      it.each(["", ".", "..", "a b", "a/b", "../a", "täglich", "a".repeat(250)])("refuses the name %j", async (name) => {
        await expect(log.createTopic(name, { partitions: 1 })).rejects.toThrow(
          /Use 1 to 249 letters, digits, dots, underscores and hyphens/,
        );
        expect(await log.describeTopic(name)).toBeUndefined();
      });

      it.each(["a", "a.b_c-D9", "a".repeat(249)])("takes the name %j", async (name) => {
        expect(await log.createTopic(name, { partitions: 1 })).toBe(true);
      });

      it("says so when a topic or partition that is to be read is not there", async () => {
        await log.createTopic("orders", { partitions: 2 });
        await expect(log.openReader("order", 0, { from: "earliest" })).rejects.toThrow(/There is no topic "order"/);
        await expect(log.openReader("orders", 2, { from: "earliest" })).rejects.toThrow(/Topic "orders" has no partition 2; it has 2/);
      });

      it("says so when a topic that is to be appended to is not there", async () => {
        await expect(log.append("orders", [record("a")])).rejects.toThrow(/There is no topic "orders"/);
      });

      it("tells a reader that its topic was deleted", async () => {
        await log.createTopic("orders", { partitions: 1 });
        const reader = await log.openReader("orders", 0, { from: "earliest" });
        await log.deleteTopic("orders");
        await expect(reader.read(10, 0)).rejects.toThrow(/Topic "orders" was deleted/);
      });
    });

    describe("records", () => {
      it("gives back value, key, time and headers as they were", async () => {
        await log.createTopic("t", { partitions: 1 });
        const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
        const given: TopicRecord[] = [
          { value: { bytes, start: 3, end: 200 }, key: Buffer.from([0, 255]), time: 1_613_959_200_000 },
          { value: { bytes, start: 7, end: 7 }, key: new Uint8Array(0), time: 0 },
          { value: null, key: Buffer.from("gone"), time: 5 },
          record("h", {
            headers: [
              ["a", Buffer.from("1")],
              ["", new Uint8Array(0)],
              ["名", bytes],
            ],
          }),
          record("中文 \u{1f600}", { time: -1 }),
        ];
        await log.append("t", given);
        const reader = await log.openReader("t", 0, { from: "earliest" });
        const batch = await reader.read(100, 0);
        expect(given.map((_, i) => plain(batch, i))).toEqual(
          given.map(({ value, key, time, headers }, i) => ({
            value: value && Buffer.from(value.bytes.subarray(value.start, value.end)).toString("hex"),
            key: key && Buffer.from(key).toString("hex"),
            time,
            headers: (headers ?? []).map(([name, content]) => [name, Buffer.from(content).toString("hex")]),
            offset: i,
          })),
        );
      });

      it("gives back a record of 10 MB, and those around it", async () => {
        await log.createTopic("t", { partitions: 1 });
        const large = Buffer.alloc(10_000_000, "0123456789abcdef");
        await log.append("t", [record("before"), { value: whole(large), key: null, time: 1 }, record("after")]);
        const reader = await log.openReader("t", 0, { from: "earliest" });
        const found = await readAll(reader, (batch, i) => bytesOf(batch, i) as Buffer);
        expect(found.map(({ length }) => length)).toEqual([6, 10_000_000, 5]);
        expect(found[1]?.equals(large)).toBe(true);
      });

      it("keeps what a batch gave valid while reading goes on", async () => {
        await log.createTopic("t", { partitions: 1 });
        await log.append(
          "t",
          Array.from({ length: 3_000 }, (_, i) => record(`r${i}`)),
        );
        const reader = await log.openReader("t", 0, { from: "earliest" });
        const batches: RecordBatch[] = [];
        for (let batch = await reader.read(700, 0); batch.count > 0; batch = await reader.read(700, 0)) batches.push(batch);
        await log.append(
          "t",
          Array.from({ length: 3_000 }, () => record("later")),
        );
        expect(batches.flatMap((batch) => range(batch.count).map((i) => textOf(batch, i)))).toEqual(range(3_000).map((i) => `r${i}`));
      });

      it("gives a record of a batch whatever the order in which one asks", async () => {
        await log.createTopic("t", { partitions: 1 });
        for (let i = 0; i < 50; i++) await log.append("t", [record(`${i} ${"x".repeat(5_000)}`)]);
        const reader = await log.openReader("t", 0, { from: "earliest" });
        const batch = await reader.read(50, 0);
        for (const i of [49, 0, 25, 24, 48, 1]) expect(textOf(batch, i)?.split(" ")[0]).toBe(String(i));
      });
    });

    describe("appending", () => {
      it("numbers the records of each partition from 0, in the order of the calls", async () => {
        await log.createTopic("t", { partitions: 3 });
        for (const round of range(5)) {
          const places = await log.append(
            "t",
            range(3).map((partition) => record(`${round}`, { partition })),
          );
          expect(places).toEqual(range(3).map((partition) => ({ partition, offset: round })));
        }
        for (const partition of range(3)) expect(await texts(log, "t", partition)).toEqual(["0", "1", "2", "3", "4"]);
      });

      it("keeps records with one key in one partition, the one that Kafka's default partitioner takes", async () => {
        await log.createTopic("t", { partitions: 4 });
        const keys = ["21", "foobar", "abc", "mid_1", "a-little-bit-longer-string"];
        const first = await log.append(
          "t",
          keys.map((key) => record(key, { key: Buffer.from(key) })),
        );
        const again = await log.append(
          "t",
          keys.map((key) => record(key, { key: Buffer.from(key) })),
        );
        expect(again.map(({ partition }) => partition)).toEqual(first.map(({ partition }) => partition));
        // Utils.toPositive(Utils.murmur2(key)) % 4, worked out with kafka-clients.
        expect(first.slice(0, 3).map(({ partition }) => partition)).toEqual([0, 2, 3]);
      });

      it("spreads records without a key over the partitions", async () => {
        await log.createTopic("t", { partitions: 4 });
        for (let i = 0; i < 40; i++) await log.append("t", [record("a")]);
        const ends = (await log.describeTopic("t"))?.partitions.map(({ latest }) => latest) ?? [];
        expect(ends.reduce((sum, end) => sum + end, 0)).toBe(40);
        expect(Math.min(...ends)).toBeGreaterThan(0);
      });

      it("refuses a partition that the topic has not, and appends nothing of that call", async () => {
        await log.createTopic("t", { partitions: 2 });
        const [refused, done] = await Promise.allSettled([
          log.append("t", [record("a", { partition: 0 }), record("b", { partition: 2 })]),
          log.append("t", [record("c", { partition: 0 })]),
        ]);
        expect(refused).toMatchObject({ status: "rejected", reason: { message: expect.stringMatching(/has no partition 2; it has 2/) } });
        expect(done).toEqual({ status: "fulfilled", value: [{ partition: 0, offset: 0 }] });
        expect(await texts(log, "t")).toEqual(["c"]);
      });

      it("answers each of many calls at once with the offsets of its own records", async () => {
        await log.createTopic("t", { partitions: 2 });
        const places = await Promise.all(
          range(300).map(async (call) => {
            const places = await log.append("t", [record(`${call}a`), record(`${call}b`)]);
            return places.map((place, i) => ({ ...place, text: `${call}${i === 0 ? "a" : "b"}` }));
          }),
        );
        const found = await Promise.all(range(2).map((partition) => texts(log, "t", partition)));
        for (const { partition, offset, text } of places.flat()) expect(found[partition]?.[offset]).toBe(text);
        expect(found.flat()).toHaveLength(600);
      });

      it("does nothing for no records", async () => {
        await log.createTopic("t", { partitions: 1 });
        expect(await log.append("t", [])).toEqual([]);
      });
    });

    describe("reading", () => {
      async function offsetOf(start: TopicStart, topic = "t"): Promise<number> {
        const reader = await log.openReader(topic, 0, start);
        await reader.close();
        return reader.offset;
      }

      it("starts at the earliest, the latest or a given offset", async () => {
        await log.createTopic("t", { partitions: 1 });
        await log.append(
          "t",
          range(10).map((i) => record(`${i}`)),
        );
        expect(await offsetOf({ from: "earliest" })).toBe(0);
        expect(await offsetOf({ from: "latest" })).toBe(10);
        expect(await offsetOf({ from: "offset", offset: 7 })).toBe(7);
        const reader = await log.openReader("t", 0, { from: "offset", offset: 7 });
        expect(textOf(await reader.read(1, 0), 0)).toBe("7");
      });

      it("starts at the first record whose time is at or after a time, however times are mixed", async () => {
        await log.createTopic("t", { partitions: 1 });
        const times = [100, 50, 300, 200, 300, 250, 400];
        for (const time of times) await log.append("t", [record(`${time}`, { time })]);
        for (const time of [0, 50, 51, 100, 101, 200, 299, 300, 301, 400, 401]) {
          const first = times.findIndex((one) => one >= time);
          expect([time, await offsetOf({ from: "time", time })]).toEqual([time, first === -1 ? times.length : first]);
        }
      });

      it("finds a time among many records", async () => {
        await log.createTopic("t", { partitions: 1 });
        await log.append(
          "t",
          range(20_000).map((i) => record(`${i}`, { time: i * 10 })),
        );
        expect(await offsetOf({ from: "time", time: 123_451 })).toBe(12_346);
        expect(await offsetOf({ from: "time", time: 200_000 })).toBe(20_000);
      });

      it("reads at most as many as asked for, and knows its place and what is left", async () => {
        await log.createTopic("t", { partitions: 1 });
        await log.append(
          "t",
          range(2_500).map((i) => record(`${i}`)),
        );
        const reader = await log.openReader("t", 0, { from: "offset", offset: 100 });
        const batch = await reader.read(2_000, 0);
        expect([batch.count, batch.offset(0), batch.offset(1_999), textOf(batch, 1_999)]).toEqual([2_000, 100, 2_099, "2099"]);
        expect([reader.offset, reader.lag, reader.skipped]).toEqual([2_100, 400, 0]);
        expect((await reader.read(2_000, 0)).count).toBe(400);
        expect((await reader.read(2_000, 0)).count).toBe(0);
        expect([reader.offset, reader.lag]).toEqual([2_500, 0]);
      });

      it("waits for a record, and gives an empty batch when none comes", async () => {
        await log.createTopic("t", { partitions: 1 });
        const reader = await log.openReader("t", 0, { from: "earliest" });
        expect((await reader.read(10, 30)).count).toBe(0);
        const waiting = reader.read(10, 30_000);
        await log.append("t", [record("a")]);
        expect(textOf(await waiting, 0)).toBe("a");
      });

      it("reads many partitions at once, each in its order", async () => {
        await log.createTopic("t", { partitions: 8 });
        await log.append(
          "t",
          range(8_000).map((i) => record(`${i}`, { partition: i % 8 })),
        );
        const found = await Promise.all(range(8).map((partition) => texts(log, "t", partition)));
        for (const [partition, numbers] of found.entries()) expect(numbers).toEqual(range(1_000).map((i) => `${i * 8 + partition}`));
      });
    });

    if (retention)
      describe("retention", () => {
        const retain = async (of: TopicLog, aheadMs: number) => driver.retain?.(of, aheadMs);
        const KB = Buffer.alloc(1_000, "x").toString();

        it("removes records that are older than the topic keeps them", async () => {
          await log.createTopic("t", { partitions: 1, retentionMs: 60_000 });
          await log.append(
            "t",
            range(100).map(() => record(KB)),
          );
          await retain(log, 59_000);
          expect((await log.describeTopic("t"))?.partitions[0]).toMatchObject({ earliest: 0, latest: 100 });
          await retain(log, 2_000);
          expect((await log.describeTopic("t"))?.partitions[0]).toEqual({ partition: 0, earliest: 100, latest: 100, bytes: 0 });
          expect(await log.append("t", [record("new")])).toEqual([{ partition: 0, offset: 100 }]);
          expect(await texts(log, "t")).toEqual(["new"]);
        });

        it("removes the oldest records of a partition that is too large, and keeps the newest", async () => {
          await log.createTopic("t", { partitions: 1, retentionBytes: 300_000 });
          for (const round of range(20))
            await log.append(
              "t",
              range(100).map((i) => record(`${round * 100 + i} ${KB}`)),
            );
          await retain(log, 0);
          const { earliest, latest, bytes } = (await log.describeTopic("t"))?.partitions[0] ?? { earliest: 0, latest: 0, bytes: 0 };
          expect(latest).toBe(2_000);
          expect(bytes).toBeLessThanOrEqual(300_000);
          expect(latest - earliest).toBeGreaterThan(150);
          expect((await texts(log, "t")).map((text) => Number.parseInt(text ?? "", 10))).toEqual(
            range(latest - earliest).map((i) => earliest + i),
          );
        });

        it("lets a reader go on while records are removed, with gaps only between batches and all of them counted", async () => {
          await log.createTopic("t", { partitions: 1, retentionBytes: 2_000_000 });
          const reader = await log.openReader("t", 0, { from: "earliest" });
          let seen = 0;
          for (const round of range(20)) {
            await log.append(
              "t",
              range(500).map((i) => record(`${round * 500 + i} ${KB}`)),
            );
            await retain(log, 0);
            const batch = await reader.read(200, 0);
            for (const i of range(batch.count)) expect(Number.parseInt(textOf(batch, i) ?? "", 10)).toBe(batch.offset(0) + i);
            seen += batch.count;
          }
          for (let batch = await reader.read(1_000, 0); batch.count > 0; batch = await reader.read(1_000, 0)) seen += batch.count;
          expect(seen + reader.skipped).toBe(10_000);
          expect(reader.skipped).toBeGreaterThan(1_000);
          await reader.close();
        });

        it("takes a reader whose records are gone to the earliest, and counts what it missed", async () => {
          await log.createTopic("t", { partitions: 1, retentionMs: 60_000 });
          await log.append(
            "t",
            range(10).map((i) => record(`${i}`)),
          );
          const reader = await log.openReader("t", 0, { from: "offset", offset: 4 });
          await retain(log, 61_000);
          await log.append("t", [record("new")]);
          expect(textOf(await reader.read(10, 0), 0)).toBe("new");
          expect([reader.offset, reader.skipped]).toEqual([11, 6]);
        });

        it("keeps for ever what is to be kept for ever", async () => {
          await log.createTopic("t", { partitions: 1, retentionMs: Number.POSITIVE_INFINITY });
          await log.append("t", [record("a")]);
          await retain(log, 400 * 86_400_000);
          expect(await texts(log, "t")).toEqual(["a"]);
        });
      });

    describe("positions", () => {
      it("keeps the positions of each group by topic and partition", async () => {
        await log.createTopic("a-1", { partitions: 2 });
        await log.createTopic("b", { partitions: 1 });
        await log.commitPositions(
          "one",
          new Map([
            ["a-1-0", 5],
            ["a-1-1", 0],
            ["b-0", 7],
          ]),
        );
        await log.commitPositions("two", new Map([["a-1-1", 9]]));
        await log.commitPositions("one", new Map([["a-1-0", 6]]));
        expect(await log.positions("one")).toEqual(
          new Map([
            ["a-1-0", 6],
            ["a-1-1", 0],
            ["b-0", 7],
          ]),
        );
        expect(await log.positions("on")).toEqual(new Map());
        expect(await log.groups("a-1")).toEqual(
          new Map([
            [
              "one",
              new Map([
                [0, 6],
                [1, 0],
              ]),
            ],
            ["two", new Map([[1, 9]])],
          ]),
        );
        expect(await log.groups("a")).toEqual(new Map());
      });
    });

    describe("transactions", () => {
      it("shows records only once they are committed, all of them together", async () => {
        await log.createTopic("a", { partitions: 2 });
        await log.createTopic("b", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        for (const i of range(500)) {
          writer.write("a", record(`${i}`, { key: Buffer.from(`k${i}`) }));
          writer.write("b", record(`${i}`));
        }
        expect(writer.stagedBytes).toBeGreaterThan(0);
        expect(await texts(log, "b")).toEqual([]);
        const handle = await writer.prepare(1);
        expect(await texts(log, "b")).toEqual([]);
        await log.commitPrepared([handle], undefined);
        expect(await texts(log, "b")).toEqual(range(500).map(String));
        const a = (await Promise.all(range(2).map((partition) => texts(log, "a", partition)))).flat();
        expect(a.map(Number).sort((x, y) => x - y)).toEqual(range(500));
        expect(writer.stagedBytes).toBe(0);
        await writer.close();
      });

      it("keeps the order of records with one key over commits", async () => {
        await log.createTopic("a", { partitions: 4 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        for (const checkpoint of range(5)) {
          for (const i of range(100)) writer.write("a", record(`${checkpoint * 100 + i}`, { key: Buffer.from(`k${i % 7}`) }));
          await log.commitPrepared([await writer.prepare(checkpoint + 1)], undefined);
        }
        const seen = new Map<string, number>();
        for (const partition of range(4)) {
          const reader = await log.openReader("a", partition, { from: "earliest" });
          for (const [key, text] of await readAll(
            reader,
            (batch, i) => [Buffer.from(batch.key?.(i) ?? []).toString(), Number(textOf(batch, i))] as const,
          )) {
            expect(text).toBeGreaterThan(seen.get(key) ?? -1);
            seen.set(key, text);
          }
        }
        expect(seen.size).toBe(7);
        await writer.close();
      });

      it("writes what came after `prepare` with the next commit only", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        writer.write("a", record("1"));
        const first = await writer.prepare(1);
        await log.commitPrepared([first], undefined);
        writer.write("a", record("2"));
        await log.commitPrepared([first], undefined);
        expect(await texts(log, "a")).toEqual(["1"]);
        await log.commitPrepared([await writer.prepare(2)], undefined);
        expect(await texts(log, "a")).toEqual(["1", "2"]);
        await writer.close();
      });

      it("shows nothing of what was aborted, and all of what was prepared before", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        writer.write("a", record("prepared"));
        const handle = await writer.prepare(1);
        writer.write("a", record("aborted"));
        await writer.abort();
        await log.commitPrepared([handle], undefined);
        writer.write("a", record("kept"));
        await log.commitPrepared([await writer.prepare(2)], undefined);
        expect(await texts(log, "a")).toEqual(["prepared", "kept"]);
        await writer.close();
      });

      it("shows nothing of what was never committed when the writer is closed", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        writer.write("a", record("lost"));
        await writer.prepare(1);
        await writer.close();
        expect(await texts(await open(), "a")).toEqual([]);
      });

      it("commits what was prepared when its writer is closed, from wherever, and once", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        writer.write("a", record("1"));
        const handle = structuredClone(await writer.prepare(1));
        writer.write("a", record("given up"));
        await writer.close();
        const other = await open();
        await other.commitPrepared([handle], undefined);
        await log.commitPrepared([handle], undefined);
        expect(await texts(log, "a")).toEqual(["1"]);
      });

      it("commits what several writers prepared", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writers = await Promise.all(range(3).map((subtask) => log.openTransactionalWriter(`run/sink/${subtask}`)));
        for (const [subtask, writer] of writers.entries()) for (const i of range(200)) writer.write("a", record(`${subtask}.${i}`));
        await log.commitPrepared(await Promise.all(writers.map((writer) => writer.prepare(1))), undefined);
        const found = await texts(log, "a");
        for (const subtask of range(3))
          expect(found.filter((text) => text?.startsWith(`${subtask}.`))).toEqual(range(200).map((i) => `${subtask}.${i}`));
        for (const writer of writers) await writer.close();
      });

      it("commits records of 10 MB, and those around them", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        const large = "0123456789abcdef".repeat(625_000);
        for (const text of ["before", large, "between", large, "after"]) writer.write("a", record(text));
        await log.commitPrepared([await writer.prepare(1)], undefined);
        expect((await texts(log, "a")).map((text) => text?.slice(0, 20))).toEqual([
          "before",
          large.slice(0, 20),
          "between",
          large.slice(0, 20),
          "after",
        ]);
        await writer.close();
      });

      it("gives back much, with keys in their order, aborted parts left out", async () => {
        await log.createTopic("a", { partitions: 3 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        const pad = "x".repeat(500);
        for (const checkpoint of range(4)) {
          for (const i of range(5_000)) writer.write("a", record(`${checkpoint}.${i} ${pad}`, { key: Buffer.from(`k${i % 11}`), time: i }));
          if (checkpoint === 2) await writer.abort();
          else await log.commitPrepared([await writer.prepare(checkpoint + 1)], undefined);
        }
        const found = await Promise.all(range(3).map((partition) => firstWords(log, "a", partition)));
        const expected = [0, 1, 3].flatMap((checkpoint) => range(5_000).map((i) => `${checkpoint}.${i}`));
        expect(found.flat().sort()).toEqual(expected.sort());
        for (const words of found) {
          const numbers = words.map((word) => Number(word?.split(".")[0]) * 5_000 + Number(word?.split(".")[1]));
          expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
        }
        await writer.close();
      });

      it("creates the topic that a writer names", async () => {
        const writer = await log.openTransactionalWriter("run/sink/0");
        writer.write("made", record("a"));
        await log.commitPrepared([await writer.prepare(1)], undefined);
        expect((await log.describeTopic("made"))?.partitions).toHaveLength(4);
        expect((await Promise.all(range(4).map((partition) => texts(log, "made", partition)))).flat()).toEqual(["a"]);
        await writer.close();
      });

      it("creates topics as a writer wants them", async () => {
        const writer = await log.openTransactionalWriter("run/sink/0", { newTopics: { partitions: 2, retentionMs: 60_000 } });
        writer.write("made", record("a"));
        await log.commitPrepared([await writer.prepare(1)], undefined);
        expect((await log.describeTopic("made"))?.settings).toEqual({ partitions: 2, retentionMs: 60_000 });
        await writer.close();
      });

      it("shows what is to be visible at once with the commit at the latest", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0", { visible: "at once" });
        for (const checkpoint of range(3)) {
          for (const i of range(100)) writer.write("a", record(`${checkpoint}.${i}`));
          await log.commitPrepared([await writer.prepare(checkpoint + 1)], undefined);
          expect(await texts(log, "a")).toHaveLength((checkpoint + 1) * 100);
        }
        await writer.close();
        expect(await texts(log, "a")).toEqual(range(3).flatMap((checkpoint) => range(100).map((i) => `${checkpoint}.${i}`)));
      });

      it("lets only the writer that was opened last with an id commit", async () => {
        await log.createTopic("a", { partitions: 1 });
        const old = await log.openTransactionalWriter("run/sink/0");
        const other = await log.openTransactionalWriter("run/other/0");
        old.write("a", record("old"));
        const handle = await old.prepare(1);
        const young = await (await open()).openTransactionalWriter("run/sink/0");
        await expect(log.commitPrepared([handle], undefined)).rejects.toThrow(/Another writer has taken over/);
        young.write("a", record("young"));
        await log.commitPrepared([await young.prepare(1)], undefined);
        other.write("a", record("other"));
        await log.commitPrepared([await other.prepare(1)], undefined);
        expect(await texts(log, "a")).toEqual(["young", "other"]);
        for (const writer of [old, young, other]) await writer.close();
      });

      it("commits nothing when there is nothing", async () => {
        await log.createTopic("a", { partitions: 1 });
        const writer = await log.openTransactionalWriter("run/sink/0");
        await log.commitPrepared([await writer.prepare(1)], undefined);
        expect(await texts(log, "a")).toEqual([]);
        await writer.close();
      });
    });

    describe("several users", () => {
      it("shows what one opened log writes to another, at once", async () => {
        const other = await open();
        await log.createTopic("t", { partitions: 1 });
        const reader = await other.openReader("t", 0, { from: "earliest" });
        const waiting = reader.read(10, 30_000);
        await log.append("t", [record("a")]);
        expect(textOf(await waiting, 0)).toBe("a");
      });

      it("has everything when it is opened again", async () => {
        await log.createTopic("t", { partitions: 1, retentionMs: Number.POSITIVE_INFINITY, retentionBytes: 1_000_000 });
        await log.append(
          "t",
          range(1_000).map((i) => record(`${i}`)),
        );
        await log.commitPositions("group", new Map([["t-0", 3]]));
        await log.close();
        opened.splice(opened.indexOf(log), 1);
        log = await open();
        expect(await texts(log, "t")).toEqual(range(1_000).map(String));
        expect(await log.positions("group")).toEqual(new Map([["t-0", 3]]));
        expect((await log.describeTopic("t"))?.settings).toEqual({ partitions: 1, retentionBytes: 1_000_000 });
      });

      it.each([0, 3_000])("loses and doubles nothing when several processes append at once, with %i bytes to each text", async (pad) => {
        await log.createTopic("t", { partitions: 3 });
        const processes = range(3).map((id) =>
          startProcess(driver.opening, { task: "append", topic: "t", prefix: `p${id}-`, calls: 50, perCall: 50, pad }),
        );
        const mine = Promise.all(
          range(50).map((call) =>
            log.append(
              "t",
              range(20).map((i) => record(`me-${call * 20 + i}`)),
            ),
          ),
        );
        await Promise.all(processes.map((one) => one.succeeds()));
        await mine;
        const found = await Promise.all(range(3).map((partition) => firstWords(log, "t", partition)));
        const theirs = ["p0-", "p1-", "p2-"].flatMap((prefix) => range(2_500).map((i) => `${prefix}${i}`));
        expect(found.flat().sort()).toEqual([...theirs, ...range(1_000).map((i) => `me-${i}`)].sort());
        const ends = (await log.describeTopic("t"))?.partitions.map(({ latest }) => latest);
        expect(found.map(({ length }) => length)).toEqual(ends);
      });

      it("shows another process's records promptly", async () => {
        await log.createTopic("t", { partitions: 1 });
        const echo = startProcess(driver.opening, { task: "read", topic: "t", count: 3 });
        await echo.prints("reading");
        for (const text of ["a", "b", "c"]) {
          const appended = log.append("t", [record(text)]);
          await echo.prints(text);
          await appended;
        }
        await echo.succeeds();
      });

      it.each([0, 1_000])(
        "loses and doubles nothing when a process is killed in the middle of its commits, with %i bytes to each text",
        async (pad) => {
          await log.createTopic("a", { partitions: 2 });
          await log.createTopic("b", { partitions: 1 });
          let next = 0;
          for (const [round, afterCommits] of [3, 1, 7, 2, 5].entries()) {
            const child = startProcess(driver.opening, { task: "commit", topics: ["a", "b"], from: next, perCommit: 200, pad });
            await child.prints(`committed ${next + afterCommits - 1}`);
            // Another moment of the next commits each time.
            await log.append(
              "a",
              range(round * 300).map(() => record("other", { key: Buffer.from("other") })),
            );
            child.kill();
            await child.ended;
            // What becomes of a commit that the kill met on its way is settled when the next writer takes over, as for every user of the log.
            await (await log.openTransactionalWriter("process/sink/0")).close();
            const a = (await Promise.all(range(2).map((partition) => firstWords(log, "a", partition))))
              .flat()
              .filter((text) => text !== "other");
            const b = await firstWords(log, "b");
            const commits = b.length / 200;
            expect(Number.isInteger(commits)).toBe(true);
            expect(commits).toBeGreaterThanOrEqual(child.lastCommit + 1);
            const expected = range(commits * 200).map((i) => `${Math.floor(i / 200)}.${i % 200}`);
            expect(b).toEqual(expected);
            expect(a.sort()).toEqual([...expected].sort());
            next = commits;
          }
        },
      );
    });
  });
}

export function record(text: string, more: Partial<TopicRecord> = {}): TopicRecord {
  return { value: whole(Buffer.from(text)), key: null, time: 1_000, ...more };
}

function whole(bytes: Uint8Array) {
  return { bytes, start: 0, end: bytes.length };
}

/** The values of a partition, from the earliest on. */
export async function texts(log: TopicLog, topic: string, partition = 0): Promise<(string | undefined)[]> {
  const reader = await log.openReader(topic, partition, { from: "earliest" });
  return readAll(reader, textOf);
}

async function firstWords(log: TopicLog, topic: string, partition = 0): Promise<(string | undefined)[]> {
  return (await texts(log, topic, partition)).map((text) => text?.split(" ")[0]);
}

type Reader = Awaited<ReturnType<TopicLog["openReader"]>>;

export async function readAll<T>(reader: Reader, pick: (batch: RecordBatch, i: number) => T): Promise<T[]> {
  const found: T[] = [];
  for (let batch = await reader.read(1_000, 0); batch.count > 0; batch = await reader.read(1_000, 0))
    for (const i of range(batch.count)) found.push(pick(batch, i));
  await reader.close();
  return found;
}

function bytesOf(batch: RecordBatch, i: number): Buffer | undefined {
  const value = batch.bytes(i);
  return value === null ? undefined : Buffer.from(value.bytes.subarray(value.start, value.end));
}

function textOf(batch: RecordBatch, i: number): string | undefined {
  return bytesOf(batch, i)?.toString("utf8");
}

function plain(batch: RecordBatch, i: number) {
  const key = batch.key?.(i);
  return {
    value: bytesOf(batch, i)?.toString("hex") ?? null,
    key: key ? Buffer.from(key).toString("hex") : null,
    time: batch.time(i),
    headers: (batch.headers?.(i) ?? []).map(([name, content]) => [name, Buffer.from(content).toString("hex")]),
    offset: batch.offset(i),
  };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
