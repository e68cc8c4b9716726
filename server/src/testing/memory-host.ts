/** A run host that runs nothing: tests of the routes and of the supervisor see what was asked of it, and end its runs by hand. */
import type { DeadLetter, NodeLive, Sample, SchemaProposal, TryResult } from "../api.ts";
import type { ProposeSchema, RestorePlan, RunEnd, RunHandle, RunHost, SavedState, StartRun, TryPipeline } from "../runs/run-host.ts";

interface MemoryRun extends RunHandle {
  readonly request: StartRun;
  /** Ends it from inside. */
  end(how: RunEnd): void;
  readonly stops: { savepoint: boolean }[];
  /** The next stop rejects with this. */
  stopFailure: Error | undefined;
  /** By edge. */
  readonly kept: Map<string, Sample[]>;
  counts: Record<string, NodeLive>;
  readonly watched: Set<string>;
  readonly replayed: { ids: readonly string[]; text: string | undefined }[];
}

export interface MemoryHost extends RunHost {
  readonly runs: MemoryRun[];
  /** Starts reject with this while it is set. */
  startFailure: Error | undefined;
  readonly letters: Map<string, DeadLetter[]>;
  /** By pipeline, newest first. */
  readonly states: Map<string, readonly SavedState[]>;
  /** What `planRestore` says of the nodes. */
  plan: RestorePlan["nodes"];
  readonly tries: TryPipeline[];
  readonly proposals: ProposeSchema[];
  /** What it proposes. */
  proposal: SchemaProposal | undefined;
  closed: boolean;
}

export function createMemoryHost(now: () => number = Date.now): MemoryHost {
  const host: MemoryHost = {
    runs: [],
    startFailure: undefined,
    letters: new Map(),
    states: new Map(),
    plan: [],
    tries: [],
    proposals: [],
    proposal: undefined,
    closed: false,
    getReady: async () => undefined,
    async startRun(request) {
      if (host.startFailure) throw host.startFailure;
      const active = host.runs.find((run) => run.pipelineId === request.pipelineId && run.status().state === "running");
      if (active) throw new Error(`${request.pipelineId} runs already`);
      const run = createRun(host, request, now);
      host.runs.push(run);
      return run;
    },
    savedState: async (id) => host.states.get(id)?.[0],
    savepoints: async (id) => host.states.get(id) ?? [],
    async deleteSavepoint(id, savepoint) {
      const states = host.states.get(id) ?? [];
      const kept = states.filter((state) => state.id !== savepoint || state.kind !== "savepoint");
      host.states.set(id, kept);
      return kept.length < states.length;
    },
    async planRestore({ pipelineId, from }) {
      const states = host.states.get(pipelineId) ?? [];
      const state = from === "newest" ? states[0] : states.find(({ id }) => id === from.savepoint);
      return state && { from: state, nodes: host.plan };
    },
    async deadLetters(id, query) {
      const all = (host.letters.get(id) ?? []).filter((letter) => query.node === undefined || letter.nodeId === query.node);
      const from = query.before === undefined ? 0 : all.findIndex((letter) => letter.id === query.before) + 1;
      const letters = all.slice(from, from + query.limit);
      const last = letters.at(-1);
      return { total: all.length, removed: 0, letters, ...(last && from + query.limit < all.length ? { next: last.id } : {}) };
    },
    async forget(id) {
      host.states.delete(id);
      host.letters.delete(id);
    },
    async tryPipeline(request): Promise<TryResult> {
      host.tries.push(request);
      return { problems: [], ports: {}, counters: {}, inputs: {}, unread: {} };
    },
    async proposeSchema(request) {
      host.proposals.push(request);
      return host.proposal;
    },
    async close() {
      host.closed = true;
    },
  };
  return host;
}

function createRun(host: MemoryHost, request: StartRun, now: () => number): MemoryRun {
  const { pipelineId, runId } = request;
  const startedAt = now();
  let state: ReturnType<RunHandle["status"]>["state"] = "running";
  let settle: (end: RunEnd) => void = () => undefined;
  const ended = new Promise<RunEnd>((resolve) => {
    settle = resolve;
  });
  const run: MemoryRun = {
    request,
    pipelineId,
    runId,
    stops: [],
    stopFailure: undefined,
    kept: new Map(),
    counts: {},
    watched: new Set(),
    replayed: [],
    ended,
    end(how) {
      state = how.state;
      keepState(host, request, "checkpoint", now());
      settle(how);
    },
    status: () => ({ state, startedAt, deadLetters: host.letters.get(pipelineId)?.length ?? 0 }),
    nodes: () => run.counts,
    samples: async (edge) => run.kept.get(edge) ?? [],
    watch(edges) {
      const seen = new Map<string, number>();
      for (const edge of edges) run.watched.add(edge);
      return {
        frame() {
          const samples = edges.flatMap((edge) => {
            const fresh = (run.kept.get(edge) ?? []).filter(({ seq }) => seq > (seen.get(edge) ?? -1));
            const last = fresh.at(-1);
            if (last) seen.set(edge, last.seq);
            return fresh.length > 0 ? [[edge, fresh] as const] : [];
          });
          return { nodes: run.counts, samples: Object.fromEntries(samples) };
        },
        close() {
          for (const edge of edges) run.watched.delete(edge);
        },
      };
    },
    async stop(options) {
      if (run.stopFailure) throw run.stopFailure;
      run.stops.push(options);
      if (state !== "running") return;
      run.end({ state: "stopped" });
      if (options.savepoint) keepState(host, request, "savepoint", now());
    },
    async savepoint() {
      if (run.stopFailure) throw run.stopFailure;
      return keepState(host, request, "savepoint", now());
    },
    async replay(ids, text) {
      run.replayed.push({ ids, text });
      return ids.length;
    },
  };
  return run;
}

/** Checkpoints take the place of the one before, savepoints stay. */
function keepState(host: MemoryHost, { pipelineId, version }: StartRun, kind: SavedState["kind"], at: number): SavedState {
  const before = (host.states.get(pipelineId) ?? []).filter((state) => state.retained);
  const state = { id: `${kind}-${before.length + 1}`, kind, at, version, bytes: 100, retained: kind === "savepoint" };
  host.states.set(pipelineId, [state, ...before]);
  return state;
}
