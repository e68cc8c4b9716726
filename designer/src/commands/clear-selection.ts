import { NOTHING, select } from "../store/selection.ts";
import type { Command } from "./command.ts";
import { hasSelection } from "./state.ts";

export const clearSelection: Command = {
  id: "clear-selection",
  label: { en: "Select nothing", zh: "取消选择" },
  group: "select",
  keys: ["Escape"],
  isEnabled: hasSelection,
  run: () => select(NOTHING),
};
