/**
 * The way of one record through the graph: the same origin found among the samples of other edges, and among the rows that ended at a
 * node. Samples are a choice, so what is not there was not necessarily dropped; a step says so only where the row was seen to end.
 */
import { ERROR_PORT } from "@millrace/engine/node";
import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import type { DeadLetter } from "@millrace/server/api";
import { type Difference, differencesOf } from "./difference.ts";
import { originText, type PreviewRecord } from "./record.ts";

export interface WayOut {
  /** Output port. */
  readonly port: string;
  readonly record: PreviewRecord;
  /** Against the record that came in; empty when it passed unchanged. */
  readonly differences: readonly Difference[];
}

export interface WayStep {
  readonly nodeId: string;
  /** Undefined at the source. */
  readonly in: PreviewRecord | undefined;
  readonly outs: readonly WayOut[];
  readonly what: "source" | "unchanged" | "changed" | "split" | "error" | "dropped" | "unseen" | "written";
  readonly error?: DeadLetter;
  /** Why it was dropped: a key of the spec's `dropReasons`. */
  readonly reason?: string | undefined;
}

/** Samples by edge, "a.out->b.in", or by unwired port, "a.out". */
export type SamplesByEdge = ReadonlyMap<string, readonly PreviewRecord[]>;

export interface WayQuestion {
  readonly document: PipelineDocument;
  readonly origin: string;
  readonly samples: SamplesByEdge;
  readonly deadLetters: readonly DeadLetter[];
  /** Samples of the rows that ended at a node, by node. */
  readonly dropped: ReadonlyMap<string, readonly PreviewRecord[]>;
}

/** Steps in the order of the graph, only nodes at which the record was seen. */
export function wayOf(question: WayQuestion): readonly WayStep[] {
  const { document, origin, samples } = question;
  const seen = new Map<string, readonly PreviewRecord[]>();
  for (const [edge, records] of samples) {
    const same = records.filter((record) => record.origin === origin);
    if (same.length > 0) seen.set(edge, same);
  }
  const steps: WayStep[] = [];
  for (const nodeId of inGraphOrder(document)) {
    const step = stepAt(nodeId, seen, question);
    if (step) steps.push(step);
  }
  return steps;
}

function stepAt(nodeId: string, seen: SamplesByEdge, { document, origin, deadLetters, dropped }: WayQuestion): WayStep | undefined {
  const arrived = document.edges
    .filter(({ to }) => parsePortRef(to).node === nodeId)
    .map(({ from, to }) => seen.get(`${from}->${to}`)?.[0]);
  const incoming = arrived.find((record) => record !== undefined);
  const hasInputs = arrived.length > 0;
  const outs = outsOf(nodeId, seen, incoming);
  const error = deadLetters.find((letter) => letter.nodeId === nodeId && letter.origin && originText(letter.origin) === origin);
  const ended = dropped.get(nodeId)?.find((record) => record.origin === origin);
  if (!incoming && outs.length === 0 && !error && !ended) return undefined;
  const base = { nodeId, in: incoming ?? (hasInputs ? ended : undefined), outs };
  if (error) return { ...base, what: "error", error };
  if (ended && outs.length === 0) return { ...base, what: "dropped", reason: ended.reason };
  if (!hasInputs) return { ...base, what: "source" };
  if (outs.some(({ port }) => port === ERROR_PORT)) return { ...base, what: "error" };
  if (outs.length > 1) return { ...base, what: "split" };
  const out = outs[0];
  if (out) return { ...base, what: out.differences.length > 0 ? "changed" : "unchanged" };
  if (!document.edges.some(({ from }) => parsePortRef(from).node === nodeId)) return { ...base, what: "written" };
  return { ...base, what: "unseen" };
}

function outsOf(nodeId: string, seen: SamplesByEdge, incoming: PreviewRecord | undefined): readonly WayOut[] {
  const outs: WayOut[] = [];
  const ports = new Set<string>();
  for (const [edge, records] of seen) {
    const { node, port } = parsePortRef(edge.split("->")[0] as string);
    if (node !== nodeId || ports.has(port)) continue;
    ports.add(port);
    for (const record of records) {
      outs.push({ port, record, differences: incoming ? differencesOf(incoming.value, record.value) : [] });
    }
  }
  return outs;
}

/** Sources first; ties in the order of the document; nodes of a cycle (a draft may have one) at the end. */
export function inGraphOrder(document: PipelineDocument): readonly string[] {
  const waiting = new Map(Object.keys(document.nodes).map((id) => [id, 0]));
  for (const { to } of document.edges) {
    const { node } = parsePortRef(to);
    waiting.set(node, (waiting.get(node) ?? 0) + 1);
  }
  const order: string[] = [];
  const ready = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.push(id);
    for (const { from, to } of document.edges) {
      if (parsePortRef(from).node !== id) continue;
      const next = parsePortRef(to).node;
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return [...order, ...Object.keys(document.nodes).filter((id) => !order.includes(id))];
}
