/** Automatic layout, worked out in a worker: along the flow, stable (what was above stays above), one step for undo. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { ElkNode } from "elkjs/lib/elk-api.js";
import { place } from "../edits/add.ts";
import { endsOf, readingOrder } from "../edits/graph.ts";
import { edit, useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import { layOut } from "./lay-out.ts";
import { geometryOf } from "./scene.ts";
import { viewport } from "./viewport.ts";

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "100",
  "elk.spacing.nodeNode": "30",
  "elk.spacing.componentComponent": "60",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
};

/** Moves the nodes (default: all); a part of the drawing stays where its upper left corner was. */
export async function arrange(nodeIds?: readonly string[]): Promise<void> {
  const { document, pipelineId } = useDocument.getState();
  const only = nodeIds && new Set(nodeIds);
  const ids = readingOrder(document).filter((id) => !only || only.has(id));
  if (ids.length === 0) return;
  const laidOut = await layOut(elkGraph(document, ids));
  // Whoever drew on meanwhile wins.
  if (useDocument.getState().pipelineId !== pipelineId || useDocument.getState().document.nodes !== document.nodes) return;
  const boxes = ids.flatMap((id) => document.layout?.nodes?.[id] ?? []);
  const corner =
    only && boxes.length > 0 ? { x: Math.min(...boxes.map(({ x }) => x)), y: Math.min(...boxes.map(({ y }) => y)) } : { x: 0, y: 0 };
  const children = laidOut.children ?? [];
  const left = Math.min(...children.map(({ x }) => x ?? 0));
  const top = Math.min(...children.map(({ y }) => y ?? 0));
  edit("step.layout", (draft) => {
    for (const { id, x = 0, y = 0 } of children) place(draft, id, { x: corner.x + x - left, y: corner.y + y - top });
    if (!only) moveNotes(document, draft);
  });
  viewport()?.fit(only ? [...only] : undefined);
}

/** A note stays beside the node that it stood nearest to. */
function moveNotes(before: PipelineDocument, draft: PipelineDocument): void {
  const nodes = Object.entries(before.layout?.nodes ?? {});
  for (const [id, box] of Object.entries(before.layout?.notes ?? {})) {
    const distance = (x: number, y: number) => Math.hypot(x - box.x, y - box.y);
    const [nearest] = nodes.toSorted(([, one], [, other]) => distance(one.x, one.y) - distance(other.x, other.y));
    const now = nearest && draft.layout?.nodes?.[nearest[0]];
    const note = draft.layout?.notes?.[id];
    if (!nearest || !now || !note) continue;
    note.x = box.x + now.x - nearest[1].x;
    note.y = box.y + now.y - nearest[1].y;
  }
}

function elkGraph(document: PipelineDocument, ids: readonly string[]): ElkNode {
  const taken = new Set(ids);
  const edges = document.edges.filter((edge) => {
    const { source, target } = endsOf(edge);
    return taken.has(source) && taken.has(target);
  });
  const children = ids.map((id): ElkNode => {
    const node = document.nodes[id];
    if (!node) throw new Error(`no node ${id}`);
    const used = { inputs: new Set<string>(), outputs: new Set<string>() };
    const { width, height, ports } = geometryOf(node, specs.get(node.type), used);
    return {
      id,
      width,
      height,
      layoutOptions: { "elk.portConstraints": "FIXED_POS" },
      ports: ports.map((port) => ({
        id: `${id}.${port.type}.${port.id}`,
        x: port.x,
        y: port.y,
        width: 0,
        height: 0,
        layoutOptions: { "elk.port.side": port.y >= height ? "SOUTH" : port.type === "source" ? "EAST" : "WEST" },
      })),
    };
  });
  const known = new Set(children.flatMap(({ ports }) => (ports ?? []).map(({ id }) => id)));
  return {
    id: "root",
    layoutOptions: OPTIONS,
    children,
    edges: edges.map((edge, index) => {
      const { source, sourcePort, target, targetPort } = endsOf(edge);
      const from = `${source}.source.${sourcePort}`;
      const to = `${target}.target.${targetPort}`;
      return { id: `e${index}`, sources: [known.has(from) ? from : source], targets: [known.has(to) ? to : target] };
    }),
  };
}
