/** Runs a scenario and compares what came of it with the reference. */
import { ERROR_PORT } from "@millrace/engine/node";
import { analyze, type PipelineDocument, type TypedGraph, words } from "@millrace/engine/pipeline";
import { planRun, type Replay, stateSchemas } from "@millrace/engine/run";
import { DEAD_LETTERS, type SimulationResult, simulate } from "@millrace/engine/testing";
import { canonical, canonicalText } from "./canonical.ts";
import { DIMENSIONS, withUnsureOrigins } from "./event-time.ts";
import { reference } from "./reference.ts";
import type { Scenario } from "./scenario.ts";
import { simulatedTypes } from "./test-nodes.ts";

export interface Outcome {
  /** What is wrong; empty when nothing is. */
  readonly failures: readonly string[];
  readonly steps: number;
  readonly lives: number;
  readonly rows: number;
}

export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const { document } = scenario;
  const graphs = scenario.lives.map((life) => graphOf(document, life));
  const sources = new Map(Object.entries(scenario.sources));
  const replays = replaysOf(scenario);
  let result: SimulationResult;
  try {
    result = await simulate({
      seed: scenario.seed,
      graphs,
      nodeTypes: simulatedTypes,
      sources,
      sinks: new Map(
        Object.entries(document.nodes).flatMap(([id, { type, params }]) =>
          type === "simulated-sink" ? [[id, { phase: params.phase as "within" | "after", mostRows: Number(params.mostRows) }]] : [],
        ),
      ),
      dimensions: DIMENSIONS,
      replays,
      disruptions: scenario.disruptions,
      batchBytes: scenario.batchBytes,
    });
  } catch (error) {
    return { failures: [(error as Error).message], steps: 0, lives: 0, rows: 0 };
  }
  const expected = reference(document, sources, replays.slice(0, result.replayed));
  const failures: string[] = [];
  const unsure = withUnsureOrigins(document);
  let rows = 0;
  for (const [id, { type }] of Object.entries(document.nodes)) {
    if (type !== "simulated-sink") continue;
    const isErrors = document.edges.some(({ from, to }) => to === `${id}.in` && from.endsWith(`.${ERROR_PORT}`));
    const got = (result.visible.get(id) ?? []).map(({ text, time }) => sinkRow(text, time, isErrors, unsure)).sort();
    rows += got.length;
    failures.push(...differences(id, expected.rows.get(id) ?? [], got));
  }
  const letters = (result.visible.get(DEAD_LETTERS) ?? []).map(({ text }) => deadLetter(text, unsure)).sort();
  failures.push(...differences("dead letters", expected.deadLetters, letters));
  // What came in behind the last checkpoint was counted too: replays, which have no end.
  if (result.lives === 1 && replays.length === 0) failures.push(...wrongCounts(expected.counts, result.counts));
  if ([...sources.values()].every(({ bounded }) => bounded)) failures.push(...notEnded(result.counts));
  return { failures, steps: result.steps, lives: result.lives, rows };
}

/** The document as it is in one of the run's lives. */
export function documentOf(document: PipelineDocument, { parallelism, nodes }: Scenario["lives"][number]): PipelineDocument {
  return {
    ...document,
    parallelism,
    nodes: Object.fromEntries(
      Object.entries(document.nodes).map(([id, node]) => [id, nodes[id] === undefined ? node : { ...node, parallelism: nodes[id] }]),
    ),
  };
}

const specs = new Map([...simulatedTypes].map(([type, { spec }]) => [type, spec]));

function graphOf(document: PipelineDocument, life: Scenario["lives"][number]): TypedGraph {
  const { graph, problems } = analyze(documentOf(document, life), specs);
  const errors = problems.filter(({ severity }) => severity === "error");
  if (!graph || errors.length > 0)
    throw new Error(`the scenario's pipeline is wrong: ${errors.map((problem) => words(problem).en).join(" ")}`);
  const { exchanges } = planRun(graph, stateSchemas(graph, simulatedTypes));
  const isOrdered = (nodeId: string) =>
    !exchanges.some(({ by, id, to }) => by === "round" && (reaches(graph, to.node, nodeId) || exchanges[id]?.to.node === nodeId));
  const needOrder = graph.nodes.filter(({ spec }) => NEED_ORDER.has(spec.type));
  // Rows that are dealt out in turn lose their order, and what is first is then a matter of chance.
  return needOrder.every(({ id }) => isOrdered(id)) ? graph : graphOf(document, { ...life, nodes: {} });
}

