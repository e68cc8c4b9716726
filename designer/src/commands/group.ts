import { freshId } from "../edits/ids.ts";
import { say } from "../i18n/i18n.ts";
import { edit, useDocument } from "../store/document.ts";
import type { Command } from "./command.ts";
import { hasSelectedNodes, selection } from "./state.ts";
import { words } from "./words.ts";

/** A frame with a title around the selected nodes; a node is in one group at most. */
export const group: Command = {
  id: "group",
  label: { en: "Group", zh: "分组" },
  group: "edit",
  keys: ["Mod+G"],
  isEnabled: hasSelectedNodes,
  run() {
    const { nodes } = selection();
    const taken = new Set(nodes);
    edit("step.group", (draft) => {
      const groups: NonNullable<typeof draft.groups> = {};
      for (const [id, one] of Object.entries(draft.groups ?? {})) {
        const left = one.nodes.filter((node) => !taken.has(node));
        if (left.length > 0) groups[id] = { ...one, nodes: left };
      }
      const id = freshId("group", "group", (one) => Object.hasOwn(groups, one));
      groups[id] = { title: say(words.newGroup), nodes: [...nodes] };
      draft.groups = groups;
    });
  },
};

/** Takes the frames around selected nodes away; the nodes stay. */
export const ungroup: Command = {
  id: "ungroup",
  label: { en: "Ungroup", zh: "取消分组" },
  group: "edit",
  keys: ["Mod+Shift+G"],
  isEnabled: () => hasSelectedNodes() && groupsOfSelected().length > 0,
  run() {
    const gone = new Set(groupsOfSelected());
    edit("step.group", (draft) => {
      draft.groups = Object.fromEntries(Object.entries(draft.groups ?? {}).filter(([id]) => !gone.has(id)));
    });
  },
};

function groupsOfSelected(): string[] {
  const { nodes } = selection();
  return Object.entries(useDocument.getState().document.groups ?? {}).flatMap(([id, one]) =>
    one.nodes.some((node) => nodes.includes(node)) ? [id] : [],
  );
}
