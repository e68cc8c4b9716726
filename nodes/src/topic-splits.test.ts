import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Position, Split, SplitReader, TopicLog } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openForTest } from "./connections/built-in-topics/open-for-test.ts";
import { topicSplits } from "./topic-splits.ts";

describe("a topic that is read to its end", () => {
  let folder: string;
  let log: TopicLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-splits-"));
    log = await openForTest({ folder });
    await log.createTopic("numbers", { partitions: 1 });
  });
  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const source = () =>
    topicSplits({
      log,
      topic: "numbers",
      group: "g",
      partitions: 1,
      toEnd: true,
      start: async () => ({ from: "earliest" }),
      expects: { en: "", zh: "" },
    });
  const append = (...numbers: number[]) =>
    log.append(
      "numbers",
      numbers.map((n) => {
        const bytes = new TextEncoder().encode(String(n));
        return { value: { bytes, start: 0, end: bytes.length }, key: null, time: n };
      }),
    );
  const open = async (position?: Position) => {
    const [split] = (await source().splits()) as [Split];
    expect(split.bounded).toBe(true);
    return source().open(split, position);
  };
  async function timesOf(reader: SplitReader): Promise<number[]> {
    const times: number[] = [];
    for (let batch = await reader.read(2, 0); batch !== undefined; batch = await reader.read(2, 0))
      for (let i = 0; i < batch.count; i++) times.push(batch.time(i));
    await reader.close();
    return times;
  }

  it("ends where it ended when it was first opened, also after a restart", async () => {
    await append(1, 2, 3, 4, 5);
    const first = await open();
    await append(6, 7);
    expect((await first.read(2, 0))?.count).toBe(2);
    const position = first.position();
    expect(position).toEqual({ offset: 2, end: 5 });
    await first.close();
    expect(await timesOf(await open(position))).toEqual([3, 4, 5]);
  });

  it("goes on at the record that it is asked to", async () => {
    await append(1, 2, 3, 4, 5);
    const first = await open();
    await first.read(4, 0);
    const position = first.positionAt?.(1);
    await first.close();
    expect(await timesOf(await open(position))).toEqual([2, 3, 4, 5]);
  });

  it("has ended at once where there is nothing", async () => {
    expect(await timesOf(await open())).toEqual([]);
  });
});
