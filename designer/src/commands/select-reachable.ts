import { reachable } from "../edits/graph.ts";
import { useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";

function grow(...directions: readonly ("upstream" | "downstream")[]): void {
  const { edges } = useDocument.getState().document;
  const { nodes } = selection();
  const found = new Set(nodes);
  for (const direction of directions) for (const id of reachable(edges, nodes, direction)) found.add(id);
  select({ nodes: [...found] });
}

export const selectUpstream: Command = {
  id: "select-upstream",
  label: { en: "Select everything upstream", zh: "选择所有上游节点" },
  group: "select",
  keys: ["Alt+Shift+ArrowLeft"],
  isEnabled: hasSelectedNodes,
  run: () => grow("upstream"),
};

export const selectDownstream: Command = {
  id: "select-downstream",
  label: { en: "Select everything downstream", zh: "选择所有下游节点" },
  group: "select",
  keys: ["Alt+Shift+ArrowRight"],
  isEnabled: hasSelectedNodes,
  run: () => grow("downstream"),
};

export const selectConnected: Command = {
  id: "select-connected",
  label: { en: "Select everything connected", zh: "选择所有相连节点" },
  group: "select",
  isEnabled: hasSelectedNodes,
  run: () => grow("upstream", "downstream"),
};
