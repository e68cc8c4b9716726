import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";

export const connectFrom: Command = {
  id: "connect-from",
  label: { en: "Connect the node to …", zh: "将节点连接到…" },
  group: "add",
  keys: ["C"],
  isEnabled: () => hasSelectedNodes() && selection().nodes.length === 1,
  run: () => show({ overlay: "connect" }),
};
