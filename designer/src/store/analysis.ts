/**
 * Problems and schemas of the draft, worked out anew a moment after it changed (typing must not wait for it). Between the change and the answer the last
 * answer stands, and `isCurrent` is false.
 */
import { type Analysis, analyze, type PipelineDocument, type Problem, type TypedNode } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import { create } from "zustand";
import { EMPTY, useDocument } from "./document.ts";
import { parseEdgeKey } from "./edge-key.ts";
import { useFragments } from "./fragments.ts";
import { useSaving } from "./saving.ts";
import { specs } from "./specs.ts";

export interface AnalysisState extends Analysis {
  readonly problemsByNode: ReadonlyMap<string, readonly Problem[]>;
  readonly nodesById: ReadonlyMap<string, TypedNode>;
  /** Of the document that stands in the store now. */
  readonly isCurrent: boolean;
}

const DELAY_MS = 80;
const NO_PROBLEMS: readonly Problem[] = [];

export const useAnalysis = create<AnalysisState>()(() => ({ ...indexed(analyze(EMPTY, specs)), isCurrent: true }));

/** Works it out at once, for what cannot wait (a deploy, a test). */
export function analyzeNow(): AnalysisState {
  clearTimeout(timer);
  const { document, pipelineId } = useDocument.getState();
  const analysis = analyze(document, specs, {
    mostNodes: useFragments.getState().mostNodes,
    ...(pipelineId !== undefined && { pipelineId }),
  });
  const problems = [...analysis.problems, ...problemsElsewhere(document)];
  useAnalysis.setState({ ...indexed({ ...analysis, problems }), isCurrent: true });
  return useAnalysis.getState();
}

/** Of nodes that are as they were when the server was asked. */
function problemsElsewhere({ nodes }: PipelineDocument): readonly Problem[] {
  const { elsewhere } = useSaving.getState();
  if (!elsewhere) return NO_PROBLEMS;
  return elsewhere.problems.filter(({ nodeId = "" }) => Object.hasOwn(nodes, nodeId) && nodes[nodeId] === elsewhere.of.nodes[nodeId]);
}

useSaving.subscribe((now, before) => {
  if (now.elsewhere !== before.elsewhere) analyzeNow();
});

let timer: ReturnType<typeof setTimeout> | undefined;

useDocument.subscribe((now, before) => {
  if (now.document === before.document) return;
  // Another pipeline: what is known of the last one must not be shown for a moment.
  if (now.pipelineId !== before.pipelineId) return void analyzeNow();
  if (useAnalysis.getState().isCurrent) useAnalysis.setState({ isCurrent: false });
  clearTimeout(timer);
  timer = setTimeout(analyzeNow, DELAY_MS);
});

export function useNodeProblems(nodeId: string): readonly Problem[] {
  return useAnalysis(({ problemsByNode }) => problemsByNode.get(nodeId) ?? NO_PROBLEMS);
}

/** Spec, parsed params, ports with schemas; undefined for a node of an unknown type. */
export function useTypedNode(nodeId: string | undefined): TypedNode | undefined {
  return useAnalysis(({ nodesById }) => (nodeId === undefined ? undefined : nodesById.get(nodeId)));
}

/** The schema of the rows on an edge ("a.out->b.in") or an output port ("a.out"). */
export function useEdgeSchema(key: string | undefined): Schema | undefined {
  return useAnalysis(({ nodesById }) => (key === undefined ? undefined : schemaOf(nodesById, key)));
}

export function schemaOf(nodes: ReadonlyMap<string, TypedNode>, key: string): Schema | undefined {
  const ref = parseEdgeKey(key)?.from ?? key;
  const dot = ref.indexOf(".");
  const outputs = nodes.get(ref.slice(0, dot))?.outputs;
  const port = ref.slice(dot + 1);
  return outputs && Object.hasOwn(outputs, port) ? outputs[port]?.schema : undefined;
}

function indexed(analysis: Analysis): Omit<AnalysisState, "isCurrent"> {
  const problemsByNode = new Map<string, Problem[]>();
  for (const problem of analysis.problems) {
    if (problem.nodeId === undefined) continue;
    const list = problemsByNode.get(problem.nodeId);
    if (list) list.push(problem);
    else problemsByNode.set(problem.nodeId, [problem]);
  }
  return {
    ...analysis,
    problemsByNode,
    nodesById: new Map([...analysis.graph.nodes, ...analysis.graph.uses].map((node) => [node.id, node])),
  };
}
