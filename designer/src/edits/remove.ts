/** Taking nodes, edges and notes away. Functions write to a draft inside `edit`. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { edgeKey } from "../store/edge-key.ts";
import type { Selection } from "../store/selection.ts";
import { endsOf } from "./graph.ts";

/** Removes what is selected and every edge of a removed node. */
export function remove(draft: PipelineDocument, { nodes, edges, notes }: Selection): void {
  const gone = new Set(nodes);
  const cut = new Set(edges);
  for (const id of nodes) {
    delete draft.nodes[id];
    if (draft.layout?.nodes) delete draft.layout.nodes[id];
  }
  for (const id of notes) {
    if (draft.notes) delete draft.notes[id];
    if (draft.layout?.notes) delete draft.layout.notes[id];
  }
  const kept = draft.edges.filter((edge) => {
    const { source, target } = endsOf(edge);
    return !cut.has(edgeKey(edge)) && !gone.has(source) && !gone.has(target);
  });
  if (kept.length < draft.edges.length) draft.edges = kept;
  for (const [id, group] of Object.entries(draft.groups ?? {})) {
    const members = group.nodes.filter((node) => !gone.has(node));
    if (members.length === group.nodes.length) continue;
    if (members.length > 0) group.nodes = members;
    else delete draft.groups?.[id];
  }
}

/** Removes nodes and joins what came into each of them to what its main output fed. `takesMany` says of an input whether it may have several edges. */
export function removeAndReconnect(
  draft: PipelineDocument,
  nodes: readonly string[],
  mainOutput: (nodeId: string) => string | undefined,
  takesMany: (nodeId: string) => boolean,
): void {
  for (const id of nodes) {
    const main = `${id}.${mainOutput(id) ?? ""}`;
    const before = draft.edges.filter((edge) => endsOf(edge).target === id);
    const after = draft.edges.filter((edge) => edge.from === main);
    remove(draft, { nodes: [id], edges: [], notes: [] });
    for (const { to } of after)
      for (const { from } of before) {
        const edge = { from, to };
        const free = takesMany(endsOf(edge).target) || !draft.edges.some((one) => one.to === to);
        if (free && !draft.edges.some((one) => edgeKey(one) === edgeKey(edge))) draft.edges.push(edge);
      }
  }
}
