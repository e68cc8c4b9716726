import { useEffect } from "react";
import { showsPipeline, useUi } from "../store/ui.ts";
import { selectedText } from "./copy.ts";
import { cutSelected } from "./cut.ts";
import { commands, isEnabled, runCommand } from "./index.ts";
import { commandFor } from "./keys.ts";
import { pasteText } from "./paste.ts";

/** Keys and the clipboard, for the whole page. Who types in a field, or is in a dialog, is left alone. */
export function useKeys(): void {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.defaultPrevented || isElsewhere(event.target)) return;
        const typing = isTyping(event.target);
        const command = commandFor(event, commands, typing);
        if (!command || !isEnabled(command)) return;
        // Keys of a single character belong to the canvas; in a panel they would act unseen.
        const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
        if (isPlain && event.key !== "?" && event.key !== "F2" && !isOnCanvas(event.target)) return;
        event.preventDefault();
        runCommand(command);
      },
      { signal },
    );
    document.addEventListener("copy", (event) => carry(event, selectedText), { signal });
    document.addEventListener("cut", (event) => carry(event, cutSelected), { signal });
    document.addEventListener(
      "paste",
      (event) => {
        if (!isOnCanvas(event.target) || isTyping(event.target)) return;
        if (pasteText(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
      },
      { signal },
    );
    return () => stop.abort();
  }, []);
}

function carry(event: ClipboardEvent, take: () => string | undefined): void {
  // Text that somebody marked is what they mean.
  if (!isOnCanvas(event.target) || isTyping(event.target) || globalThis.getSelection()?.isCollapsed === false) return;
  const text = take();
  if (text === undefined) return;
  event.clipboardData?.setData("text/plain", text);
  event.preventDefault();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, .monaco-editor") !== null);
}

/** A dialog or a menu has its own keys. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}

function isOnCanvas(target: EventTarget | null): boolean {
  if (!showsPipeline(useUi.getState())) return false;
  return target === document.body || (target instanceof Element && target.closest("[data-canvas]") !== null);
}