/** What they give depends on which row of a key comes first, be it of one time. */
const NEED_ORDER: ReadonlySet<string> = new Set(["mark-first-seen", "top-n", "distinct", "sort-by-time", "pattern", "temporal-join"]);

function reaches(graph: TypedGraph, from: string, to: string): boolean {
  if (from === to) return true;
  const node = graph.nodes.find(({ id }) => id === from);
  return Object.values(node?.outputs ?? {}).some(({ edges }) => edges.some((edge) => reaches(graph, edge.to.split(".")[0] as string, to)));
}

function replaysOf({ replays, document }: Scenario): readonly Replay[] {
  return replays
    .filter(({ nodeId }) => document.nodes[nodeId])
    .map(({ nodeId, value }) => ({
      nodeId,
      port: "in",
      kind: "+I",
      time: Number(value.ts),
      bytes: new TextEncoder().encode(JSON.stringify(value)),
    }));
}

function sinkRow(text: string, time: number, isErrors: boolean, unsure: ReadonlySet<string>): string {
  const value = JSON.parse(text) as Record<string, unknown>;
  if (!isErrors) return canonical({ ...value, "": time });
  return canonical({
    node: value.node,
    text: canonicalText(String(value.text)),
    origin: unsure.has(String(value.node)) ? null : value.origin,
    "": time,
  });
}

function deadLetter(text: string, unsure: ReadonlySet<string>): string {
  const { nodeId, port, time, bytes, origin } = JSON.parse(text) as {
    nodeId: string;
    port: string;
    time: number | null;
    bytes: string;
    origin?: { split: string; offset: number };
  };
  const record = Buffer.from(bytes, "latin1").toString("utf8");
  return canonical({
    nodeId,
    port,
    text: port === "" ? record : canonicalText(record),
    time,
    origin: origin && !unsure.has(nodeId) ? `${origin.split}@${origin.offset}` : null,
  });
}

/** Of two sorted lists. */
function differences(where: string, expected: readonly string[], got: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of expected) left.set(row, (left.get(row) ?? 0) + 1);
  for (const row of got) left.set(row, (left.get(row) ?? 0) - 1);
  const lost = [...left].filter(([, count]) => count > 0);
  const more = [...left].filter(([, count]) => count < 0);
  return [
    ...lost.slice(0, 3).map(([row, count]) => `${where}: ${count} missing: ${row}`),
    ...more.slice(0, 3).map(([row, count]) => `${where}: ${-count} too many: ${row}`),
  ];
}

function wrongCounts(expected: ReadonlyMap<string, number>, subtasks: SimulationResult["counts"]): string[] {
  const got = new Map<string, number>();
  const add = (name: string, count: number) => count > 0 && got.set(name, (got.get(name) ?? 0) + count);
  for (const counts of subtasks) {
    for (const [id, { in: ins, out, dropped, errors }] of Object.entries(counts)) {
      for (const [port, count] of Object.entries(ins)) add(`in ${id}.${port}`, count);
      for (const [port, count] of Object.entries(out)) add(`out ${id}.${port}`, count);
      for (const [reason, count] of Object.entries(dropped)) add(`dropped ${id}.${reason}`, count);
      add(`errors ${id}`, errors);
    }
  }
  return (
    [...new Set([...expected.keys(), ...got.keys()])]
      // Every subtask gets each rule.
      .filter((name) => !/^in .*\.rules$/.test(name))
      .filter((name) => (expected.get(name) ?? 0) !== (got.get(name) ?? 0))
      .map((name) => `counter ${name}: expected ${expected.get(name) ?? 0}, got ${got.get(name) ?? 0}`)
  );
}

function notEnded(subtasks: SimulationResult["counts"]): string[] {
  return subtasks.flatMap((counts, subtask) =>
    Object.entries(counts).flatMap(([id, { isEnded, watermark }]) =>
      isEnded && watermark === Number.POSITIVE_INFINITY
        ? []
        : [`${id} on subtask ${subtask} has ${isEnded ? "" : "not "}ended with the watermark ${watermark}`],
    ),
  );
}
