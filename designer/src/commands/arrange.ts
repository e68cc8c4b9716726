import { arrange as layOut } from "../canvas/arrange.ts";
import type { Command } from "./command.ts";
import { hasNodes, selection } from "./state.ts";

export const arrange: Command = {
  id: "arrange",
  label: { en: "Arrange (selection, or all)", zh: "自动布局（所选或全部）" },
  group: "view",
  keys: ["L"],
  changes: true,
  isEnabled: hasNodes,
  run() {
    const { nodes } = selection();
    return layOut(nodes.length > 1 ? nodes : undefined);
  },
};
