/** Node types dragged here from the palette: onto free ground, or into an edge. */
import type { ReactFlowInstance } from "@xyflow/react";
import type { DragEvent } from "react";
import { NODE_TYPE_MIME } from "../palette/drag.ts";
import { useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import { CARD_WIDTH } from "./card-geometry.ts";
import { addChosen } from "./quick-add.ts";
import type { FlowEdge, SceneNode } from "./scene.ts";
import { edgeUnder, offerSplice, useSplicing } from "./splicing.ts";

export function dropHandlers(flow: Pick<ReactFlowInstance<SceneNode, FlowEdge>, "screenToFlowPosition">) {
  const isNodeType = (event: DragEvent) => event.dataTransfer.types.includes(NODE_TYPE_MIME);
  const pointOf = ({ clientX: x, clientY: y }: DragEvent) => flow.screenToFlowPosition({ x, y }, { snapToGrid: false });
  return {
    onDragOver(event: DragEvent) {
      if (!isNodeType(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      offerSplice(edgeUnder(useDocument.getState().document, pointOf(event)));
    },
    onDragLeave: () => offerSplice(undefined),
    onDrop(event: DragEvent) {
      if (!isNodeType(event)) return;
      event.preventDefault();
      const spec = specs.get(event.dataTransfer.getData(NODE_TYPE_MIME));
      const { edge } = useSplicing.getState();
      offerSplice(undefined);
      if (!spec) return;
      const point = pointOf(event);
      const fitsEdge = edge !== undefined && spec.category !== "source" && spec.category !== "sink";
      const screen = { x: event.clientX, y: event.clientY };
      addChosen(spec, { screen, at: { x: point.x - CARD_WIDTH / 2, y: point.y - 25 }, ...(fitsEdge ? { edge } : {}) });
    },
  };
}
