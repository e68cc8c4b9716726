/** Runs scenarios seed after seed, and tells of one that fails in a way that it can be repeated and read. */
import { reference } from "./reference.ts";
import { type Outcome, runScenario } from "./run-scenario.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import { shrink } from "./shrink.ts";

export interface SeedsChecked {
  readonly seeds: number;
  /** Times that a run began: seeds, and what came after crashes, stops and failures. */
  readonly lives: number;
  readonly events: number;
  /** That became visible. */
  readonly rows: number;
}

/** Runs the seeds from `from` (inclusive) to `to`. Rejects with the first that fails, shrunk. */
export async function checkSeeds(from: number, to: number, onSeed?: (checked: SeedsChecked) => void): Promise<SeedsChecked> {
  let checked: SeedsChecked = { seeds: 0, lives: 0, events: 0, rows: 0 };
  for (let seed = from; seed < to; seed++) {
    const scenario = scenarioOf(seed);
    const outcome = await runScenario(scenario);
    if (outcome.failures.length > 0) throw new Error(await tellOf(seed, scenario, outcome));
    checked = {
      seeds: checked.seeds + 1,
      lives: checked.lives + outcome.lives,
      events: checked.events + outcome.steps,
      rows: checked.rows + outcome.rows,
    };
    onSeed?.(checked);
  }
  return checked;
}

async function tellOf(seed: number, scenario: Scenario, outcome: Outcome): Promise<string> {
  const small = await shrink(scenario);
  const { failures } = await runScenario(small);
  return [
    `seed ${seed} fails: ${outcome.failures.join("\n  ")}`,
    `shrunk it still fails: ${failures.join("\n  ")}`,
    `to repeat it, give this to runScenario: ${JSON.stringify(small)}`,
    `the same as a timeline: ${JSON.stringify(timelineOf(small))}`,
  ].join("\n");
}

/** The records and what they must become, without schedule and disruptions: if this fails too, the fault is in a node and not between subtasks. */
function timelineOf({ document, sources }: Scenario): unknown {
  const all = Object.entries(sources);
  const { rows } = reference(document, new Map(all));
  const records = all.map(([id, { splits }]) => [
    id,
    splits.flatMap((split) => split.records.map(({ text, time }) => ({ value: text, time }))),
  ]);
  return {
    name: "shrunk",
    steps: [{ rows: Object.fromEntries(records), end: true }],
    expected: Object.fromEntries([...rows].map(([id, texts]) => [id, texts.map((text) => JSON.parse(text) as unknown)])),
  };
}
