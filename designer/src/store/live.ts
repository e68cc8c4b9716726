/**
 * Numbers and samples of the run, as they come in four times a second. They live outside of React state: a component that shows a number subscribes to that
 * one number, or writes it to a text node itself (`onNodeLive`), so that a frame costs what it changes and not what is drawn.
 */
import type { LiveFrame, NodeLive, RunStatus, Sample } from "@millrace/server/api";
import { useCallback, useSyncExternalStore } from "react";
import { openLiveStream } from "../server.ts";
import { parseEdgeKey } from "./edge-key.ts";

export type PortLive = NodeLive["out"][string];
type Listener = () => void;

/** Samples kept per edge, as many as a run keeps unless it is told otherwise; older ones go. */
const MAX_SAMPLES = 1_000;
/** Watched edges come and go in bursts (a selection moves); the stream is opened anew once per burst. */
const REOPEN_MS = 60;

const NO_SAMPLES: readonly Sample[] = [];

let pipelineId: string | undefined;
/** What stands before the ids of what is seen, as the run knows them: "visits/" inside of a use of a fragment. */
let within = "";
let run: RunStatus | undefined;
let connected = false;
let nodes: Readonly<Record<string, NodeLive>> = {};
const samples = new Map<string, readonly Sample[]>();
const watched = new Map<string, number>();
let close: (() => void) | undefined;
let reopening: ReturnType<typeof setTimeout> | undefined;

const nodeListeners = new Map<string, Set<Listener>>();
const sampleListeners = new Map<string, Set<Listener>>();
const runListeners = new Set<Listener>();

/** Follows a pipeline's run (or none), from nothing; with the way to a use of a fragment what runs inside of that, under the ids that its nodes have there. */
export function followRun(id: string | undefined, status?: RunStatus, way: readonly string[] = []): void {
  close?.();
  close = undefined;
  pipelineId = id;
  within = way.map((use) => `${use}/`).join("");
  run = status && seenInside(status);
  connected = false;
  nodes = {};
  samples.clear();
  for (const listeners of nodeListeners.values()) call(listeners);
  for (const listeners of sampleListeners.values()) call(listeners);
  call(runListeners);
  reopen();
}

/** How the run knows a node, a port ("a.out") or an edge ("a.out->b.in") of what is seen. */
export function placeInRun(place: string): string {
  return place
    .split("->")
    .map((end) => within + end)
    .join("->");
}

/** The other way round: undefined for what is not there to be seen. */
export function placeSeen(place: string): string | undefined {
  const ends = place.split("->");
  return ends.every((end) => end.startsWith(within)) ? ends.map((end) => end.slice(within.length)).join("->") : undefined;
}

function seenInside(status: RunStatus): RunStatus {
  const { failure } = status;
  const nodeId = failure?.nodeId === undefined ? undefined : placeSeen(failure.nodeId);
  return failure && nodeId !== undefined ? { ...status, failure: { ...failure, nodeId } } : status;
}

function partSeen<T>(all: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  if (within === "") return all;
  return Object.fromEntries(
    Object.entries(all).flatMap(([place, one]) => {
      const seen = placeSeen(place);
      return seen === undefined ? [] : [[seen, one]];
    }),
  );
}

/** The answer of a call that changed the run, without waiting for the next frame. */
export function setRunStatus(status: RunStatus): void {
  run = seenInside(status);
  if (!isMoving(status)) {
    nodes = atRest(nodes);
    for (const listeners of nodeListeners.values()) call(listeners);
  }
  call(runListeners);
}

/** Counts of a node; undefined while it is not part of a run. */
export function nodeLive(nodeId: string): NodeLive | undefined {
  return Object.hasOwn(nodes, nodeId) ? nodes[nodeId] : undefined;
}

/** Counts of an edge ("a.out->b.in") or an output port ("a.out"). */
export function edgeLive(key: string): PortLive | undefined {
  const ref = parseEdgeKey(key)?.from ?? key;
  const dot = ref.indexOf(".");
  const out = nodeLive(ref.slice(0, dot))?.out;
  const port = ref.slice(dot + 1);
  return out && Object.hasOwn(out, port) ? out[port] : undefined;
}

export function runStatus(): RunStatus | undefined {
  return run;
}

/** Calls back when the node's counts changed. For text written without React. */
export function onNodeLive(nodeId: string, listener: Listener): () => void {
  return listen(nodeListeners, nodeId, listener);
}

export function useNodeLive(nodeId: string): NodeLive | undefined {
  return useSyncExternalStore(
    useCallback((listener: Listener) => onNodeLive(nodeId, listener), [nodeId]),
    () => nodeLive(nodeId),
  );
}

export function useEdgeLive(key: string): PortLive | undefined {
  const nodeId = key.slice(0, key.indexOf("."));
  return useSyncExternalStore(
    useCallback((listener: Listener) => onNodeLive(nodeId, listener), [nodeId]),
    () => edgeLive(key),
  );
}

export function useRunStatus(): RunStatus | undefined {
  return useSyncExternalStore(onRun, runStatus);
}

/** The word alone: changes seldom, while the whole status is new with every frame. */
export function useRunState(): RunStatus["state"] | undefined {
  return useSyncExternalStore(onRun, () => run?.state);
}

export function useRunId(): string | undefined {
  return useSyncExternalStore(onRun, () => run?.runId);
}

export function useRunVersion(): number | undefined {
  return useSyncExternalStore(onRun, () => run?.version);
}

