import { Menu } from "@mantine/core";
import { create } from "zustand";
import { addNote } from "../commands/add-note.ts";
import { arrange } from "../commands/arrange.ts";
import type { Command } from "../commands/command.ts";
import { connectFrom } from "../commands/connect-from.ts";
import { copy } from "../commands/copy.ts";
import { cut } from "../commands/cut.ts";
import { deleteSelected } from "../commands/delete-selected.ts";
import { duplicate } from "../commands/duplicate.ts";
import { editFragment, expandFragment, makeFragment, openFragment, updateFragment } from "../commands/fragment.ts";
import { group, ungroup } from "../commands/group.ts";
import { isEnabled, runCommand } from "../commands/index.ts";
import { isMac, keysText } from "../commands/keys.ts";
import { paste } from "../commands/paste.ts";
import { quickAdd } from "../commands/quick-add.ts";
import { removeAndReconnect } from "../commands/remove-and-reconnect.ts";
import { rename } from "../commands/rename.ts";
import { replace } from "../commands/replace.ts";
import { selectAll } from "../commands/select-all.ts";
import { selectDownstream, selectUpstream } from "../commands/select-reachable.ts";
import { toggleDisabled } from "../commands/toggle-disabled.ts";
import { togglePreview } from "../commands/toggle-view.ts";
import { zoomFit } from "../commands/zoom.ts";
import type { Point } from "../edits/add.ts";
import { useWords } from "../i18n/use-words.ts";
import { viewport } from "./viewport.ts";

const useContextMenu = create<{ readonly at: Point | undefined; readonly commands: readonly Command[] }>()(() => ({
  at: undefined,
  commands: [],
}));

const FOR = {
  node: [
    quickAdd,
    connectFrom,
    rename,
    replace,
    toggleDisabled,
    togglePreview,
    cut,
    copy,
    duplicate,
    openFragment,
    editFragment,
    expandFragment,
    updateFragment,
    makeFragment,
    group,
    ungroup,
    selectUpstream,
    selectDownstream,
    deleteSelected,
    removeAndReconnect,
  ],
  edge: [quickAdd, togglePreview, deleteSelected],
  ground: [quickAdd, addNote, paste, selectAll, arrange, zoomFit],
} as const;

export function openContextMenu(kind: keyof typeof FOR, at: Point): void {
  useContextMenu.setState({ at, commands: FOR[kind].filter(isEnabled) });
}

const close = () => useContextMenu.setState({ at: undefined });

/** What can be done to what lies under the pointer. */
export function ContextMenu() {
  const words = useWords();
  const { at, commands } = useContextMenu();
  return (
    <Menu
      opened={at !== undefined}
      onClose={() => {
        close();
        viewport()?.focus();
      }}
      position="right-start"
      withinPortal
      width={340}
      shadow="md"
    >
      <Menu.Target>
        <Spot at={at} />
      </Menu.Target>
      <Menu.Dropdown>
        {commands.map((command) => (
          <Menu.Item
            key={command.id}
            // After the menu has closed and given the focus back.
            onClick={() => setTimeout(() => runCommand(command))}
            rightSection={
              <kbd style={{ font: "inherit", fontSize: 11, color: "var(--mr-muted)" }}>
                {command.keys?.[0] && keysText(command.keys[0], isMac)}
              </kbd>
            }
          >
            {words(command.label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where the menu unfolds. It is no control, so it takes the place from Mantine and leaves what describes a button. */
function Spot({ at, id, ref }: { readonly at: Point | undefined; readonly id?: string; readonly ref?: React.Ref<HTMLSpanElement> }) {
  return (
    <span ref={ref} id={id} style={{ position: "fixed", left: at?.x ?? 0, top: at?.y ?? 0, width: 1, height: 1, pointerEvents: "none" }} />
  );
}
