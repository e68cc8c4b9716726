import { useDocument } from "../store/document.ts";
import { edgeKey } from "../store/edge-key.ts";
import { select } from "../store/selection.ts";
import type { Command } from "./command.ts";
import { hasNodes } from "./state.ts";

export const selectAll: Command = {
  id: "select-all",
  label: { en: "Select all", zh: "全选" },
  group: "select",
  keys: ["Mod+A"],
  isEnabled: hasNodes,
  run() {
    const { nodes, edges, notes } = useDocument.getState().document;
    select({ nodes: Object.keys(nodes), edges: edges.map(edgeKey), notes: Object.keys(notes ?? {}) });
  },
};
