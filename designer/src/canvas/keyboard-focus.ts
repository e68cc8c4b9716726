/**
 * Tab has two meanings on the canvas: for whoever works with the pointer it opens the list of node types, for whoever moves by keyboard it goes to the next
 * element, so that the keyboard never gets stuck here. What brought the focus here tells which.
 */
import type { FocusEvent, KeyboardEvent, PointerEvent } from "react";
import { commands, runCommand } from "../commands/index.ts";
import { commandFor } from "../commands/keys.ts";
import { quickAdd } from "../commands/quick-add.ts";

export function keyboardFocus() {
  let byPointer = false;
  return {
    onPointerDownCapture({ currentTarget, target }: PointerEvent<HTMLElement>) {
      byPointer = true;
      // The ground itself takes no focus by itself.
      if (target instanceof Element && target.classList.contains("react-flow__pane")) currentTarget.focus({ preventScroll: true });
    },
    onBlur({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) {
      if (!currentTarget.contains(relatedTarget)) byPointer = false;
    },
    onKeyDownCapture(event: KeyboardEvent<HTMLElement>) {
      // React Flow takes arrow keys for moving, whatever is held with them.
      if (!event.altKey || !event.key.startsWith("Arrow")) return;
      const command = commandFor(event, commands, false);
      if (!command) return;
      event.preventDefault();
      event.stopPropagation();
      runCommand(command);
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.key !== "Tab" || event.shiftKey || !byPointer || event.target instanceof HTMLInputElement) return;
      if (!quickAdd.isEnabled()) return;
      event.preventDefault();
      void quickAdd.run();
    },
  };
}