/** With which the run was deployed; undefined: every alias means what is built in. */
export function useRunEnvironment(): string | undefined {
  return useSyncExternalStore(onRun, () => run?.environment);
}

/** Id of the process beside the server that runs it (`millrace run`). */
export function useRunProcess(): number | undefined {
  return useSyncExternalStore(onRun, () => run?.process);
}

/** Whether the stream is open; while it is not, the numbers are old. */
export function useConnected(): boolean {
  return useSyncExternalStore(onRun, () => connected);
}

/** Samples that are held of an edge or port, latest last; the same array until there are others. */
export function samplesOf(key: string): readonly Sample[] {
  return samples.get(key) ?? NO_SAMPLES;
}

/** Samples of a watched edge or port since it is watched, latest last. Watching is the caller's: `useEffect(() => watchEdges([key]), [key])`. */
export function useSamples(key: string | undefined): readonly Sample[] {
  return useSyncExternalStore(
    useCallback((listener: Listener) => (key === undefined ? () => undefined : listen(sampleListeners, key, listener)), [key]),
    () => (key === undefined ? NO_SAMPLES : samplesOf(key)),
  );
}

/** Calls back with what is held now, and with newer ones at most once in `everyMs`; the first ones, and none any more, at once. */
export function onSamples(key: string, everyMs: number, listener: (samples: readonly Sample[]) => void): () => void {
  let isEmpty = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function give(): void {
    clearTimeout(timer);
    timer = undefined;
    const now = samplesOf(key);
    isEmpty = now.length === 0;
    listener(now);
  }
  const stop = listen(sampleListeners, key, () => {
    if (isEmpty || samplesOf(key).length === 0) give();
    else timer ??= setTimeout(give, everyMs);
  });
  give();
  return () => {
    stop();
    clearTimeout(timer);
  };
}

/** Puts retained samples before those that came since; those that are there already are left as they are. */
export function addSamples(key: string, older: readonly Sample[]): void {
  const now = samples.get(key) ?? NO_SAMPLES;
  const known = new Set(now.map(({ seq }) => seq));
  const fresh = older.filter(({ seq }) => !known.has(seq));
  if (fresh.length === 0) return;
  samples.set(key, [...now, ...fresh].sort((one, other) => one.seq - other.seq).slice(-MAX_SAMPLES));
  call(sampleListeners.get(key));
}

/** Asks for samples of edges (or ports) until the answer is called. */
export function watchEdges(keys: readonly string[]): () => void {
  for (const key of keys) watched.set(key, (watched.get(key) ?? 0) + 1);
  reopen();
  return () => {
    for (const key of keys) {
      const count = (watched.get(key) ?? 0) - 1;
      if (count > 0) watched.set(key, count);
      else watched.delete(key);
    }
    reopen();
  };
}

/** Takes a frame in; exported for tests and for scenes without a server. */
export function takeFrame(frame: LiveFrame): void {
  const before = nodes;
  const restarted = frame.run.runId !== run?.runId;
  const seen = partSeen(frame.nodes);
  nodes = isMoving(frame.run) ? seen : atRest(seen);
  run = seenInside(frame.run);
  // A new run counts its samples from the start again.
  if (restarted) samples.clear();
  for (const [key, fresh] of Object.entries(partSeen(frame.samples))) {
    if (fresh.length === 0) continue;
    const kept = samples.get(key) ?? NO_SAMPLES;
    const newest = kept.at(-1)?.seq ?? -1;
    const newer = fresh.filter(({ seq }) => seq > newest);
    if (newer.length > 0) samples.set(key, [...kept, ...newer].slice(-MAX_SAMPLES));
    call(sampleListeners.get(key));
  }
  if (restarted) for (const listeners of sampleListeners.values()) call(listeners);
  for (const [id, listeners] of nodeListeners) if (!sameCounts(before[id], nodes[id])) call(listeners);
  call(runListeners);
}

function isMoving({ state }: RunStatus): boolean {
  return state === "running" || state === "starting" || state === "stopping" || state === "restarting";
}

/** Totals stay when a run has ended; its last rates would look as if it still ran. */
function atRest(counts: Readonly<Record<string, NodeLive>>): Readonly<Record<string, NodeLive>> {
  const still = (ports: NodeLive["in"]) => Object.fromEntries(Object.entries(ports).map(([port, live]) => [port, { ...live, rate: 0 }]));
  return Object.fromEntries(Object.entries(counts).map(([id, live]) => [id, { ...live, in: still(live.in), out: still(live.out) }]));
}

function reopen(): void {
  clearTimeout(reopening);
  if (pipelineId === undefined) return;
  reopening = setTimeout(() => {
    close?.();
    if (pipelineId === undefined) return;
    close = openLiveStream(pipelineId, [...watched.keys()].map(placeInRun).sort(), {
      onFrame: takeFrame,
      onConnected: (now) => {
        connected = now;
        call(runListeners);
      },
    });
  }, REOPEN_MS);
}

/** Calls back when the run's status changed, and after each frame. */
export function onRun(listener: Listener): () => void {
  runListeners.add(listener);
  return () => void runListeners.delete(listener);
}

function listen(all: Map<string, Set<Listener>>, key: string, listener: Listener): () => void {
  const listeners = all.get(key) ?? new Set();
  all.set(key, listeners);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && all.get(key) === listeners) all.delete(key);
  };
}

function call(listeners: ReadonlySet<Listener> | undefined): void {
  if (listeners) for (const listener of listeners) listener();
}

/** Frames are parsed anew each time: equal counts must not look new. */
function sameCounts(one: NodeLive | undefined, other: NodeLive | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
