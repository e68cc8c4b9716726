import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

export const find: Command = {
  id: "find",
  label: { en: "Find in the pipeline …", zh: "在流水线中查找…" },
  group: "go",
  keys: ["Mod+F"],
  isEnabled: isPipelineOpen,
  run: () => show({ overlay: "find" }),
};
