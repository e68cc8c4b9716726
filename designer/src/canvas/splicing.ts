/** The edge that a dragged node would go into if it were let go now. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { create } from "zustand";
import type { Point } from "../edits/add.ts";
import { endsOf } from "../edits/graph.ts";
import { edgeKey } from "../store/edge-key.ts";
import { specs } from "../store/specs.ts";
import { CARD_WIDTH } from "./card-geometry.ts";
import { geometryOf } from "./scene.ts";

export const useSplicing = create<{ readonly edge: string | undefined }>()(() => ({ edge: undefined }));

export function offerSplice(edge: string | undefined): void {
  if (useSplicing.getState().edge !== edge) useSplicing.setState({ edge });
}

/** So near must the middle of the card be to the line between the ports. */
const REACH = 26;

/** The edge under a point of the drawing, edges of `nodeId` itself left out. */
export function edgeUnder(document: PipelineDocument, point: Point, nodeId?: string): string | undefined {
  const boxes = document.layout?.nodes ?? {};
  for (const edge of document.edges) {
    const { source, sourcePort, target, targetPort } = endsOf(edge);
    if (source === nodeId || target === nodeId) continue;
    const [from, to] = [boxes[source], boxes[target]];
    if (!from || !to) continue;
    const start = { x: from.x + CARD_WIDTH, y: from.y + portY(document, source, sourcePort, "source") };
    const end = { x: to.x, y: to.y + portY(document, target, targetPort, "target") };
    if (distance(point, start, end) < REACH) return edgeKey(edge);
  }
  return undefined;
}

function portY(document: PipelineDocument, nodeId: string, port: string, type: "source" | "target"): number {
  const node = document.nodes[nodeId];
  if (!node) return 0;
  return geometryOf(node, specs.get(node.type), undefined).ports.find((one) => one.id === port && one.type === type)?.y ?? 25;
}

/** From a point to the curve between two ports, taken as its flat middle: an S between two levels. */
function distance(point: Point, start: Point, end: Point): number {
  const length = end.x - start.x;
  const share = length === 0 ? 0.5 : (point.x - start.x) / length;
  if (share < 0.05 || share > 0.95) return Number.POSITIVE_INFINITY;
  const smooth = share * share * (3 - 2 * share);
  return Math.abs(point.y - (start.y + (end.y - start.y) * smooth));
}
