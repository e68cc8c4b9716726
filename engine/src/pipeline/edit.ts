/** What the editor's commands must know before they change a document. Pure functions: the canvas asks, the commands change. */
import { edgeName } from "./analyze-edges.ts";
import type { Edge, PipelineDocument } from "./document.ts";
import { ID, parsePortRef } from "./document.ts";
import { pathBetween } from "./graph-order.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";
import type { TypedGraph } from "./typed-graph.ts";

const MAX_ID = 64;

/**
 * An id for a new node, made from its first name: "Page view" → "page-view", "page-view-2" when that is taken. Names without Latin letters fall
 * back to `otherwise` (the node's type). Ids never change, for state is found by them.
 */
export function newId(document: PipelineDocument, fromName: string, otherwise = "node"): string {
  const base = slug(fromName) || slug(otherwise) || "node";
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? "" : `-${n}`;
    const id = base.slice(0, MAX_ID - suffix.length) + suffix;
    if (!Object.hasOwn(document.nodes, id) && !(id in Object.prototype)) return id;
  }
}

function slug(name: string): string {
  const latin = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, MAX_ID);
  return ID.test(latin) ? latin : "";
}

/** The nodes along the circle that the edge would close, the first repeated at the end; undefined when it closes none. */
export function cyclesWith(document: PipelineDocument, edge: Edge): readonly string[] | undefined {
  const successors = new Map<string, string[]>(Object.keys(document.nodes).map((id) => [id, []]));
  for (const { from, to } of document.edges) successors.get(parsePortRef(from).node)?.push(parsePortRef(to).node);
  const [from, to] = [parsePortRef(edge.from).node, parsePortRef(edge.to).node];
  const back = pathBetween(successors, to, from);
  return back && [from, ...back];
}

export type ConnectAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: Problem };

/**
 * Whether an edge may be drawn from an output to an input ("node.port" each), or why not. A taken input is no: commands that replace the edge there
 * ask with a graph that has it not. Nodes that the graph does not know (of an unknown type) take no edges.
 */
export function canConnect(graph: TypedGraph, from: string, to: string): ConnectAnswer {
  const edge = { from, to };
  const name = edgeName(edge);
  const [source, target] = [parsePortRef(from), parsePortRef(to)];
  const no = (reason: Problem): ConnectAnswer => ({ ok: false, reason });
  const nodeOf = (id: string) => graph.nodes.find((node) => node.id === id);
  const [sourceNode, targetNode] = [nodeOf(source.node), nodeOf(target.node)];
  if (!sourceNode) return no(problem("graph.unknown-node", { edge: name, node: source.node }));
  if (!targetNode) return no(problem("graph.unknown-node", { edge: name, node: target.node }));
  const output = Object.hasOwn(sourceNode.outputs, source.port) ? sourceNode.outputs[source.port] : undefined;
  const input = Object.hasOwn(targetNode.inputs, target.port) ? targetNode.inputs[target.port] : undefined;
  if (!output) return no(problem("graph.unknown-output", { edge: name, ...source, ports: Object.keys(sourceNode.outputs) }));
  if (!input) return no(problem("graph.unknown-input", { edge: name, ...target, ports: Object.keys(targetNode.inputs) }));
  if (input.edges.some((there) => there.from === from)) return no(problem("graph.duplicate-edge", { edge: name }));
  if (input.edges.length > 0 && !targetNode.spec.manyEdgesPerInput)
    return no(problem("graph.input-taken", { port: target.port, from: [...input.edges.map((there) => there.from), from] }));
  const cycle = cyclesWith(graph.document, edge);
  if (cycle) return no(problem("graph.cycle", { nodes: cycle }));
  const accepts = targetNode.spec.accepts ?? ["append"];
  if (output.known && !accepts.includes(output.changelog.mode))
    return no(problem("graph.changelog", { port: target.port, mode: output.changelog.mode, accepts }));
  return { ok: true };
}
