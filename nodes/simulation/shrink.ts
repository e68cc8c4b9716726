/** Makes a scenario that fails smaller for as long as it still fails: fewer disruptions, lives, nodes and records. What is left is what matters. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** A smaller scenario takes other steps, so the schedule that fails must be found again. */
const SCHEDULES = 8;
const MOST_ATTEMPTS = 400;

/** The smallest scenario that was found to fail. `fails`: whether one does. */
export async function shrink(scenario: Scenario, fails: (scenario: Scenario) => Promise<boolean> = failsNow): Promise<Scenario> {
  let smallest = scenario;
  let attempts = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smaller(smallest)) {
      if (attempts++ === MOST_ATTEMPTS) return smallest;
      const failing = await failingSchedule(candidate, fails);
      if (!failing) continue;
      smallest = failing;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

async function failsNow(scenario: Scenario): Promise<boolean> {
  return (await runScenario(scenario)).failures.length > 0;
}

async function failingSchedule(scenario: Scenario, fails: (scenario: Scenario) => Promise<boolean>): Promise<Scenario | undefined> {
  for (let i = 0; i < SCHEDULES; i++) {
    const candidate = { ...scenario, seed: scenario.seed + i };
    if (await fails(candidate)) return candidate;
  }
  return undefined;
}

/** Scenarios one step simpler, the largest steps first. */
function* smaller(scenario: Scenario): Iterable<Scenario> {
  const { disruptions, lives, replays, document, sources } = scenario;
  for (let i = 0; i < disruptions.length; i++) yield { ...scenario, disruptions: disruptions.toSpliced(i, 1) };
  if (replays.length > 0) yield { ...scenario, replays: [] };
  for (const id of Object.keys(document.nodes)) {
    const without = withoutNode(scenario, id);
    if (without) yield without;
  }
  for (let i = 1; i < lives.length; i++) yield { ...scenario, lives: lives.toSpliced(i, 1) };
  for (const [i, { parallelism, nodes }] of lives.entries()) {
    if (Object.keys(nodes).length > 0) yield { ...scenario, lives: lives.with(i, { parallelism, nodes: {} }) };
    if (parallelism > 1) yield { ...scenario, lives: lives.with(i, { parallelism: parallelism - 1, nodes }) };
  }
  for (const [id, source] of Object.entries(sources)) {
    for (const [i, split] of source.splits.entries()) {
      const { records } = split;
      for (let size = Math.ceil(records.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2))
        for (let from = 0; from < records.length; from += size)
          yield {
            ...scenario,
            sources: {
              ...sources,
              [id]: { ...source, splits: source.splits.with(i, { ...split, records: records.toSpliced(from, size) }) },
            },
          };
      // The places of the others stay: who reads them depends on it.
      if (records.length === 0 && i === source.splits.length - 1 && i > 0)
        yield { ...scenario, sources: { ...sources, [id]: { ...source, splits: source.splits.slice(0, -1) } } };
    }
  }
}

/** Input ports, "node.port". */
function inputsOf({ edges }: PipelineDocument, node: string): readonly string[] {
  return [...new Set(edges.flatMap(({ to }) => (to.startsWith(`${node}.`) ? [to] : [])))];
}

/** Undefined where a node after it would be left without an input, or nothing would be left to compare. */
function withoutNode(scenario: Scenario, id: string): Scenario | undefined {
  const { document, sources } = scenario;
  const edges = document.edges.filter(({ from, to }) => !from.startsWith(`${id}.`) && !to.startsWith(`${id}.`));
  const nodes: PipelineDocument["nodes"] = Object.fromEntries(Object.entries(document.nodes).filter(([other]) => other !== id));
  const hasInput = (node: string) =>
    sources[node] !== undefined || inputsOf(document, node).every((port) => edges.some(({ to }) => to === port));
  if (!Object.keys(nodes).every(hasInput) || !Object.values(nodes).some(({ type }) => type === "simulated-source")) return undefined;
  return {
    ...scenario,
    document: { ...document, nodes, edges },
    sources: Object.fromEntries(Object.entries(sources).filter(([source]) => source !== id)),
    lives: scenario.lives.map((life) => ({
      ...life,
      nodes: Object.fromEntries(Object.entries(life.nodes).filter(([node]) => node !== id)),
    })),
    replays: scenario.replays.filter(({ nodeId }) => nodeId !== id),
  };
}
