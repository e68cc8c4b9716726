import { snap } from "../canvas/card-geometry.ts";
import { placeOfWork } from "../canvas/viewport.ts";
import { freshId } from "../edits/ids.ts";
import { edit } from "../store/document.ts";
import { select } from "../store/selection.ts";
import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

export const addNote: Command = {
  id: "add-note",
  label: { en: "Add a note", zh: "添加便签" },
  group: "add",
  keys: ["N"],
  isEnabled: isPipelineOpen,
  run() {
    const at = placeOfWork() ?? { x: 0, y: 0 };
    let id = "note";
    edit("step.addNote", (draft) => {
      id = freshId("note", "note", (one) => Object.hasOwn(draft.notes ?? {}, one));
      draft.notes = { ...draft.notes, [id]: { text: "" } };
      draft.layout ??= {};
      draft.layout.notes = { ...draft.layout.notes, [id]: { x: snap(at.x), y: snap(at.y), width: 240, height: 120 } };
    });
    select({ notes: [id] });
    show({ renaming: id });
  },
};
