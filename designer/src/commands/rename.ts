import { edit, useDocument } from "../store/document.ts";
import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";

/** The id stays: state is found by it. An empty name changes nothing. */
export function renameNode(nodeId: string, name: string): void {
  const next = name.trim().slice(0, 200);
  const { document } = useDocument.getState();
  if (next === "" || document.nodes[nodeId]?.name === next) return;
  edit("step.rename", (draft) => {
    const node = draft.nodes[nodeId];
    if (node) node.name = next;
  });
}

export const rename: Command = {
  id: "rename",
  label: { en: "Rename", zh: "重命名" },
  group: "edit",
  keys: ["F2"],
  isEnabled: () => hasSelectedNodes() && selection().nodes.length === 1,
  run() {
    const [nodeId] = selection().nodes;
    if (nodeId !== undefined) show({ renaming: nodeId });
  },
};
