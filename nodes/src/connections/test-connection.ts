/** Trying a connection for people: step by step, with what was found, up to the first step that fails. */
import type { Words } from "@millrace/engine/node";
import { ConnectionError } from "./connection-error.ts";

export interface TestedStep {
  readonly what: Words;
  readonly ok: boolean;
  /** What was found; or why it failed, with the remedy. */
  readonly detail: Words;
}

/** Does one step and notes how it went; rejects when it fails, so that what builds on it is not tried. */
export type Attempt = (what: Words, work: () => Promise<Words>) => Promise<void>;

/** What goes wrong in a step is told by that step, the last one; a test that fails outside of its steps is a bug, and rejects. */
export async function trySteps(test: (attempt: Attempt) => Promise<void>): Promise<readonly TestedStep[]> {
  const steps: TestedStep[] = [];
  const attempt: Attempt = async (what, work) => {
    try {
      steps.push({ what, ok: true, detail: await work() });
    } catch (error) {
      steps.push({ what, ok: false, detail: wordsOf(error) });
      throw error;
    }
  };
  await test(attempt).catch((error: unknown) => {
    if (steps.at(-1)?.ok !== false) throw error;
  });
  return steps;
}

/** What is no `ConnectionError` (a system's own message) has no translation. */
function wordsOf(error: unknown): Words {
  if (error instanceof ConnectionError) return error.words;
  const text = error instanceof Error ? error.message : String(error);
  return { en: text, zh: text };
}
