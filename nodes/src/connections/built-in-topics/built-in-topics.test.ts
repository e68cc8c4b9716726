import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TopicLog } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeTopicLog, range, record, texts } from "../topic-log.contract.ts";
import { startProcess } from "../topic-log.process.ts";
import { type BuiltInTopicLog, commitBuiltIn, openBuiltInTopics, readRecord } from "./index.ts";

const opening = (folder: string) => ({ module: new URL("./open-for-test.ts", import.meta.url).href, settings: { folder } });

for (const isRunsThread of [false, true])
  describeTopicLog(isRunsThread ? "built-in topics in a thread of their own" : "built-in topics", async () => {
    const folder = await mkdtemp(join(tmpdir(), "millrace 主题-"));
    let now = 1_700_000_000_000;
    return {
      open: () => openBuiltInTopics({ folder, now: () => now, isRunsThread }),
      opening: opening(folder),
      async retain(log: TopicLog, aheadMs: number) {
        now += aheadMs;
        await (log as BuiltInTopicLog).retain();
      },
      clear: () => rm(folder, { recursive: true, force: true }),
    };
  });

describe("a commit of the built-in stores", () => {
  let folder: string;
  let log: BuiltInTopicLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-commit-"));
    log = await openBuiltInTopics({ folder, now: () => 5 });
  });
  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("makes records of several writers, positions and records visible together", async () => {
    const [one, two] = [await log.openTransactionalWriter("run/one/0"), await log.openTransactionalWriter("run/two/0")];
    await log.createTopic("a", { partitions: 1 });
    one.write("a", record("1"));
    two.write("a", record("2"));
    const handles = [await one.prepare(7), await two.prepare(7)] as const;
    await commitBuiltIn(log, async (tx) => {
      tx.put("run/r1", { checkpoint: 7 });
      await log.commitPrepared([handles[0]], tx);
      await log.commitPositions("group", new Map([["a-0", 3]]), tx);
      expect([await texts(log, "a"), await log.positions("group"), readRecord(log, "run/r1")]).toEqual([[], new Map(), undefined]);
      await log.commitPrepared([handles[1]], tx);
    });
    expect([await texts(log, "a"), await log.positions("group"), readRecord(log, "run/r1")]).toEqual([
      ["1", "2"],
      new Map([["a-0", 3]]),
      { checkpoint: 7 },
    ]);
  });

  it("leaves nothing of itself when its work fails, and the writers can commit again", async () => {
    const writer = await log.openTransactionalWriter("run/one/0");
    writer.write("a", record("1", { partition: 0 }));
    const handle = await writer.prepare(1);
    const failing = commitBuiltIn(log, async (tx) => {
      tx.put("run/r1", 1);
      await log.commitPrepared([handle], tx);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect([await texts(log, "a"), readRecord(log, "run/r1")]).toEqual([[], undefined]);
    await commitBuiltIn(log, (tx) => log.commitPrepared([handle], tx));
    expect(await texts(log, "a")).toEqual(["1"]);
  });

  it("leaves nothing of itself when one of its topics is gone", async () => {
    const writer = await log.openTransactionalWriter("run/one/0");
    writer.write("a", record("1", { partition: 0 }));
    writer.write("b", record("1", { partition: 0 }));
    const handle = await writer.prepare(1);
    await log.deleteTopic("b");
    await expect(
      commitBuiltIn(log, async (tx) => {
        tx.put("run/r1", 1);
        await log.commitPrepared([handle], tx);
      }),
    ).rejects.toThrow('Topic "b" was deleted while it was in use.');
    expect([await texts(log, "a"), readRecord(log, "run/r1")]).toEqual([[], undefined]);
  });

  it("does its work once more when another changed a record that it looked at", async () => {
    const seen: unknown[] = [];
    await commitBuiltIn(log, async (tx) => {
      const before = tx.get("count") as number | undefined;
      seen.push(before);
      if (seen.length === 1) await commitBuiltIn(log, (other) => other.put("count", 41));
      tx.put("count", (before ?? 0) + 1);
      expect(tx.get("count")).toBe((before ?? 0) + 1);
    });
    expect([seen, readRecord(log, "count")]).toEqual([[undefined, 41], 42]);
  });

  it("removes a record that is put as undefined", async () => {
    await commitBuiltIn(log, (tx) => tx.put("a", { x: 1 }));
    await commitBuiltIn(log, (tx) => tx.put("a", undefined));
    expect(readRecord(log, "a")).toBeUndefined();
  });

  it("refuses a transaction of another folder", async () => {
    const other = await openBuiltInTopics({ folder: join(folder, "other"), now: () => 5 });
    const writer = await log.openTransactionalWriter("run/one/0");
    writer.write("a", record("1"));
    const handle = await writer.prepare(1);
    await expect(commitBuiltIn(other, (tx) => log.commitPrepared([handle], tx))).rejects.toThrow(
      "cannot commit with a checkpoint that is kept elsewhere",
    );
    await other.close();
  });

  it("joins single records, so that reading many of them is no slower than need be", async () => {
    await log.createTopic("a", { partitions: 1 });
    for (const i of range(300)) await log.append("a", [record(`${i}`)]);
    const reader = await log.openReader("a", 0, { from: "offset", offset: 150 });
    const batch = await reader.read(1_000, 0);
    expect([batch.count, batch.offset(0)]).toEqual([150, 150]);
    const { bytes = 0 } = (await log.describeTopic("a"))?.partitions[0] ?? {};
    expect(bytes / 300).toBeLessThan(20);
  });
});

