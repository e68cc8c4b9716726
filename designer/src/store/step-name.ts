/** What a step of the history is called, after "Undo" and "Redo": a key of the words in `words.ts` here. */
import type { words } from "./words.ts";

export type StepName = Extract<keyof typeof words, `step.${string}`>;
