/**
 * Where people find a problem of an expanded document: at the node and the edge that they drew. What is wrong inside of a fragment stands at the node that uses it, and names the node inside; where a param of
 * the using node is the cause, at that param.
 */
import type { PipelineNode } from "./document.ts";
import type { Expansion } from "./expand.ts";
import { placeOf } from "./fragments.ts";
import type { Problem } from "./problem.ts";
import { valueAt } from "./value-at.ts";

/** Undefined: it is nothing to those who use the fragment, and is said where the fragment itself is drawn. */
export function placed(found: Problem, expansion: Expansion): Problem | undefined {
  const { nodeId, path = [] } = found;
  const [member, step] = path;
  if (nodeId === undefined && member === "edges" && typeof step === "number") return atEdge(found, step, expansion);
  if (nodeId === undefined && member === "schemas" && typeof step === "string" && placeOf(step).inner !== undefined)
    return { ...found, nodeId: placeOf(step).node, inner: { node: placeOf(step).inner as string } };
  if (nodeId === undefined || placeOf(nodeId).inner === undefined) return found;
  const using = usingOf(nodeId);
  const port = nodeId.slice(using.length + 1);
  const use = expansion.uses.get(using);
  if (found.code === "graph.input-missing" && use?.inputs.includes(port)) return atUsing(found, using, port);
  if (found.code === "graph.output-unused")
    return placeOf(using).inner === undefined && use?.outputs.includes(port) ? atUsing(found, using, port) : undefined;
  return { ...causeOf(found, nodeId, expansion), ...inside(nodeId, found.path) };
}

/** Of a port that is not wired where the fragment is used. */
function atUsing(found: Problem, using: string, port: string): Problem {
  const { path: _, ...rest } = found;
  const args = { ...found.args, port };
  return placeOf(using).inner === undefined ? { ...rest, args, nodeId: using } : { ...rest, args, ...inside(using, undefined) };
}

function inside(nodeId: string, path: Problem["path"]): Pick<Problem, "nodeId" | "inner"> {
  const { node, inner = "" } = placeOf(nodeId);
  return { nodeId: node, inner: { node: inner, ...(path && { path }) } };
}

function atEdge(found: Problem, index: number, { edges }: Expansion): Problem {
  const written = edges[index];
  if (!written) return found;
  const path = ["edges", written.index, ...(found.path ?? []).slice(2)];
  if (written.using === "") return { ...found, path };
  const { path: _, ...rest } = found;
  const { node, inner } = placeOf(written.using);
  return { ...rest, nodeId: node, inner: { node: inner ?? "edges" } };
}

function usingOf(nodeId: string): string {
  return nodeId.slice(0, nodeId.lastIndexOf("/"));
}

const NAMED = /\$\{([^{}]*)\}/g;

/** The problem at the param of the outermost using node from which the text comes; without path where it comes from none, or from several. */
function causeOf(found: Problem, nodeId: string, { uses, document }: Expansion): Problem {
  const { path, range, fix, ...rest } = found;
  let at = nodeId;
  let where = path;
  let isWhole = true;
  while (where !== undefined && placeOf(at).inner !== undefined) {
    const node: PipelineNode | undefined = uses.get(at)?.draft.node ?? document.nodes[at];
    const text = valueAt(node?.params, where);
    const names = typeof text === "string" ? [...text.matchAll(NAMED)] : [];
    const [only] = names;
    if (names.length !== 1 || !only) return rest;
    isWhole &&= only[0] === text;
    where = [only[1] as string];
    at = usingOf(at);
  }
  return { ...rest, ...(where && { path: where }), ...(isWhole && range && { range }), ...(isWhole && fix && { fix }) };
}
