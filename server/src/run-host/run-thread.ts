/** One run as the server's thread sees it: a worker, the last frame it sent, and those who watch. */
import type { Worker } from "node:worker_threads";
import type { TopicLog } from "@millrace/engine/node";
import type { NodeLive, Sample } from "../api.ts";
import type { HostStatus, RunEnd, RunHandle, RunLimits, SavedState, StartRun, Watch } from "../runs/run-host.ts";
import { appendReplays } from "./dead-letters.ts";
import { type Frame, type FromWorker, portOfEdge, type RunStart, type ToWorker } from "./protocol.ts";

interface Watcher {
  readonly edges: readonly string[];
  readonly pending: Map<string, Sample[]>;
}

/** Samples a slow watcher may fall behind by, per edge. */
const PENDING = 200;

export class RunThread implements RunHandle {
  readonly pipelineId: string;
  readonly runId: string;
  /** Settles when the loop runs, or rejects with why it could not begin. */
  readonly begun: Promise<void>;
  readonly ended: Promise<RunEnd>;
  private readonly worker: Worker;
  private readonly topics: TopicLog;
  private readonly log: (line: string, pipelineId?: string) => void;
  private readonly startedAt = Date.now();
  private state: HostStatus["state"] = "starting";
  private frame: Frame = { nodes: {}, samples: {}, deadLetters: 0 };
  private last: Readonly<Record<string, readonly Sample[]>> | undefined;
  private readonly watchers = new Set<Watcher>();
  private readonly waiting = new Map<number, (samples: readonly Sample[]) => void>();
  private readonly savepoints = new Map<number, Pick<PromiseWithResolvers<SavedState>, "resolve" | "reject">>();
  private requests = 0;

  /** `worker`: a thread that waits to be told what to run. */
  constructor(
    request: StartRun,
    worker: Worker,
    host: { dataFolder: string; topics: TopicLog; log: (line: string, pipelineId?: string) => void; limits: RunLimits },
  ) {
    this.pipelineId = request.pipelineId;
    this.runId = request.runId;
    this.topics = host.topics;
    this.log = host.log;
    const start: RunStart = { ...request, dataFolder: host.dataFolder, limits: host.limits };
    this.worker = worker;
    this.post({ type: "start", start });
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<RunEnd>();
    this.begun = begun.promise;
    this.ended = ended.promise;
    const end = (outcome: RunEnd) => {
      if (this.state === "starting" && outcome.state === "failed")
        begun.reject(Object.assign(new Error(outcome.failure.message.en), { failure: outcome.failure }));
      else begun.resolve();
      this.state = outcome.state;
      for (const resolve of this.waiting.values()) resolve([]);
      this.waiting.clear();
      for (const { reject } of this.savepoints.values()) reject(new Error("the run ended before its savepoint was made"));
      this.savepoints.clear();
      ended.resolve(outcome);
    };
    this.worker.on("message", (message: FromWorker) => {
      switch (message.type) {
        case "running":
          if (this.state === "starting") this.state = "running";
          begun.resolve();
          return;
        case "log":
          this.log(message.line, this.pipelineId);
          return;
        case "samples":
          this.waiting.get(message.request)?.(message.samples);
          this.waiting.delete(message.request);
          return;
        case "savepoint": {
          const asked = this.savepoints.get(message.request);
          this.savepoints.delete(message.request);
          if ("id" in message.made) asked?.resolve(message.made);
          else asked?.reject(Object.assign(new Error(message.made.message.en), { failure: message.made }));
          return;
        }
        case "frame":
          this.take(message);
          return;
        case "ended":
          this.frame = message;
          this.last = message.samples;
          end(message.end);
      }
    });
    this.worker.on("error", (error) =>
      end({
        state: "failed",
        failure: { message: { en: `The run's thread failed: ${error.message}`, zh: `运行线程失败：${error.message}` } },
      }),
    );
    this.worker.on("exit", (code) => {
      if (this.last === undefined)
        end({
          state: "failed",
          failure: { message: { en: `The run's thread ended unexpectedly with code ${code}.`, zh: `运行线程意外退出，代码 ${code}。` } },
        });
    });
  }

  status(): HostStatus {
    const { lastCheckpoint, deadLetters } = this.frame;
    return { state: this.state, startedAt: this.startedAt, deadLetters, ...(lastCheckpoint ? { lastCheckpoint } : {}) };
  }

  nodes(): Readonly<Record<string, NodeLive>> {
    return this.frame.nodes;
  }

  samples(edge: string): Promise<readonly Sample[]> {
    const port = portOfEdge(edge);
    if (this.last !== undefined) return Promise.resolve(this.last[port] ?? []);
    const request = this.requests++;
    return new Promise((resolve) => {
      this.waiting.set(request, resolve);
      this.post({ type: "samples", request, port });
    });
  }

  watch(edges: readonly string[]): Watch {
    const watcher: Watcher = { edges, pending: new Map() };
    this.watchers.add(watcher);
    this.tellWatched();
    return {
      frame: () => {
        const samples = Object.fromEntries([...watcher.pending].map(([edge, fresh]) => [edge, fresh]));
        watcher.pending.clear();
        return { nodes: { ...this.frame.nodes }, samples };
      },
      close: () => {
        this.watchers.delete(watcher);
        this.tellWatched();
      },
    };
  }

  async stop({ savepoint }: { readonly savepoint: boolean }): Promise<void> {
    if (this.state === "running" || this.state === "starting") {
      this.state = "stopping";
      this.post({ type: "stop", savepoint });
    }
    const end = await this.ended;
    if (savepoint && end.state === "failed") throw Object.assign(new Error(end.failure.message.en), { failure: end.failure });
  }

  savepoint(): Promise<SavedState> {
    const request = this.requests++;
    return new Promise((resolve, reject) => {
      if (this.last !== undefined) return reject(new Error("the run has ended"));
      this.savepoints.set(request, { resolve, reject });
      this.post({ type: "savepoint", request });
    });
  }

  replay(ids: readonly string[], text?: string): Promise<number> {
    return appendReplays(this.topics, this.pipelineId, ids, text, Date.now());
  }

  private take(frame: Frame): void {
    this.frame = frame;
    for (const watcher of this.watchers) {
      for (const edge of watcher.edges) {
        const fresh = frame.samples[portOfEdge(edge)];
        if (!fresh) continue;
        const pending = watcher.pending.get(edge) ?? [];
        pending.push(...fresh);
        watcher.pending.set(edge, pending.slice(-PENDING));
      }
    }
  }

  private tellWatched(): void {
    const ports = new Set([...this.watchers].flatMap((watcher) => watcher.edges.map(portOfEdge)));
    this.post({ type: "watch", ports: [...ports] });
  }

  private post(message: ToWorker): void {
    if (this.last === undefined) this.worker.postMessage(message);
  }
}
