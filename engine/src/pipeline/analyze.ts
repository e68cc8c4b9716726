/**
 * Whether a pipeline makes sense, and what flows where: the document against the node types' specs. One pass for server, command line and browser,
 * fast enough to run while one types. It never throws: a spec that fails is a problem of its node.
 */
import type { NodeSpec } from "../node/spec.ts";
import { toMillis } from "../node/spec.ts";
import { connectEdges } from "./analyze-edges.ts";
import { type NodeReport, typeNode } from "./analyze-node.ts";
import { type NodeDraft, readNode } from "./analyze-params.ts";
import { declaredSchemas } from "./declared-schemas.ts";
import { didYouMean } from "./did-you-mean.ts";
import { DEFAULTS, type PipelineDocument, parsePortRef } from "./document.ts";
import { expand, formerOf } from "./expand.ts";
import { ERRORS, isFragment, type Specs } from "./fragments.ts";
import { orderGraph } from "./graph-order.ts";
import { parameterValues } from "./parameters.ts";
import type { Problem } from "./problem.ts";
import { placed } from "./problem-places.ts";
import { problem } from "./problem-words.ts";
import { timeZoneProblem } from "./time-zone.ts";
import type { TypedGraph, TypedNode, TypedPort } from "./typed-graph.ts";
import { typeUses } from "./typed-uses.ts";

export interface AnalyzeOptions {
  /** Values for the pipeline's parameters, as deploy, command line and tests give them. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** What the server stores the pipeline under; default: its name. */
  readonly pipelineId?: string;
  /** It is to be run: a fragment is not. */
  readonly runs?: boolean;
  /** Nodes that the pipeline may have with those of its fragments; default: `MOST_NODES`. */
  readonly mostNodes?: number;
}

export interface Analysis {
  /** Errors and warnings, in the order in which a person would mend them: settings, params, edges, then along the flow. */
  readonly problems: readonly Problem[];
  /** As far as it could be worked out; complete when no problem is an error. */
  readonly graph: TypedGraph;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}

export function analyze(document: PipelineDocument, specs: Specs, options: AnalyzeOptions = {}): Analysis {
  const raised: Problem[] = [];
  const raise = (found: Problem) => void raised.push(found);
  const settings = readSettings(document, raise);
  const parameters = parameterValues(document.parameters, options.set ?? {});
  const fragment = isFragment(document, specs) ? options.pipelineId : undefined;
  const expansion = expand(document, { specs, values: parameters.values, mostNodes: options.mostNodes, fragment, raise });
  const flat = expansion.document;
  const declared = declaredSchemas(flat.schemas);
  raised.push(...declared.problems, ...parameters.problems);

  const drafts = new Map<string, NodeDraft>();
  for (const [id, node] of Object.entries(flat.nodes)) {
    const scope = expansion.scopes.get(id);
    const draft = scope && !expansion.lost.has(id) && readNode(id, node, { ...scope, raise });
    if (!draft) continue;
    drafts.set(id, draft);
    if (draft.spec.fragmentPort && id === ERRORS) raise(problem("fragment.port-name", { port: id }, { nodeId: id }));
  }
  const wiring = connectEdges(expansion, drafts, raise);
  const { order, cycles } = orderGraph(wiring.successors);
  for (const nodes of cycles) raise(problem("graph.cycle", { nodes }, { nodeId: nodes[0] as string }));

  const broken = new Set([...wiring.broken, ...expansion.lost]);
  for (const nodes of cycles) for (const id of nodes) broken.add(id);
  const outputs = new Map<string, TypedPort>();
  const reports: NodeReport[] = [];
  for (const id of order) {
    const draft = drafts.get(id);
    if (!draft) continue;
    const report = typeNode(draft, { wiring, outputs, declared: declared.schemas, timeZone: settings.timeZone, raise });
    for (const [port, typed] of Object.entries(report.outputs)) outputs.set(`${id}.${port}`, typed);
    reports.push(report);
  }
  for (const found of raised) if (found.severity === "error" && found.nodeId !== undefined) broken.add(found.nodeId);
  if (options.runs && isFragment(document, specs)) raise(problem("fragment.not-run", {}));
  warnAboutSinks(flat, drafts, options.pipelineId ?? document.name, raise);
  warnAboutNames(document, (id) => Object.hasOwn(document.nodes, id) || Object.hasOwn(flat.nodes, id) || expansion.uses.has(id), raise);

  const nodes = reports.map(
    ({ draft, ...report }): TypedNode => ({
      ...report,
      ...formerOf(report.id, expansion),
      ok: !broken.has(report.id),
    }),
  );
  const problems = raised.flatMap((found) => placed(found, expansion) ?? []);
  return { problems, graph: { document: flat, nodes, uses: typeUses(expansion, nodes, broken), settings } };
}

