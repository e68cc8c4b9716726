import { redo as redoStep, useDocument } from "../store/document.ts";
import type { Command } from "./command.ts";

export const redo: Command = {
  id: "redo",
  label: { en: "Redo", zh: "重做" },
  group: "edit",
  keys: ["Mod+Shift+Z", "Mod+Y"],
  isEnabled: () => useDocument.getState().future.length > 0,
  run: redoStep,
};
