/** New nodes: alone, behind a port, or in the middle of an edge. All functions write to a draft inside `edit`. */
import type { NodeSpec } from "@millrace/engine/node";
import { type Edge, type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { CARD_WIDTH, cardGeometry, portNames, snap } from "../canvas/card-geometry.ts";
import { edgeKey } from "../store/edge-key.ts";
import { reachable } from "./graph.ts";
import { freshId, freshName } from "./ids.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Free room between cards that follow each other. */
export const GAP = 100;

/** Adds a node with its corner at `at` and answers its id. */
export function addNode(draft: PipelineDocument, spec: NodeSpec, at: Point, title: string): string {
  const names = new Set(Object.values(draft.nodes).map(({ name }) => name));
  const name = freshName(title, names);
  const id = freshId(name, spec.type, (one) => Object.hasOwn(draft.nodes, one) || Object.hasOwn(Object.prototype, one));
  draft.nodes[id] = { type: spec.type, name, params: {} };
  place(draft, id, at);
  return id;
}

export function place(draft: PipelineDocument, nodeId: string, at: Point): void {
  draft.layout ??= {};
  draft.layout.nodes ??= {};
  draft.layout.nodes[nodeId] = { ...draft.layout.nodes[nodeId], x: snap(at.x), y: snap(at.y) };
}

export function connect(draft: PipelineDocument, edge: Edge): void {
  if (!draft.edges.some((one) => edgeKey(one) === edgeKey(edge))) draft.edges.push({ from: edge.from, to: edge.to });
}

/** The first input and first real output of a node that has just been added. */
export function mainPorts(spec: NodeSpec): { input: string | undefined; output: string | undefined } {
  const { inputs, outputs } = portNames(spec, {});
  return { input: inputs[0], output: outputs.find((port) => port !== "error") };
}

/** The output that something new is joined to: the first without an edge, else the first; never `error`. */
export function freeOutput(document: PipelineDocument, nodeId: string, spec: NodeSpec): string | undefined {
  const { outputs } = portNames(spec, document.nodes[nodeId]?.params ?? {});
  const mains = outputs.filter((port) => port !== "error");
  return mains.find((port) => !document.edges.some(({ from }) => from === `${nodeId}.${port}`)) ?? mains[0];
}

/** Joins a port to a new node, when it has an input. */
export function connectNew(draft: PipelineDocument, from: string, nodeId: string, spec: NodeSpec): void {
  const { input } = mainPorts(spec);
  if (input !== undefined) connect(draft, { from, to: `${nodeId}.${input}` });
}

/**
 * Puts a node (already there, with its free main ports) into an edge: its rows go through it from now on. A node without output ends the edge, and the rest of the
 * path loses its input; so those are refused (false).
 */
export function splice(draft: PipelineDocument, edge: Edge, nodeId: string, spec: NodeSpec): boolean {
  const { input, output } = mainPorts(spec);
  const index = draft.edges.findIndex((one) => edgeKey(one) === edgeKey(edge));
  if (index < 0 || input === undefined || output === undefined) return false;
  draft.edges.splice(index, 1, { from: edge.from, to: `${nodeId}.${input}` }, { from: `${nodeId}.${output}`, to: edge.to });
  return true;
}

/** Moves what lies behind to the right until there is room for a card that was put between two others. */
export function makeRoom(draft: PipelineDocument, edge: Edge, nodeId: string): void {
  const boxes = draft.layout?.nodes ?? {};
  const target = parsePortRef(edge.to).node;
  const box = boxes[nodeId];
  const behind = boxes[target];
  if (!box || !behind) return;
  const missing = box.x + CARD_WIDTH + GAP / 2 - behind.x;
  if (missing <= 0) return;
  const moved = reachable(draft.edges, [target], "downstream").add(target);
  moved.delete(nodeId);
  for (const id of moved) {
    const one = boxes[id];
    if (one) place(draft, id, { x: one.x + missing, y: one.y });
  }
}

/** A free place to the right of a node for what follows it. */
export function placeAfter(document: PipelineDocument, nodeId: string): Point {
  const box = document.layout?.nodes?.[nodeId] ?? { x: 0, y: 0 };
  return freePlace(document, { x: box.x + CARD_WIDTH + GAP, y: box.y });
}

/** The place, or the next one below it where no card lies. */
export function freePlace(document: PipelineDocument, at: Point): Point {
  const boxes = Object.values(document.layout?.nodes ?? {});
  const height = cardGeometry(["in"], ["out", "error"]).height;
  let { x, y } = at;
  while (boxes.some((box) => Math.abs(box.x - x) < CARD_WIDTH && Math.abs(box.y - y) < height + 16)) y += height + 26;
  return { x: snap(x), y: snap(y) };
}
