/**
 * Which fields each source must decode: those that expressions, nodes and sinks downstream really read. Found by walking the graph backwards. A record that
 * is written through unchanged needs none of its fields decoded. Names of fields that are added on the way are wanted too, with nothing inside: a decoder that looks for them knows of most records
 * that they have no such member, which can then be added without looking.
 */
import type { FieldTree } from "../codec/codec.ts";
import { ERROR_PORT, type NodeSpec, type Params } from "../node/index.ts";
import { changelogsOf, expressionKey, parsePortRef, type TypedGraph, type TypedNode } from "../pipeline/index.ts";
import type { DataType, RowShape } from "../schema/index.ts";

export interface WantedFields {
  /** By source node id. */
  readonly bySource: ReadonlyMap<string, FieldTree>;
  /** By input port ("node.port"): what is read there and further on, for rows that come from another subtask. */
  readonly byInput: ReadonlyMap<string, FieldTree>;
}

export function wantedFields(graph: TypedGraph): WantedFields {
  const byInput = new Map<string, FieldTree>();
  const bySource = new Map<string, FieldTree>();
  for (const node of [...graph.nodes].reverse()) {
    const downstream = merge(
      Object.entries(node.outputs)
        .filter(([port]) => port !== ERROR_PORT)
        .flatMap(([, { edges }]) => edges.map((edge) => byInput.get(edge.to) ?? {})),
    );
    if (Object.keys(node.inputs).length === 0) bySource.set(node.id, isJson(node.spec, node.params) ? downstream : true);
    for (const port of Object.keys(node.inputs)) byInput.set(`${node.id}.${port}`, ownReads(node, port, downstream, byInput, graph));
  }
  return { bySource, byInput };
}

function ownReads(
  node: TypedNode,
  port: string,
  downstream: FieldTree,
  byInput: ReadonlyMap<string, FieldTree>,
  graph: TypedGraph,
): FieldTree {
  if (node.disabled) return downstream;
  const trees: FieldTree[] = [];
  for (const use of node.spec.expressions?.(node.params) ?? []) {
    if (use.port !== port) continue;
    const checked = node.expressions.get(expressionKey(use));
    for (const path of checked?.reads ?? []) trees.push(treeOf(path));
  }
  for (const field of node.spec.reads?.(node.params, changelogsOf(node))[port] ?? [])
    trees.push(field === "*" ? true : treeOf(field.split(".")));
  if (node.spec.category === "sink" && node.spec.format && !writesThrough(node, graph)) trees.push(true);
  if (node.spec.sinkValues !== undefined && node.spec.sinkValues(node.params) === undefined) trees.push(true);
  const rows = typeof node.spec.rows === "function" ? node.spec.rows(node.params) : node.spec.rows;
  const input = node.inputs[port]?.schema;
  if (rows === undefined || rows === "pass") trees.push(downstream, added(node, input));
  else if (rows !== "new") trees.push(elementsTree(rows.elementsOf.split("."), downstream, node, input));
  for (const [output, input] of Object.entries(node.spec.passes?.(node.params) ?? {}))
    if (input === port) for (const edge of node.outputs[output]?.edges ?? []) trees.push(byInput.get(edge.to) ?? {});
  return withoutKnown(merge(trees), input);
}

/** A JSON sink fed by JSON sources alone finds each row's text or rows made new, which are complete. */
function writesThrough(node: TypedNode, graph: TypedGraph): boolean {
  return (
    node.spec.format?.(node.params).name === "json" &&
    graph.nodes.every(
      (other) => Object.keys(other.inputs).length > 0 || isJson(other.spec, other.params) || !reaches(graph, other.id, node.id),
    )
  );
}

function isJson(spec: NodeSpec, params: Params): boolean {
  return (spec.format?.(params).name ?? "json") === "json";
}

function reaches(graph: TypedGraph, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const node of graph.nodes) {
    if (!seen.has(node.id)) continue;
    if (node.id === to) return true;
    for (const port of Object.values(node.outputs)) for (const edge of port.edges) seen.add(parsePortRef(edge.to).node);
  }
  return seen.has(to);
}

/** What is read downstream, of each element of the array at `path`; elements that are no rows are read whole. */
function elementsTree(path: readonly string[], downstream: FieldTree, node: TypedNode, schema: DataType | undefined): FieldTree {
  const array = path.reduce<DataType | undefined>(
    (type, name) => (type?.type === "ROW" ? type.fields.find((field) => field.name === name)?.dataType : undefined),
    schema,
  );
  const element = array?.type === "ARRAY" ? array.element : undefined;
  return treeOf(path, element?.type === "ROW" ? { "[]": withoutKnown(merge([downstream, added(node, element)]), element) } : true);
}

/** What is added further on is no reason to decode a field of that name. */
function withoutKnown(wanted: FieldTree, from: RowShape | undefined): FieldTree {
  if (wanted === true) return true;
  const isAdded = (inner: FieldTree) => inner !== true && Object.keys(inner).length === 0;
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, inner]) => !isAdded(inner) || !from?.fields.some((field) => field.name === name)),
  );
}

/** Fields that the node's rows have and these do not. */
function added(node: TypedNode, from: RowShape | undefined): FieldTree {
  const names = new Set(from?.fields.map(({ name }) => name));
  const fields = Object.entries(node.outputs).flatMap(([port, { schema }]) => (port === ERROR_PORT ? [] : schema.fields));
  return Object.fromEntries(fields.flatMap(({ name }) => (names.has(name) ? [] : [[name, {}]])));
}

function treeOf(path: readonly string[], leaf: FieldTree = true): FieldTree {
  return path.reduceRight<FieldTree>((inner, name) => ({ [name]: inner }), leaf);
}

function merge(trees: readonly FieldTree[]): FieldTree {
  if (trees.includes(true)) return true;
  const members = new Map<string, FieldTree[]>();
  for (const tree of trees as readonly { readonly [member: string]: FieldTree }[])
    for (const [name, inner] of Object.entries(tree)) members.set(name, [...(members.get(name) ?? []), inner]);
  return Object.fromEntries([...members].map(([name, inner]) => [name, merge(inner)]));
}
