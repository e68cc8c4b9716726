/** One user action. Menus, keys, the command palette and the list of keys are all made from these. */
import type { Words } from "@millrace/engine/node";

export type CommandGroup = "edit" | "select" | "add" | "view" | "run" | "go";

export interface Command {
  readonly id: string;
  readonly label: Words;
  readonly group: CommandGroup;
  /** "Mod+Shift+Z"; Mod is Ctrl, on a Mac ⌘. The first one is shown. */
  readonly keys?: readonly string[];
  /** Its keys also count while one types in a field. */
  readonly whileTyping?: true;
  /** Its keys are for the list of keys only: the browser or the canvas acts on them. */
  readonly keysElsewhere?: true;
  /** It changes the drawing; left out: what is in the groups "edit" and "add" does. */
  readonly changes?: boolean;
  isEnabled(): boolean;
  run(): void | Promise<void>;
}

export const always = (): boolean => true;
