import { portNames } from "../canvas/card-geometry.ts";
import { removeAndReconnect as remove } from "../edits/remove.ts";
import { edit, useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";

export const removeAndReconnect: Command = {
  id: "remove-and-reconnect",
  label: { en: "Delete and reconnect", zh: "删除并重新连接" },
  group: "edit",
  keys: ["Mod+Delete", "Mod+Backspace"],
  isEnabled: hasSelectedNodes,
  run() {
    const { nodes } = useDocument.getState().document;
    const specOf = (id: string) => specs.get(nodes[id]?.type ?? "");
    const mainOutput = (id: string) => portNames(specOf(id), nodes[id]?.params ?? {}).outputs[0];
    const selected = selection().nodes;
    edit("step.removeAndReconnect", (draft) => remove(draft, selected, mainOutput, (id) => specOf(id)?.manyEdgesPerInput === true));
  },
};
