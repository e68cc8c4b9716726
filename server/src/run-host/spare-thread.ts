/** A thread that has loaded all that a run needs and waits to be told which: loading is most of what a run takes to begin, and need not fall into the pause between two. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** A thread that nobody took by then is given up. */
const KEEP_MS = 60_000;

export interface SpareThreads {
  /** Resolves when a thread is ready, or has failed to be: then the run that needs it says why. */
  getReady(): Promise<void>;
  /** The thread that is ready, or a new one. */
  take(): Worker;
  /** Ends the thread that nobody took. */
  close(): Promise<void>;
}

export function createSpareThreads(): SpareThreads {
  let spare: { readonly worker: Worker; readonly ready: Promise<void> } | undefined;
  let timer: NodeJS.Timeout | undefined;

  function begin(): { readonly worker: Worker; readonly ready: Promise<void> } {
    const worker = newThread();
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const forget = () => {
      if (spare?.worker === worker) spare = undefined;
      resolve();
    };
    worker.on("message", ({ type }: FromWorker) => type === "ready" && resolve());
    worker.on("error", forget);
    worker.on("exit", forget);
    return { worker, ready };
  }

  async function close(): Promise<void> {
    clearTimeout(timer);
    if (!spare) return;
    const { worker } = spare;
    spare = undefined;
    const ended = once(worker, "exit");
    worker.postMessage({ type: "stop", savepoint: false } satisfies ToWorker);
    await ended;
  }

  return {
    getReady() {
      spare ??= begin();
      clearTimeout(timer);
      timer = setTimeout(() => void close(), KEEP_MS).unref();
      return spare.ready;
    },
    take() {
      clearTimeout(timer);
      const worker = spare?.worker ?? newThread();
      spare = undefined;
      return worker;
    },
    close,
  };
}

function newThread(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { name: "run" });
}
