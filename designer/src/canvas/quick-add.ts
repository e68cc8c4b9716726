/** The list for adding a node where one works: what opened it, and what a choice does. */
import type { NodeSpec } from "@millrace/engine/node";
import { parsePortRef } from "@millrace/engine/pipeline";
import { create } from "zustand";
import { addNode, connectNew, freeOutput, freePlace, mainPorts, makeRoom, type Point, placeAfter, splice } from "../edits/add.ts";
import { whyNotKinds } from "../edits/fits.ts";
import { endsOf } from "../edits/graph.ts";
import { replaceNode } from "../edits/replace.ts";
import { say } from "../i18n/i18n.ts";
import { useAnalysis } from "../store/analysis.ts";
import { edit, useDocument } from "../store/document.ts";
import { edgeKey, parseEdgeKey } from "../store/edge-key.ts";
import { select } from "../store/selection.ts";
import { carry, offeredSpecs, specs } from "../store/specs.ts";
import { CARD_WIDTH } from "./card-geometry.ts";
import { viewport } from "./viewport.ts";

export interface QuickAdd {
  /** Where the list opens, on the screen. */
  readonly screen: Point;
  /** Where the node goes, on the drawing. */
  readonly at: Point;
  /** The port whose edge was dropped in the void: the node is joined to it. */
  readonly from?: string;
  /** The edge that the node goes into. */
  readonly edge?: string;
  /** The node whose place it takes. */
  readonly replaces?: string;
}

export const useQuickAdd = create<{ readonly open: QuickAdd | undefined }>()(() => ({ open: undefined }));

export function openQuickAdd(open: QuickAdd): void {
  useQuickAdd.setState({ open });
}

/** Behind the selected node if one is selected alone, into the selected edge, else at the pointer. */
export function openQuickAddHere(selectedNode: string | undefined, selectedEdge: string | undefined): void {
  const view = viewport();
  const screen = view?.pointer() ?? view?.middle() ?? { x: 200, y: 200 };
  const at = view?.toDrawing(screen) ?? { x: 0, y: 0 };
  const { document } = useDocument.getState();
  if (selectedEdge !== undefined) {
    openQuickAdd({ screen, at: middleOfEdge(selectedEdge) ?? at, edge: selectedEdge });
    return;
  }
  const typed = selectedNode === undefined ? undefined : useAnalysis.getState().nodesById.get(selectedNode);
  const output = typed && freeOutput(document, typed.id, typed.spec);
  if (selectedNode === undefined || output === undefined) openQuickAdd({ screen, at });
  else openQuickAdd({ screen, at: placeAfter(document, selectedNode), from: `${selectedNode}.${output}` });
}

/** Beside the node, which gives its place, edges and what fits of its params. */
export function openReplace(nodeId: string): void {
  const view = viewport();
  const at = useDocument.getState().document.layout?.nodes?.[nodeId] ?? { x: 0, y: 0 };
  openQuickAdd({ screen: view?.toScreen({ x: at.x + CARD_WIDTH + 12, y: at.y }) ?? { x: 200, y: 200 }, at, replaces: nodeId });
}

export function closeQuickAdd(): void {
  useQuickAdd.setState({ open: undefined });
  viewport()?.focus();
}

/** The node types that a choice makes sense of, given what opened the list. */
export function offered({ from, edge, replaces }: QuickAdd): NodeSpec[] {
  if (replaces !== undefined) return replacements(replaces);
  const ref = edge === undefined ? from : parseEdgeKey(edge)?.from;
  const all = offeredSpecs();
  if (ref === undefined) return all;
  const { node, port } = parsePortRef(ref);
  const changelog = useAnalysis.getState().nodesById.get(node)?.outputs[port]?.changelog;
  return all.filter((spec) => {
    const { input, output } = mainPorts(spec);
    return input !== undefined && (edge === undefined || output !== undefined) && !whyNotKinds(spec, input, {}, changelog);
  });
}

/** Types that can take what comes in and give what goes on. */
function replacements(nodeId: string): NodeSpec[] {
  const { document } = useDocument.getState();
  const ends = document.edges.map(endsOf);
  const hasInput = ends.some(({ target }) => target === nodeId);
  const hasOutput = ends.some(({ source, sourcePort }) => source === nodeId && sourcePort !== "error");
  const type = document.nodes[nodeId]?.type;
  return offeredSpecs().filter((spec) => {
    const { input, output } = mainPorts(spec);
    return spec.type !== type && (!hasInput || input !== undefined) && (!hasOutput || output !== undefined);
  });
}

/** Adds a node of the type and answers its id. */
export function addChosen(spec: NodeSpec, { at, from, edge: key, replaces }: QuickAdd): string | undefined {
  if (replaces !== undefined) return replaceChosen(spec, replaces);
  const edge = key === undefined ? undefined : parseEdgeKey(key);
  let id: string | undefined;
  edit(edge ? "step.splice" : "step.add", (draft) => {
    carry(draft, spec.type);
    id = addNode(draft, spec, edge ? at : freePlace(draft, at), say(spec.title));
    if (edge && splice(draft, edge, id, spec)) makeRoom(draft, edge, id);
    else if (from !== undefined) connectNew(draft, from, id, spec);
  });
  if (id !== undefined) select({ nodes: [id] });
  return id;
}

function replaceChosen(spec: NodeSpec, nodeId: string): string | undefined {
  const node = useDocument.getState().document.nodes[nodeId];
  const titles = Object.values(specs.get(node?.type ?? "")?.title ?? {});
  const isOwnName = !titles.includes(node?.name.replace(/ \d+$/, "") ?? "");
  let id: string | undefined;
  edit("step.replace", (draft) => {
    carry(draft, spec.type);
    id = replaceNode(draft, nodeId, spec, say(spec.title), isOwnName);
  });
  if (id !== undefined) select({ nodes: [id] });
  return id;
}

/** Where a node that goes into an edge comes to lie. */
export function middleOfEdge(key: string): Point | undefined {
  const edge = parseEdgeKey(key);
  const { document } = useDocument.getState();
  if (!edge || !document.edges.some((one) => edgeKey(one) === key)) return undefined;
  const { source, target } = endsOf(edge);
  const boxes = document.layout?.nodes ?? {};
  const [one, other] = [boxes[source], boxes[target]];
  if (!one || !other) return undefined;
  return { x: Math.max((one.x + other.x) / 2, one.x + CARD_WIDTH + 50), y: (one.y + other.y) / 2 };
}
