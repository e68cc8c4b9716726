import { openQuickAddHere } from "../canvas/quick-add.ts";
import { useUi } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen, selection } from "./state.ts";

export const quickAdd: Command = {
  id: "quick-add",
  label: { en: "Add a node here …", zh: "在此添加节点…" },
  group: "add",
  keys: ["/", "Tab"],
  isEnabled: () => isPipelineOpen() && useUi.getState().view === "canvas",
  run() {
    const { nodes, edges } = selection();
    const isSingle = nodes.length + edges.length === 1;
    openQuickAddHere(isSingle ? nodes[0] : undefined, isSingle ? edges[0] : undefined);
  },
};
