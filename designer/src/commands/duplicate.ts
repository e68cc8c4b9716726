import { clip, paste } from "../edits/clip.ts";
import { edit, useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import type { Command } from "./command.ts";
import { copy } from "./copy.ts";
import { selection } from "./state.ts";

export const duplicate: Command = {
  id: "duplicate",
  label: { en: "Duplicate", zh: "创建副本" },
  group: "edit",
  keys: ["Mod+D"],
  isEnabled: copy.isEnabled,
  run() {
    const copied = clip(useDocument.getState().document, selection());
    let made: ReturnType<typeof paste> | undefined;
    edit("step.duplicate", (draft) => {
      made = paste(draft, copied, undefined);
    });
    if (made) select(made);
  },
};
