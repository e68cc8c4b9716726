import { words as problemWords } from "@millrace/engine/pipeline";
import { placeOfWork } from "../canvas/viewport.ts";
import { paste as pasteClip, readClip } from "../edits/clip.ts";
import { say } from "../i18n/i18n.ts";
import { edit } from "../store/document.ts";
import { notify } from "../store/notices.ts";
import { select } from "../store/selection.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";
import { words } from "./words.ts";

/** Adds what the text holds at the pointer. False: the text is not for the canvas. */
export function pasteText(text: string): boolean {
  const read = readClip(text);
  if (!read) return false;
  if ("problems" in read) {
    const [first] = read.problems;
    notify("error", say(words.notPasted).replace("{{reason}}", first ? say(problemWords(first)) : ""));
    return true;
  }
  let pasted: ReturnType<typeof pasteClip> | undefined;
  edit("step.paste", (draft) => {
    pasted = pasteClip(draft, read.clip, placeOfWork());
  });
  if (pasted) select(pasted);
  return pasted !== undefined;
}

export const paste: Command = {
  id: "paste",
  label: { en: "Paste", zh: "粘贴" },
  group: "edit",
  keys: ["Mod+V"],
  keysElsewhere: true,
  isEnabled: isPipelineOpen,
  async run() {
    const text = await navigator.clipboard.readText();
    if (!pasteText(text)) notify("info", say(words.nothingToPaste));
  },
};
