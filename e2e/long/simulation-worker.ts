/** A thread that checks the seeds it is told: those from `from` (inclusive) to `to`. */
import { parentPort } from "node:worker_threads";
import { checkSeeds } from "@millrace/nodes/simulation";

parentPort?.on("message", async ({ from, to }: { readonly from: number; readonly to: number }) => {
  try {
    parentPort?.postMessage(await checkSeeds(from, to));
  } catch (error) {
    parentPort?.postMessage({ failure: (error as Error).message });
  }
});
