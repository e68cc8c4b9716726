import { canBeFragment } from "../edits/make-fragment.ts";
import {
  editFragmentOf,
  editWhatRuns,
  expandFragmentOf,
  openFragmentOf,
  updateFor,
  updateFragmentOf,
  usesFragment,
} from "../fragments/actions.ts";
import { useDocument } from "../store/document.ts";
import { isOpenFragment } from "../store/specs.ts";
import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { hasNodes, hasSelectedNodes, selection } from "./state.ts";

/** Asks for a name; the dialog makes it. */
export const makeFragment: Command = {
  id: "make-fragment",
  label: { en: "Make a fragment of the selection …", zh: "将所选节点创建为片段…" },
  group: "edit",
  keys: ["F"],
  isEnabled: () => hasSelectedNodes() && canBeFragment(useDocument.getState().document, selection().nodes),
  run: () => show({ overlay: "make-fragment" }),
};

/** What runs inside of the selected node; where it does not run, the fragment that it uses as a drawing of its own. */
export const openFragment: Command = {
  id: "open-fragment",
  label: { en: "Open the fragment", zh: "打开片段" },
  group: "go",
  keys: ["I"],
  isEnabled: () => single() !== undefined && usesFragment(single()),
  run: () => openFragmentOf(single() ?? ""),
};

/** The draft of the fragment that the selected node uses, or of the one that is looked into. */
export const editFragment: Command = {
  id: "edit-fragment",
  label: { en: "Edit the fragment", zh: "编辑片段" },
  group: "go",
  keys: ["Shift+I"],
  isEnabled: () => (single() === undefined ? useDocument.getState().inside !== undefined : usesFragment(single())),
  run: () => (single() === undefined ? editWhatRuns() : editFragmentOf(single() ?? "")),
};

export const expandFragment: Command = {
  id: "expand-fragment",
  label: { en: "Expand the fragment in place", zh: "就地展开片段" },
  group: "edit",
  keys: ["K"],
  isEnabled: () => single() !== undefined && usesFragment(single()),
  run: () => expandFragmentOf(single() ?? ""),
};

export const updateFragment: Command = {
  id: "update-fragment",
  label: { en: "Update the fragment to its newest version", zh: "将片段更新到最新版本" },
  group: "edit",
  keys: ["U"],
  isEnabled: () => single() !== undefined && updateFor(useDocument.getState().document, single() ?? "") !== undefined,
  run: () => updateFragmentOf(single() ?? ""),
};

/** What a deploy is to a pipeline. */
export const saveVersion: Command = {
  id: "save-version",
  label: { en: "Save a version of the fragment …", zh: "保存片段的版本…" },
  group: "run",
  keys: ["Mod+Shift+Enter"],
  whileTyping: true,
  changes: true,
  isEnabled: () => hasNodes() && isOpenFragment(),
  run: () => show({ overlay: "save-version" }),
};

function single(): string | undefined {
  const { nodes } = selection();
  return hasSelectedNodes() && nodes.length === 1 ? nodes[0] : undefined;
}
