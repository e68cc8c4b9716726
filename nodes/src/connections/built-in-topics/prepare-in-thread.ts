/** A thread that writes records through a transaction, hands over what it prepared, and ends, for the tests of several threads. */
import { parentPort, workerData } from "node:worker_threads";
import { openBuiltInTopics } from "./index.ts";

const { folder, subtask, count } = workerData as { folder: string; subtask: number; count: number };
const log = await openBuiltInTopics({ folder, now: Date.now });
const writer = await log.openTransactionalWriter(`run/sink/${subtask}`);
const pad = "x".repeat(500);
for (let i = 0; i < count; i++) {
  const value = Buffer.from(`${subtask}.${i} ${pad}`);
  writer.write("t", { value: { bytes: value, start: 0, end: value.length }, key: null, time: i, partition: i % 2 });
}
parentPort?.postMessage(await writer.prepare(1));
await writer.close();
await log.close();
