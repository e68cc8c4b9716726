import { show } from "../store/ui.ts";
import { always, type Command } from "./command.ts";

export const commandPalette: Command = {
  id: "command-palette",
  label: { en: "Commands, nodes, pipelines …", zh: "命令、节点、流水线…" },
  group: "go",
  keys: ["Mod+K"],
  whileTyping: true,
  isEnabled: always,
  run: () => show({ overlay: "commands" }),
};
