/**
 * Runs that other processes execute on this data folder (`millrace run`). Such a process tells of its run a few times a second and is answered what is wanted of it: the edges that people
 * look at, and whether to stop. For who looks, the run is like one of this server's own.
 */
import type { BesideReport, BesideWish, Sample } from "../api.ts";
import type { Clock } from "./restarts.ts";
import type { RunEnd, RunHandle, Watch } from "./run-host.ts";

/** After so long without a word the process is taken for gone. */
export const SILENT_MS = 5_000;
/** Until the next word: while somebody looks, and else. */
const LOOKED_AT_MS = 250;
const ALONE_MS = 1_000;
/** Kept of each edge. */
const SAMPLES = 50;

export interface RunsBeside {
  report(pipelineId: string, report: BesideReport): BesideWish;
  /** Undefined when no process tells of a run of the pipeline. */
  handle(pipelineId: string): RunBeside | undefined;
}

export interface RunBeside extends RunHandle {
  /** Its id with the operating system. */
  readonly process: number;
}

export function createRunsBeside(clock: Clock): RunsBeside {
  const runs = new Map<string, ToldRun>();

  function runOf(pipelineId: string, report: BesideReport): ToldRun {
    const known = runs.get(pipelineId);
    if (known?.process === report.process) return known;
    known?.end({ state: "stopped" });
    const run = new ToldRun(pipelineId, report, clock, () => {
      if (runs.get(pipelineId) === run) runs.delete(pipelineId);
    });
    runs.set(pipelineId, run);
    return run;
  }

  return {
    report: (pipelineId, report) => runOf(pipelineId, report).take(report),
    handle: (pipelineId) => runs.get(pipelineId),
  };
}

class ToldRun implements RunBeside {
  readonly pipelineId: string;
  readonly runId: string;
  readonly process: number;
  readonly ended: Promise<RunEnd>;
  private readonly clock: Clock;
  private readonly kept = new Map<string, Sample[]>();
  private readonly watches = new Set<ToldWatch>();
  private report: BesideReport;
  private wantedStop: { readonly savepoint: boolean } | undefined;
  private cancelSilence: (() => void) | undefined;
  private resolveEnded: (end: RunEnd) => void = () => undefined;

  constructor(pipelineId: string, report: BesideReport, clock: Clock, onEnd: () => void) {
    this.pipelineId = pipelineId;
    this.process = report.process;
    this.runId = `process ${report.process}`;
    this.report = report;
    this.clock = clock;
    this.ended = new Promise<RunEnd>((resolve) => {
      this.resolveEnded = resolve;
    });
    void this.ended.then(onEnd);
  }

  take(report: BesideReport): BesideWish {
    this.report = report;
    for (const [edge, samples] of Object.entries(report.samples)) {
      this.kept.set(edge, [...(this.kept.get(edge) ?? []), ...samples].slice(-SAMPLES));
      for (const watch of this.watches) watch.add(edge, samples);
    }
    this.cancelSilence?.();
    if (report.ended) this.end({ state: report.run.state === "finished" ? "finished" : "stopped" });
    else this.cancelSilence = this.clock.after(SILENT_MS, () => this.end({ state: "stopped" }));
    const edges = [...new Set([...this.watches].flatMap((watch) => watch.edges))];
    return { edges, againInMs: this.watches.size > 0 ? LOOKED_AT_MS : ALONE_MS, ...(this.wantedStop && { stop: this.wantedStop }) };
  }

  end(how: RunEnd): void {
    this.cancelSilence?.();
    this.resolveEnded(how);
  }

  status() {
    return this.report.run;
  }

  nodes() {
    return this.report.nodes;
  }

  async samples(edge: string) {
    return this.kept.get(edge) ?? [];
  }

  watch(edges: readonly string[]): Watch {
    const watch = new ToldWatch(edges, this);
    this.watches.add(watch);
    return { frame: () => watch.frame(), close: () => void this.watches.delete(watch) };
  }

  async stop({ savepoint }: { readonly savepoint: boolean }): Promise<void> {
    this.wantedStop = { savepoint };
    await this.ended;
  }

  savepoint(): Promise<never> {
    return Promise.reject(new Error(`process ${this.process} runs it, which makes a savepoint when it is stopped`));
  }

  replay(): Promise<never> {
    return Promise.reject(new Error(`process ${this.process} runs it and keeps its dead letters`));
  }
}

class ToldWatch {
  readonly edges: readonly string[];
  private readonly run: ToldRun;
  private fresh: Record<string, Sample[]> = {};

  constructor(edges: readonly string[], run: ToldRun) {
    this.edges = edges;
    this.run = run;
  }

  add(edge: string, samples: readonly Sample[]): void {
    if (this.edges.includes(edge)) this.fresh[edge] = [...(this.fresh[edge] ?? []), ...samples].slice(-SAMPLES);
  }

  frame(): ReturnType<Watch["frame"]> {
    const samples = this.fresh;
    this.fresh = {};
    return { nodes: this.run.nodes(), samples };
  }
}
