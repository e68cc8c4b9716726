import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuiltInTopicLog, openBuiltInTopics } from "@millrace/nodes/connections";
import { afterEach, beforeEach, expect, it } from "vitest";
import { deadLetterTopic } from "./dead-letters.ts";
import { keepTopics, warnOfSize } from "./keep-topics.ts";

let folder: string;
let topics: BuiltInTopicLog;
let logged: string[];
let at: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "millrace 保留 "));
  topics = await openBuiltInTopics({ folder, now: () => at });
  logged = [];
  at = 0;
});
afterEach(async () => {
  await topics.close();
  rmSync(folder, { recursive: true, force: true });
});

const LIMITS = { topicMs: 3_600_000, topicWarnBytes: 1_000, deadLetterMs: 60_000, deadLetterBytes: 5_000_000 };
const options = (limits = LIMITS) => ({ limits, now: () => at, log: (line: string) => void logged.push(line) });
const settingsOf = async (topic: string) => (await topics.describeTopic(topic))?.settings;

async function append(topic: string, bytes: number): Promise<void> {
  await topics.append(topic, [{ value: { bytes: Buffer.alloc(bytes, "x"), start: 0, end: bytes }, key: null, time: 1 }]);
}

it("gives topics that are made by themselves the set time, and leaves others as they were made", async () => {
  await topics.createTopic("before", { partitions: 1, retentionMs: 5 });
  const stop = await keepTopics(topics, options());
  await topics.createTopic("after", { partitions: 1 });
  await topics.createTopic("for.ever", { partitions: 1, retentionMs: Number.POSITIVE_INFINITY });
  expect([await settingsOf("before"), await settingsOf("after"), await settingsOf("for.ever")]).toEqual([
    { partitions: 1, retentionMs: 5 },
    { partitions: 1, retentionMs: 3_600_000 },
    { partitions: 1 },
  ]);
  stop();
});

it("brings dead letters that are there to the set bounds", async () => {
  await topics.createTopic(deadLetterTopic("a"), { partitions: 1, retentionMs: 5 });
  (await keepTopics(topics, options({ ...LIMITS, deadLetterMs: Number.POSITIVE_INFINITY })))();
  expect(await settingsOf(deadLetterTopic("a"))).toEqual({ partitions: 1, retentionBytes: 5_000_000 });
  (await keepTopics(topics, options()))();
  expect(await settingsOf(deadLetterTopic("a"))).toEqual({ partitions: 1, retentionMs: 60_000, retentionBytes: 5_000_000 });
});

it("says when the topics have grown large, once an hour", async () => {
  await topics.createTopic("small", { partitions: 1 });
  await topics.createTopic("large", { partitions: 2 });
  const warn = warnOfSize(topics, options());
  await append("small", 100);
  await warn();
  expect(logged).toEqual([]);
  await append("large", 2_000);
  await warn();
  await warn();
  expect(logged).toEqual([
    expect.stringMatching(
      /^The topics take \d+ bytes, more than 1000 \(setting topics\.warn-size\)\. The largest: large \(\d+\), small \(\d+\)\. Delete what is not needed, or let them keep records for less long; nothing was removed\.$/,
    ),
  ]);
  at += 3_600_000;
  await warn();
  expect(logged).toHaveLength(2);
  await topics.deleteTopic("large");
  await warn();
  await topics.createTopic("large", { partitions: 1 });
  await append("large", 2_000);
  await warn();
  expect(logged).toHaveLength(3);
});
