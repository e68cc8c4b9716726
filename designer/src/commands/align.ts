import type { Words } from "@millrace/engine/node";
import { geometryOf } from "../canvas/scene.ts";
import { place } from "../edits/add.ts";
import { type Alignment, aligned, type Box, distributed } from "../edits/align.ts";
import { edit, useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen, selection } from "./state.ts";

export const alignLeft = align("left", { en: "Align left sides", zh: "左对齐" });
export const alignCenter = align("center", { en: "Align one below the other", zh: "水平居中对齐" });
export const alignRight = align("right", { en: "Align right sides", zh: "右对齐" });
export const alignTop = align("top", { en: "Align upper sides", zh: "顶端对齐" });
export const alignMiddle = align("middle", { en: "Align side by side", zh: "垂直居中对齐" });
export const alignBottom = align("bottom", { en: "Align lower sides", zh: "底端对齐" });
export const distributeAcross = distribute("x", { en: "Spread evenly across", zh: "水平均匀分布" });
export const distributeDown = distribute("y", { en: "Spread evenly down", zh: "垂直均匀分布" });

function align(how: Alignment, label: Words): Command {
  return moving(`align-${how}`, label, 2, (boxes) => aligned(boxes, how));
}

function distribute(along: "x" | "y", label: Words): Command {
  return moving(`distribute-${along}`, label, 3, (boxes) => distributed(boxes, along));
}

function moving(id: string, label: Words, least: number, to: (boxes: Record<string, Box>) => ReturnType<typeof aligned>): Command {
  return {
    id,
    label,
    group: "edit",
    isEnabled: () => isPipelineOpen() && selection().nodes.length >= least,
    run() {
      const places = to(selectedBoxes());
      edit("step.layout", (draft) => {
        for (const [nodeId, at] of Object.entries(places)) place(draft, nodeId, at);
      });
    },
  };
}

function selectedBoxes(): Record<string, Box> {
  const { nodes, layout } = useDocument.getState().document;
  return Object.fromEntries(
    selection().nodes.flatMap((id) => {
      const node = nodes[id];
      const at = layout?.nodes?.[id];
      if (!node || !at) return [];
      const { width, height } = geometryOf(node, specs.get(node.type), undefined);
      return [[id, { x: at.x, y: at.y, width, height }]];
    }),
  );
}
