/** From a key stroke to a command, and from a command to the words for its keys. */
import type { Command } from "./command.ts";

/** What is looked at of a keyboard event. */
export interface Stroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function commandFor(stroke: Stroke, commands: readonly Command[], isTyping: boolean): Command | undefined {
  return commands.find(
    ({ keys, whileTyping, keysElsewhere }) =>
      !keysElsewhere && (!isTyping || whileTyping) && keys?.some((key) => key !== "Tab" && isStroke(stroke, key)),
  );
}

export function isStroke(stroke: Stroke, keys: string): boolean {
  const parts = keys === "+" ? ["+"] : keys.split("+");
  const key = parts.at(-1) as string;
  const wants = (modifier: string) => parts.slice(0, -1).includes(modifier);
  // Signs such as "?" need Shift on some keyboards and not on others.
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  return (
    stroke.key.toLowerCase() === key.toLowerCase() &&
    (stroke.ctrlKey || stroke.metaKey) === wants("Mod") &&
    stroke.altKey === wants("Alt") &&
    (isSign || stroke.shiftKey === wants("Shift"))
  );
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Delete: "Del",
  Backspace: "⌫",
  Escape: "Esc",
  Enter: "↵",
};

/** "Ctrl+Shift+Z", on a Mac "⌘⇧Z". */
export function keysText(keys: string, isMac: boolean): string {
  if (keys === "+") return "+";
  const parts = keys.split("+").map((part) => NAMES[part] ?? part);
  if (!isMac) return parts.map((part) => (part === "Mod" ? "Ctrl" : part)).join("+");
  const signs: Readonly<Record<string, string>> = { Mod: "⌘", Shift: "⇧", Alt: "⌥" };
  return parts.map((part) => signs[part] ?? part).join("");
}

export const isMac = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform);
