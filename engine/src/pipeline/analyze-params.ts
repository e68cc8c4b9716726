/** First step of `analyze`: each node's type, params and ports, before anything is known of what flows. */
import type { NodeSpec, Params } from "../node/spec.ts";
import { portsOf } from "../node/spec.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { PipelineDocument, PipelineNode } from "./document.ts";
import { formatProblems } from "./format-problems.ts";
import { fillIn, type ParameterValues } from "./parameters.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

export interface NodeDraft {
  readonly id: string;
  readonly node: PipelineNode;
  readonly spec: NodeSpec;
  /** Parsed; as typed when `paramsOk` is false. */
  readonly params: Params;
  readonly paramsOk: boolean;
  /** With parameters filled in or not, as they stand in the document. */
  readonly rawParams: Params;
  /** Names of the ports in the spec's order, `error` last among the outputs; undefined where they depend on params that did not parse. */
  readonly inputs: readonly string[] | undefined;
  readonly outputs: readonly string[] | undefined;
}

export interface ReadNodeContext {
  readonly document: PipelineDocument;
  readonly specs: ReadonlyMap<string, NodeSpec>;
  readonly values: ParameterValues;
  readonly raise: (found: Problem) => void;
}

/** Undefined for an unknown type. Of a disabled node that rows only pass by, params are not held against anybody. */
export function readNode(id: string, node: PipelineNode, { document, specs, values, raise }: ReadNodeContext): NodeDraft | undefined {
  const spec = specs.get(node.type);
  if (!spec) {
    const suggestion = didYouMean(node.type, specs.keys());
    raise(problem("graph.unknown-type", { type: node.type.slice(0, 100), ...(suggestion && { suggestion }) }, { nodeId: id }));
    return undefined;
  }
  const found: Problem[] = [];
  const filled = fillIn(node.params, values, (one) => found.push(one)) as Params;
  const parsed = parse(spec, filled, found);
  const paramsOk = parsed !== undefined && found.length === 0;
  const params = parsed ?? filled;
  const ports = portNames(spec, params, paramsOk, found);
  if (paramsOk) checkConnection(spec, params, node.params, document, found);
  const passesBy = node.disabled && (ports.inputs?.length ?? 1) > 0;
  if (!passesBy) for (const one of found) raise({ ...one, nodeId: id });
  return { id, node, spec, params, paramsOk: paramsOk && ports.inputs !== undefined, rawParams: node.params, ...ports };
}

function parse(spec: NodeSpec, params: Params, found: Problem[]): Params | undefined {
  try {
    const result = spec.params.safeParse(params);
    if (result.success) return result.data;
    found.push(...formatProblems(spec.params, params, result.error.issues));
  } catch (error) {
    found.push(failed(spec, error));
  }
  return undefined;
}

function portNames(spec: NodeSpec, params: Params, paramsOk: boolean, found: Problem[]): Pick<NodeDraft, "inputs" | "outputs"> {
  const areFixed = typeof spec.inputs !== "function" && typeof spec.outputs !== "function";
  if (!paramsOk && !areFixed) return { inputs: fixed(spec.inputs), outputs: undefined };
  try {
    const { inputs, outputs } = portsOf(spec, params);
    return { inputs: Object.keys(inputs), outputs: Object.keys(outputs) };
  } catch (error) {
    found.push(failed(spec, error));
    return { inputs: undefined, outputs: undefined };
  }
}

function fixed(ports: NodeSpec["inputs"]): readonly string[] | undefined {
  return typeof ports === "function" ? undefined : Object.keys(ports);
}

/** An alias that the user typed must be declared with the role that the node needs; one that is only a spec's default means the built-in driver. */
function checkConnection(spec: NodeSpec, params: Params, raw: Params, document: PipelineDocument, found: Problem[]): void {
  const alias = params["connection"];
  const { connection: role } = spec;
  if (!role || typeof alias !== "string" || !Object.hasOwn(raw, "connection")) return;
  const aliases = document.connections ?? {};
  const declared = Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
  const path = ["connection"];
  if (!declared) {
    const suggestion = didYouMean(alias, Object.keys(aliases));
    found.push(problem("connections.unknown", { alias, role, ...(suggestion && { suggestion }) }, { path }));
  } else if (declared.role !== role) found.push(problem("connections.role", { alias, role, got: declared.role }, { path }));
}

export function failed(spec: NodeSpec, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return problem("node.failed", { type: spec.type, message: message.slice(0, 200) });
}
