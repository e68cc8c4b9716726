import { remove } from "../edits/remove.ts";
import { edit } from "../store/document.ts";
import type { Command } from "./command.ts";
import { hasSelection, selection } from "./state.ts";

export const deleteSelected: Command = {
  id: "delete",
  label: { en: "Delete", zh: "删除" },
  group: "edit",
  keys: ["Delete", "Backspace"],
  isEnabled: hasSelection,
  run() {
    const selected = selection();
    edit("step.delete", (draft) => remove(draft, selected));
  },
};