function readSettings(document: PipelineDocument, raise: (found: Problem) => void): TypedGraph["settings"] {
  const timeZone = document.timeZone ?? DEFAULTS.timeZone;
  const wrongZone = timeZoneProblem(timeZone);
  if (wrongZone) raise(wrongZone);
  const interval = document.checkpointInterval ?? DEFAULTS.checkpointInterval;
  const ms = toMillis(interval);
  const isUsable = ms > 0 && Number.isSafeInteger(ms);
  if (!isUsable)
    raise(
      problem(
        "format.expected",
        { expected: "duration-above-zero", got: JSON.stringify(interval), examples: ['"200 ms"', '"10 s"'] },
        { path: ["checkpointInterval"] },
      ),
    );
  return {
    timeZone: wrongZone ? DEFAULTS.timeZone : timeZone,
    parallelism: document.parallelism ?? DEFAULTS.parallelism,
    checkpointIntervalMs: isUsable ? ms : toMillis(DEFAULTS.checkpointInterval),
  };
}

function warnAboutSinks(
  document: PipelineDocument,
  drafts: ReadonlyMap<string, NodeDraft>,
  pipelineId: string,
  raise: (found: Problem) => void,
): void {
  if (Object.keys(document.nodes).length === 0) {
    raise(problem("graph.empty", {}, { severity: "warning" }));
    return;
  }
  const sinks = [...drafts.values()].filter(({ node, spec }) => spec.category === "sink" && !node.disabled);
  // A node of an unknown type may be the sink: its own problem is enough.
  const hasPorts = [...drafts.values()].some(({ spec }) => spec.fragmentPort);
  if (sinks.length === 0 && !hasPorts && drafts.size === Object.keys(document.nodes).length)
    raise(problem("graph.no-sink", {}, { severity: "warning" }));
  const writers = new Map<string, { kind: string; name: string; nodes: string[] }>();
  for (const { id, spec, params, paramsOk } of sinks) {
    if (!paramsOk || !spec.targets) continue;
    for (const { kind, name } of targetsOf(spec, params, pipelineId, id)) {
      const key = JSON.stringify([kind, params["connection"] ?? null, name]);
      const entry = writers.get(key) ?? { kind, name, nodes: [] };
      if (!entry.nodes.includes(id)) entry.nodes.push(id);
      writers.set(key, entry);
    }
  }
  for (const { kind, name, nodes } of writers.values())
    if (nodes.length > 1) raise(problem("graph.same-target", { kind, name, nodes }, { severity: "warning", nodeId: nodes[1] as string }));
}

function targetsOf(spec: NodeSpec, params: NodeDraft["params"], pipelineId: string, nodeId: string) {
  try {
    return spec.targets?.(params, { pipelineId, nodeId }) ?? [];
  } catch {
    return []; // the same params made the node's own check fail, which is reported there
  }
}

/** Groups and tests that name nodes which are gone: nothing breaks, but somebody will wonder. */
function warnAboutNames(document: PipelineDocument, isThere: (node: string) => boolean, raise: (found: Problem) => void): void {
  const suggestFor = (node: string) => {
    const suggestion = didYouMean(node, Object.keys(document.nodes));
    return suggestion ? { suggestion } : {};
  };
  for (const [group, { nodes }] of Object.entries(document.groups ?? {}))
    for (const [i, node] of nodes.entries())
      if (!isThere(node))
        raise(
          problem(
            "groups.unknown-node",
            { group, node, ...suggestFor(node) },
            { severity: "warning", path: ["groups", group, "nodes", i] },
          ),
        );
  for (const [i, test] of (document.tests ?? []).entries())
    for (const [j, step] of test.steps.entries()) {
      const sources = [step.rows, step.watermark, step.idle].flatMap((part) => Object.keys(part ?? {}));
      const named = [...sources, ...(Array.isArray(step.end) ? step.end : []), ...Object.keys(step.expect?.watermark ?? {})];
      const { rows, counters, holdings, holds } = step.expect ?? {};
      const ports = [rows, counters, holdings, holds].flatMap((part) => Object.keys(part ?? {}));
      for (const node of new Set([...named, ...ports.map((ref) => (ref.includes(".") ? parsePortRef(ref).node : ref))]))
        if (!isThere(node))
          raise(
            problem(
              "tests.unknown-node",
              { test: test.name, node, ...suggestFor(node) },
              { severity: "warning", path: ["tests", i, "steps", j] },
            ),
          );
    }
}
