import { clip, clipText } from "../edits/clip.ts";
import { useDocument } from "../store/document.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen, selection } from "./state.ts";

/** What goes to the clipboard; undefined when nothing that can be copied is selected. */
export function selectedText(): string | undefined {
  const { nodes, notes } = selection();
  if (nodes.length + notes.length === 0) return undefined;
  return clipText(clip(useDocument.getState().document, selection()));
}

export const copy: Command = {
  id: "copy",
  label: { en: "Copy", zh: "复制" },
  group: "edit",
  keys: ["Mod+C"],
  // The browser's own copy event carries the text: it needs no permission.
  keysElsewhere: true,
  changes: false,
  isEnabled: () => isPipelineOpen() && selection().nodes.length + selection().notes.length > 0,
  run: () => navigator.clipboard.writeText(selectedText() ?? ""),
};