describe("segment files", { timeout: 60_000 }, () => {
  const KB = "x".repeat(1_000);
  let folder: string;
  let log: BuiltInTopicLog;
  let now = 1_700_000_000_000;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-segments-"));
    log = await openBuiltInTopics({ folder, now: () => now });
  });
  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Names below `segments/`, folders of topics left out. */
  async function files(): Promise<string[]> {
    const all = await readdir(join(folder, "segments"), { recursive: true }).catch(() => []);
    return all.filter((name) => /\.(seg|lock)$/.test(name)).sort();
  }
  const segments = async () => (await files()).filter((name) => name.endsWith(".seg"));
  const append = (topic: string, count: number, text = KB) =>
    log.append(
      topic,
      range(count).map((i) => record(`${i} ${text}`)),
    );

  it("hold what is large, a file per topic; what is small stays in the database", async () => {
    for (const name of ["a", "b", "c"]) await log.createTopic(name, { partitions: 2 });
    await append("a", 500);
    await append("b", 500);
    await append("c", 20);
    await append("a", 500);
    expect(await segments()).toHaveLength(2);
  });

  it("of a killed writer are not seen, and removed later", async () => {
    await log.createTopic("t", { partitions: 1 });
    const child = startProcess(opening(folder), { task: "prepare", topic: "t", count: 1_000, pad: 1_000 });
    await child.prints(/"parts"/);
    child.kill();
    await child.ended;
    expect(await texts(log, "t")).toEqual([]);
    expect(await segments()).toHaveLength(1);
    await log.retain();
    expect(await files()).toEqual([]);
  });

  it("of a writer that lives in another process stay, and what it prepared can be committed from here", async () => {
    await log.createTopic("t", { partitions: 1 });
    const child = startProcess(opening(folder), { task: "prepare", topic: "t", count: 1_000, pad: 1_000 });
    const prepared = JSON.parse(await child.prints(/"parts"/));
    await log.retain();
    await log.commitPrepared([prepared], undefined);
    expect((await texts(log, "t")).map((text) => text?.split(" ")[0])).toEqual(range(1_000).map(String));
    child.kill();
    await child.ended;
    await log.retain();
    expect(await texts(log, "t")).toHaveLength(1_000);
  });

  it("that are gone make a commit fail as a whole", async () => {
    await log.createTopic("t", { partitions: 1 });
    const writer = await log.openTransactionalWriter("run/one/0");
    for (const i of range(1_000)) writer.write("t", record(`${i} ${KB}`));
    const prepared = await writer.prepare(1);
    for (const name of await segments()) await rm(join(folder, "segments", name));
    const failing = commitBuiltIn(log, (tx) => {
      tx.put("run/r", 1);
      return log.commitPrepared([prepared], tx);
    });
    await expect(failing).rejects.toThrow(/the file was removed or cut; it has 0 bytes\. Nothing of this commit is visible\./);
    expect([await texts(log, "t"), readRecord(log, "run/r")]).toEqual([[], undefined]);
    await writer.close();
  });

  it.each(["missing", "cut"])("that are %s are named by who reads what was in them", async (how) => {
    await log.createTopic("t", { partitions: 1 });
    await append("t", 500);
    const [name = ""] = await segments();
    const path = join(folder, "segments", name);
    if (how === "missing") await rm(path);
    else await truncate(path, 300_000);
    await expect(texts(log, "t")).rejects.toThrow(
      /^Records were committed to ".* up to byte \d+, but the file is missing or shorter now\. Put it back from a copy, or delete the topic\.$/,
    );
  });

  it("go with their last record, one topic's without another's", async () => {
    await log.createTopic("kept", { partitions: 1 });
    await log.createTopic("short", { partitions: 2, retentionMs: 60_000 });
    await append("kept", 100);
    // More than one file takes.
    for (const _ of range(8)) await append("short", 100, "x".repeat(100_000));
    const before = await segments();
    expect(before.length).toBeGreaterThan(2);
    now += 61_000;
    await log.retain();
    // The newest is still being appended to.
    expect(await segments()).toHaveLength(2);
    await append("short", 100);
    expect((await Promise.all(range(2).map((partition) => texts(log, "short", partition)))).flat()).toHaveLength(100);
    expect(await texts(log, "kept")).toHaveLength(100);
  });

  it("of a topic that is deleted go with it", async () => {
    await log.createTopic("t", { partitions: 2 });
    await append("t", 500);
    await log.deleteTopic("t");
    expect(await segments()).toEqual([]);
    await log.createTopic("t", { partitions: 2 });
    await append("t", 500);
    expect((await Promise.all(range(2).map((partition) => texts(log, "t", partition)))).flat()).toHaveLength(500);
  });

  it("are not kept by a writer that gave everything up", async () => {
    const writer = await log.openTransactionalWriter("run/one/0");
    for (const i of range(5_000)) writer.write("t", record(`${i} ${KB}`));
    await writer.abort();
    for (const i of range(5_000)) writer.write("t", record(`${i} ${KB}`));
    await writer.close();
    expect(await segments()).toEqual([]);
  });

  it("of closed logs are found by others, without a lock", async () => {
    await log.createTopic("t", { partitions: 1 });
    await append("t", 500);
    await log.close();
    log = await openBuiltInTopics({ folder, now: () => now });
    await log.retain();
    expect(await files()).toEqual([expect.stringMatching(/\.seg$/)]);
    expect(await texts(log, "t")).toHaveLength(500);
  });

  it("are few where many topics get little", async () => {
    const writer = await log.openTransactionalWriter("run/one/0");
    for (const checkpoint of range(3)) {
      for (const i of range(6_000)) writer.write(`t${i % 300}`, record(`${checkpoint}.${i}`, { partition: 0 }));
      await log.commitPrepared([await writer.prepare(checkpoint + 1)], undefined);
    }
    await writer.close();
    expect(await segments()).toEqual([]);
    for (const t of [0, 150, 299])
      expect(await texts(log, `t${t}`)).toEqual(range(3).flatMap((checkpoint) => range(20).map((i) => `${checkpoint}.${i * 300 + t}`)));
  });

  it("leave memory before the commit", async () => {
    const writer = await log.openTransactionalWriter("run/one/0");
    for (const round of range(30)) {
      for (const i of range(2_000)) writer.write("t", record(`${round}.${i} ${KB}`, { partition: 0 }));
      // As a run does between two batches, until what is on its way is written.
      while (writer.stagedBytes > 4_000_000) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.commitPrepared([await writer.prepare(1)], undefined);
    expect(await texts(log, "t")).toHaveLength(60_000);
    await writer.close();
  });
});
