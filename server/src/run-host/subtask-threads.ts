/** The further threads of a run, as its first one sees them: one for each subtask but the first. */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { ExchangeBatch, FromSubtask, TapSample, ToSubtask } from "@millrace/engine/run";
import { ReportedFailure } from "./failure-of.ts";
import type { FromSubtaskThread, PeerMessage, RunStart, SubtaskOpening, SubtaskStart, SubtaskView, ToSubtaskThread } from "./protocol.ts";

/** Of one subtask to the others, by number. */
export type PeerPorts = readonly (MessagePort | undefined)[];

export interface SubtaskThreads {
  /** Has each open its subtask. Until then they can only be told to stop. */
  open(opening: SubtaskOpening): void;
  toSubtask(subtask: number, message: ToSubtask): void;
  watch(ports: readonly string[]): void;
  /** Kept samples of a port, by subtask from 1 on. */
  samples(port: string): Promise<readonly (readonly TapSample[])[]>;
  /** What each has shown last, from 1 on; the samples that came since the call before. */
  views(): readonly SubtaskView[];
  /** Has all end; resolves when they have. */
  stop(): Promise<void>;
}

const NOTHING: SubtaskView = { counts: {}, lag: {}, splits: {}, samples: {} };

interface Thread {
  readonly worker: Worker;
  view: SubtaskView;
  fresh: Map<string, TapSample[]>;
  hasEnded: boolean;
}

/** Samples that wait for a frame, per port. */
const PENDING = 200;

/** A channel between any two subtasks. */
export function peerPorts(subtasks: number): readonly PeerPorts[] {
  const ports = Array.from({ length: subtasks }, () => new Array<MessagePort | undefined>(subtasks).fill(undefined));
  for (const [a, ofA] of ports.entries())
    for (const [b, ofB] of ports.entries()) {
      if (b <= a) continue;
      const { port1, port2 } = new MessageChannel();
      ofA[b] = port1;
      ofB[a] = port2;
    }
  return ports;
}

export function startSubtaskThreads(options: {
  readonly run: RunStart;
  /** By subtask. The first one's stay here. */
  readonly links: readonly PeerPorts[];
  readonly onMessage: (message: FromSubtask) => void;
  readonly onFailure: (error: unknown) => void;
  readonly log: (line: string) => void;
}): SubtaskThreads {
  const { run, links, onMessage, onFailure, log } = options;
  const subtasks = links.length;
  const requests = new Map<number, { readonly found: (readonly TapSample[])[]; readonly done: () => void; missing: number }>();
  let lastRequest = 0;
  const allEnded = Promise.withResolvers<void>();
  const threads: Thread[] = [];
  if (subtasks === 1) allEnded.resolve();

  function end(thread: Thread, index: number): void {
    if (thread.hasEnded) return;
    thread.hasEnded = true;
    for (const request of requests.keys()) answer(request, index, []);
    if (threads.every(({ hasEnded }) => hasEnded)) allEnded.resolve();
  }

  function answer(request: number, index: number, samples: readonly TapSample[]): void {
    const open = requests.get(request);
    if (!open || open.found[index] !== undefined) return;
    open.found[index] = samples;
    if (--open.missing > 0) return;
    requests.delete(request);
    open.done();
  }

  for (let subtask = 1; subtask < subtasks; subtask++) {
    const peers = links[subtask] as PeerPorts;
    const start: SubtaskStart = { run, subtask, peers };
    const worker = new Worker(new URL("./subtask-worker.ts", import.meta.url), {
      workerData: start,
      transferList: peers.filter((port) => port !== undefined),
      name: `run ${run.pipelineId} ${subtask}`,
    });
    const thread: Thread = { worker, view: NOTHING, fresh: new Map(), hasEnded: false };
    const index = threads.push(thread) - 1;
    const show = (view: SubtaskView) => {
      thread.view = view;
      for (const [port, samples] of Object.entries(view.samples))
        thread.fresh.set(port, [...(thread.fresh.get(port) ?? []), ...samples].slice(-PENDING));
    };
    worker.on("message", (message: FromSubtaskThread) => {
      switch (message.type) {
        case "control":
          return onMessage(message.message);
        case "view":
          return show(message.view);
        case "samples":
          return answer(message.request, index, message.samples);
        case "log":
          return log(message.line);
        case "ended":
          show(message.view);
          if (message.failure) onFailure(new ReportedFailure(message.failure));
          end(thread, index);
      }
    });
    worker.on("error", (error) => {
      onFailure(threadFailed(subtask, error.message));
      end(thread, index);
    });
    worker.on("exit", (code) => {
      if (!thread.hasEnded) onFailure(threadFailed(subtask, `it ended with code ${code}`));
      end(thread, index);
    });
  }
  const post = (thread: Thread, message: ToSubtaskThread) => thread.worker.postMessage(message);
  return {
    open(opening) {
      for (const thread of threads) post(thread, { type: "open", ...opening });
    },
    toSubtask: (subtask, message) => post(threads[subtask - 1] as Thread, { type: "control", message }),
    watch(watched) {
      for (const thread of threads) post(thread, { type: "watch", ports: watched });
    },
    samples(port) {
      const request = ++lastRequest;
      const living = threads.filter(({ hasEnded }) => !hasEnded);
      const found = threads.map((thread) => (thread.hasEnded ? (thread.view.samples[port] ?? []) : undefined)) as (readonly TapSample[])[];
      if (living.length === 0) return Promise.resolve(found);
      return new Promise((resolve) => {
        requests.set(request, { found, missing: living.length, done: () => resolve(found) });
        for (const thread of living) post(thread, { type: "samples", request, port });
      });
    },
    views: () =>
      threads.map((thread) => {
        const samples = Object.fromEntries(thread.fresh);
        thread.fresh = new Map();
        return { ...thread.view, samples };
      }),
    stop() {
      for (const thread of threads) post(thread, { type: "control", message: { type: "stop" } });
      return allEnded.promise;
    },
  };
}

function threadFailed(subtask: number, why: string): ReportedFailure {
  return new ReportedFailure({
    message: { en: `The thread of subtask ${subtask} failed: ${why}.`, zh: `子任务 ${subtask} 的线程失败：${why}。` },
  });
}

/** The links of a subtask to the others, over their ports. */
export function peerLinks(peers: PeerPorts): {
  send(batch: ExchangeBatch): void;
  giveCredit(batch: ExchangeBatch): void;
} {
  const post = (to: number, message: PeerMessage, transfer: readonly ArrayBuffer[] = []) => peers[to]?.postMessage(message, transfer);
  return {
    send: (batch) => post(batch.to, { type: "batch", batch }, [batch.bytes]),
    giveCredit: ({ exchange, from, to }) => post(from, { type: "credit", exchange, from: to }),
  };
}

/** Hands what other subtasks send to this one. */
export function listenToPeers(
  peers: PeerPorts,
  subtask: { onBatch(batch: ExchangeBatch): void; onCredit(exchange: number, receiver: number): void },
): void {
  for (const peer of peers)
    peer?.on("message", (message: PeerMessage) => {
      if (message.type === "batch") subtask.onBatch(message.batch);
      else subtask.onCredit(message.exchange, message.from);
    });
}

export function closePeers(peers: PeerPorts): void {
  for (const peer of peers) peer?.close();
}
