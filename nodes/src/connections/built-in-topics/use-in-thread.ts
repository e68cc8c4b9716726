/** A thread that appends records to a topic, for the tests of several threads; with `failsAt` it ends by an error. */
import { workerData } from "node:worker_threads";
import { openBuiltInTopics } from "./index.ts";

const { folder, prefix, failsAt } = workerData as { folder: string; prefix: string; failsAt?: number };
const log = await openBuiltInTopics({ folder, now: Date.now });
for (let i = 0; i < 100; i++) {
  const value = Buffer.from(`${prefix}${i}`);
  await log.append("t", [{ value: { bytes: value, start: 0, end: value.length }, key: null, time: 1 }]);
  if (i === failsAt) throw new Error("made by the test");
}
await log.close();
