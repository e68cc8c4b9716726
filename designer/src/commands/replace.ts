import { openReplace } from "../canvas/quick-add.ts";
import { useUi } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen, selection } from "./state.ts";

export const replace: Command = {
  id: "replace",
  label: { en: "Replace with another type …", zh: "替换为其他类型…" },
  group: "edit",
  keys: ["E"],
  isEnabled() {
    const { nodes, edges, notes } = selection();
    return isPipelineOpen() && useUi.getState().view === "canvas" && nodes.length === 1 && edges.length + notes.length === 0;
  },
  run() {
    const [nodeId] = selection().nodes;
    if (nodeId !== undefined) openReplace(nodeId);
  },
};
