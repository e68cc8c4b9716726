/** Appends until the disk is full, then tries again, for the test of a full disk; prints what happened as JSON. */
import type { TopicRecord } from "@millrace/engine/node";
import { commitBuiltIn, openBuiltInTopics, readRecord } from "./index.ts";

const log = await openBuiltInTopics({ folder: process.argv[2] as string, now: Date.now });
await log.createTopic("t", { partitions: 1 });
await commitBuiltIn(log, (tx) => tx.put("run/r", { before: true }));
const large = "x".repeat(300_000);

let appended = 0;
let appendFailed: string | undefined;
while (appendFailed === undefined) {
  try {
    await log.append("t", [record(`${appended} ${large}`)]);
    appended += 1;
  } catch (error) {
    appendFailed = messageOf(error);
  }
}
const commitFailed = await failureOf(async () => {
  const writer = await log.openTransactionalWriter("run/sink/0");
  writer.write("t", record(`no ${large}`));
  const handle = await writer.prepare(1);
  await commitBuiltIn(log, async (tx) => {
    tx.put("run/r", { before: false });
    await log.commitPrepared([handle], tx);
  });
});
const failedAgain = await failureOf(() => log.append("t", [record(`no ${large}`)]));
const afterwards = JSON.stringify(readRecord(log, "run/r")) === '{"before":true}' ? "small" : "changed";
console.log(JSON.stringify({ appended, appendFailed, commitFailed, failedAgain, afterwards }));
await log.close();

async function failureOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function record(text: string): TopicRecord {
  const bytes = Buffer.from(text);
  return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1 };
}
