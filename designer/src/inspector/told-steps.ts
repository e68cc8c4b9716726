/** Which steps of a field's way are told: each once, those that only hand it on left out. */
import type { LineageStep } from "@millrace/engine/pipeline";

/** More would bury the panel; the whole is `millrace lineage`. */
const MOST = 12;

/** A condition that reads three fields is one step for people; of a copy only its ends count. */
export function toldSteps(steps: readonly LineageStep[]): readonly LineageStep[] {
  const told = new Map<string, LineageStep>();
  for (const step of steps) {
    if (step.how === "copied") continue;
    const key = JSON.stringify([step.to.node, step.how, step.expression ?? step.from.path]);
    if (!told.has(key)) told.set(key, step);
  }
  return [...told.values()].slice(0, MOST);
}
