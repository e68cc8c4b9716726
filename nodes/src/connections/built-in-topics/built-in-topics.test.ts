import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TopicLog } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeTopicLog, range, record, texts } from "../topic-log.contract.ts";
import { type BuiltInTopicLog, commitBuiltIn, openBuiltInTopics, readRecord } from "./index.ts";

const opening = (folder: string) => ({ module: new URL("./open-for-test.ts", import.meta.url).href, settings: { folder } });

describeTopicLog("built-in topics", async () => {
  const folder = await mkdtemp(join(tmpdir(), "millrace 主题-"));
  let now = 1_700_000_000_000;
  return {
    open: () => openBuiltInTopics({ folder, now: () => now }),
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
