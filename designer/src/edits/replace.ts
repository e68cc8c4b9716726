/** Another node type in a node's place, with the edges and params that fit it. Writes to a draft inside `edit`. */
import type { NodeSpec, Params } from "@millrace/engine/node";
import type { Edge, PipelineDocument } from "@millrace/engine/pipeline";
import { portNames } from "../canvas/card-geometry.ts";
import { endsOf } from "./graph.ts";
import { freshId, freshName } from "./ids.ts";
import { remove } from "./remove.ts";

/**
 * Answers the new node's id. It is another one than before: state is found by it, and what a node of another type remembers is nothing that this one could go on from. The name is kept
 * when somebody gave it (`ownName`), else it is made from `title`.
 */
export function replaceNode(draft: PipelineDocument, nodeId: string, spec: NodeSpec, title: string, ownName: boolean): string | undefined {
  const before = draft.nodes[nodeId];
  if (!before) return undefined;
  const { type: _, name, params, ...rest } = structuredClone(before);
  const place = draft.layout?.nodes?.[nodeId];
  const edges = draft.edges.map(({ from, to }) => ({ from, to }));
  const groups = Object.values(draft.groups ?? {}).filter(({ nodes }) => nodes.includes(nodeId));
  const names = new Set(Object.values(draft.nodes).map((node) => node.name));
  const newName = ownName ? name : freshName(title, names);
  const id = freshId(newName, spec.type, (one) => Object.hasOwn(draft.nodes, one) || Object.hasOwn(Object.prototype, one));
  const kept = fittingParams(spec, params);
  draft.nodes[id] = { type: spec.type, name: newName, params: kept as PipelineDocument["nodes"][string]["params"], ...rest };
  if (place && draft.layout?.nodes) draft.layout.nodes[id] = { ...place };
  for (const group of groups) group.nodes = [...group.nodes, id];
  remove(draft, { nodes: [nodeId], edges: [], notes: [] });
  draft.edges = rewired(edges, nodeId, id, spec, portNames(spec, kept));
  return id;
}

/** The params that the type has as well and that are no problem there; a param at a time, since one that is missing must not cost the others. */
export function fittingParams({ params: schema }: NodeSpec, old: Params): Params {
  let kept: Params = {};
  for (const [name, value] of Object.entries(old)) {
    const issues = schema.safeParse({ ...kept, [name]: value }).error?.issues ?? [];
    const isRefused = issues.some((issue) =>
      // A type whose params depend on a choice that was not made says no more than that.
      issue.code === "unrecognized_keys" ? issue.keys.includes(name) : issue.path[0] === name || issue.code === "invalid_union",
    );
    if (!isRefused) kept = { ...kept, [name]: value };
  }
  return kept;
}

/** Ports of the same name are joined as before; an input else to the first that is free, an output to the main one. */
function rewired(
  edges: readonly Edge[],
  oldId: string,
  newId: string,
  { manyEdgesPerInput }: NodeSpec,
  { inputs, outputs }: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): Edge[] {
  const taken = new Set<string>();
  const wanted = new Set(edges.map((edge) => endsOf(edge)).flatMap(({ target, targetPort }) => (target === oldId ? [targetPort] : [])));
  const inputFor = (port: string): string | undefined => {
    const free = (one: string) => manyEdgesPerInput || !taken.has(one);
    const found = inputs.includes(port) && free(port) ? port : inputs.find((one) => free(one) && (manyEdgesPerInput || !wanted.has(one)));
    if (found !== undefined) taken.add(found);
    return found;
  };
  const outputFor = (port: string) => (outputs.includes(port) ? port : outputs.find((one) => one !== "error"));
  const result = new Map<string, Edge>();
  for (const edge of edges) {
    const { source, sourcePort, target, targetPort } = endsOf(edge);
    const output = source === oldId ? outputFor(sourcePort) : sourcePort;
    const input = target === oldId ? inputFor(targetPort) : targetPort;
    if (output === undefined || input === undefined) continue;
    const next = { from: source === oldId ? `${newId}.${output}` : edge.from, to: target === oldId ? `${newId}.${input}` : edge.to };
    result.set(`${next.from}->${next.to}`, next);
  }
  return [...result.values()];
}
