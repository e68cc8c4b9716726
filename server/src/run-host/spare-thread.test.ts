import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { ToWorker } from "./protocol.ts";
import { createSpareThreads, type SpareThreads } from "./spare-thread.ts";

const taken: Worker[] = [];
let spare: SpareThreads;
afterEach(async () => {
  await spare.close();
  await Promise.all(taken.splice(0).map(end));
});

async function end(worker: Worker): Promise<unknown> {
  const ended = once(worker, "exit");
  worker.postMessage({ type: "stop", savepoint: false } satisfies ToWorker);
  return ended;
}

describe("the thread of the next run", { timeout: 30_000 }, () => {
  it("is loaded before it is taken, and taken once", async () => {
    spare = createSpareThreads();
    await spare.getReady();
    await spare.getReady();
    taken.push(spare.take(), spare.take());
    const [first, second] = taken as [Worker, Worker];
    expect(second.threadId).toBeGreaterThan(first.threadId);
    // The one has said before that it is loaded, the other says so now.
    const said: number[] = [];
    for (const worker of [first, second]) worker.on("message", () => said.push(worker.threadId));
    await once(second, "message");
    expect(said).toEqual([second.threadId]);
  });

  it("ends when it is told to stop before it was told what to run", async () => {
    spare = createSpareThreads();
    expect(await end(spare.take())).toEqual([0]);
  });

  it("ends with those who would have taken it", async () => {
    spare = createSpareThreads();
    await spare.getReady();
    await spare.close();
    taken.push(spare.take());
    expect(await once(taken[0] as Worker, "message")).toEqual([{ type: "ready" }]);
  });
});
