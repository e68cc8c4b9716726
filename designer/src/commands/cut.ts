import { remove } from "../edits/remove.ts";
import { edit } from "../store/document.ts";
import type { Command } from "./command.ts";
import { copy, selectedText } from "./copy.ts";
import { selection } from "./state.ts";

/** The text of what was selected, which is then gone. */
export function cutSelected(): string | undefined {
  const text = selectedText();
  const selected = selection();
  if (text !== undefined) edit("step.cut", (draft) => remove(draft, selected));
  return text;
}

export const cut: Command = {
  id: "cut",
  label: { en: "Cut", zh: "剪切" },
  group: "edit",
  keys: ["Mod+X"],
  keysElsewhere: true,
  isEnabled: copy.isEnabled,
  async run() {
    await navigator.clipboard.writeText(selectedText() ?? "");
    cutSelected();
  },
};
