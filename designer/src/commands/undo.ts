import { undo as undoStep, useDocument } from "../store/document.ts";
import type { Command } from "./command.ts";

export const undo: Command = {
  id: "undo",
  label: { en: "Undo", zh: "撤销" },
  group: "edit",
  keys: ["Mod+Z"],
  isEnabled: () => useDocument.getState().past.length > 0,
  run: undoStep,
};
