/** The part of a draft that decides which rows leave a node: what is tried for an expression's values, whatever is half written elsewhere. */
import type { NodeSpec } from "@millrace/engine/node";
import { type PipelineDocument, type PipelineNode, parsePortRef } from "@millrace/engine/pipeline";
import { upstreamOf } from "./draft-difference.ts";

/**
 * The node, all nodes above it, and those that feed their topics within the pipeline; settings, schemas and parameters as they are. What does not bear on rows (names,
 * places on the canvas, notes) is left out, so that two answers are equal exactly when the rows are.
 */
export function upstreamDocument(document: PipelineDocument, nodeId: string, specs: ReadonlyMap<string, NodeSpec>): PipelineDocument {
  const ids = withTopicFeeders(document, nodeId, specs);
  const nodes = Object.entries(document.nodes).filter(([id]) => ids.has(id));
  const { formatVersion, timeZone, parameters, connections, schemas, fragments } = document;
  return {
    formatVersion,
    name: "draft",
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(parameters && { parameters }),
    ...(connections && { connections }),
    ...(schemas && { schemas }),
    ...(fragments && { fragments }),
    nodes: Object.fromEntries(nodes.map(([id, node]) => [id, withoutLooks(node)])),
    edges: document.edges.flatMap(({ from, to }) =>
      ids.has(parsePortRef(from).node) && ids.has(parsePortRef(to).node) ? [{ from, to }] : [],
    ),
  };
}

function withoutLooks({ type, params, disabled }: PipelineNode): PipelineNode {
  return { type, name: type, params, ...(disabled === undefined ? {} : { disabled }) };
}

/** A topic that is read above may be one that the pipeline itself writes. */
function withTopicFeeders(document: PipelineDocument, nodeId: string, specs: ReadonlyMap<string, NodeSpec>): ReadonlySet<string> {
  const ids = new Set(upstreamOf(document, nodeId));
  for (let known = -1; known < ids.size; ) {
    known = ids.size;
    const read = new Set([...ids].filter((id) => !hasInput(document, id)).flatMap((id) => topicsOf(document, id, specs)));
    for (const id of Object.keys(document.nodes)) {
      if (ids.has(id) || !hasInput(document, id) || !topicsOf(document, id, specs).some((topic) => read.has(topic))) continue;
      for (const feeder of upstreamOf(document, id)) ids.add(feeder);
    }
  }
  return ids;
}

function hasInput(document: PipelineDocument, id: string): boolean {
  return document.edges.some(({ to }) => parsePortRef(to).node === id);
}

/** What a spec says of params that are half typed is a help, not a promise. */
function topicsOf(document: PipelineDocument, nodeId: string, specs: ReadonlyMap<string, NodeSpec>): readonly string[] {
  const node = document.nodes[nodeId];
  try {
    const targets = (node && specs.get(node.type)?.targets?.(node.params, { pipelineId: "", nodeId })) ?? [];
    return targets.map(({ kind, name }) => `${kind} ${name}`);
  } catch {
    return [];
  }
}
