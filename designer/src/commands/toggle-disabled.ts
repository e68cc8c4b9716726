import { edit, useDocument } from "../store/document.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";

/** Rows pass by a disabled node. Several nodes become all the same: enabled only when all were disabled. */
export const toggleDisabled: Command = {
  id: "toggle-disabled",
  label: { en: "Disable or enable (rows pass by)", zh: "停用或启用（行直接通过）" },
  group: "edit",
  keys: ["D"],
  isEnabled: hasSelectedNodes,
  run() {
    const { nodes } = useDocument.getState().document;
    const selected = selection().nodes;
    const enable = selected.every((id) => nodes[id]?.disabled);
    edit("step.disable", (draft) => {
      for (const id of selected) {
        const node = draft.nodes[id];
        if (!node) continue;
        if (enable) delete node.disabled;
        else node.disabled = true;
      }
    });
  },
};
