/**
 * `run --source`, `--sink` and `--from`: the document with some nodes' outside exchanged. A node keeps its id, name, edges, schema and format; only where its records come from or go
 * to is another. What only filled a topic that is not read any more is left out: a template brings a generator for its topic, and with a file in the topic's place the run shall end with the file.
 */

import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import type { NodeSpec, Target } from "@millrace/engine/node";
import { type PipelineDocument, type PipelineNode, parsePortRef } from "@millrace/engine/pipeline";
import { UsageError } from "../data-folder.ts";
import { nodeTypes } from "../documents.ts";
import type { ConnectionConfig } from "../runs/run-host.ts";

type Pairs = ReadonlyMap<string, string>;
type Connections = Record<string, ConnectionConfig>;

/** `connections` receives what the new file nodes need. */
export function withFileSources(document: PipelineDocument, files: Pairs, connections: Connections): PipelineDocument {
  if (files.size === 0) return document;
  const replaced: Target[] = [];
  let changed = document;
  for (const [id, file] of files) {
    const node = nodeOf(document, id, "source");
    if (!existsSync(file) || !statSync(file).isFile()) throw new UsageError(`--source ${id}: there is no file ${resolve(file)}.`);
    replaced.push(...targetsOf(id, node));
    changed = withFileNode(changed, id, node, "file-source", file, connections);
  }
  return withoutFeeders(changed, replaced);
}

export function withFileSinks(document: PipelineDocument, files: Pairs, connections: Connections): PipelineDocument {
  let changed = document;
  for (const [id, file] of files) {
    const folder = dirname(resolve(file));
    if (!existsSync(folder)) throw new UsageError(`--sink ${id}: there is no folder ${folder}. Make it first.`);
    changed = withFileNode(changed, id, nodeOf(document, id, "sink"), "file-sink", file, connections);
  }
  return changed;
}

/** Every topic source reads from there, whatever it says. */
export function startTopicsFrom(document: PipelineDocument, from: "earliest" | "latest"): PipelineDocument {
  const nodes = Object.entries(document.nodes).map(([id, node]) => [
    id,
    node.type === "topic-source" ? { ...node, params: { ...node.params, from } } : node,
  ]);
  return { ...document, nodes: Object.fromEntries(nodes) as PipelineDocument["nodes"] };
}

function nodeOf(document: PipelineDocument, id: string, category: "source" | "sink"): PipelineNode {
  const ids = Object.keys(document.nodes).filter((one) => specOf(document.nodes[one])?.category === category);
  if (ids.includes(id)) return document.nodes[id] as PipelineNode;
  const there = ids.length === 0 ? "it has none" : `it has: ${ids.join(", ")}`;
  throw new UsageError(`--${category} ${id}: the pipeline has no ${category} ${JSON.stringify(id)} (${there}).`);
}

function specOf(node: PipelineNode | undefined): NodeSpec | undefined {
  return node && nodeTypes.get(node.type)?.spec;
}

function targetsOf(nodeId: string, node: PipelineNode): readonly Target[] {
  return specOf(node)?.targets?.(node.params, { pipelineId: "", nodeId }) ?? [];
}

function withFileNode(
  document: PipelineDocument,
  id: string,
  node: PipelineNode,
  type: "file-source" | "file-sink",
  file: string,
  connections: Connections,
): PipelineDocument {
  const alias = `file-of-${id}`.slice(0, 64);
  const path = resolve(file);
  connections[alias] = { kind: "built-in", role: "files", settings: { root: dirname(path) } };
  const kept = type === "file-source" ? "schema" : "omitNulls";
  const params = {
    connection: alias,
    path: basename(path),
    format: formatOf(node, path),
    ...(node.params[kept] === undefined ? {} : { [kept]: node.params[kept] }),
  };
  return {
    ...document,
    connections: { ...document.connections, [alias]: { role: "files" } },
    nodes: { ...document.nodes, [id]: { ...node, type, params } },
  };
}

/** By the file's ending; text stays text. */
function formatOf(node: PipelineNode, path: string): string {
  if (extname(path).toLowerCase() === ".csv") return "csv";
  return node.params.format === "text" ? "text" : "json";
}

/** Leaves out every part of the drawing that is connected to nothing else and does nothing but write the targets that are not read any more. */
function withoutFeeders(document: PipelineDocument, unread: readonly Target[]): PipelineDocument {
  const isUnread = ({ kind, name }: Target) => unread.some((target) => target.kind === kind && target.name === name);
  const left = parts(document).filter((part) => {
    const sinks = part.filter((id) => specOf(document.nodes[id])?.category === "sink");
    const targets = sinks.flatMap((id) => targetsOf(id, document.nodes[id] as PipelineNode));
    return sinks.length > 0 && targets.length >= sinks.length && targets.every(isUnread);
  });
  const gone = new Set(left.flat());
  return {
    ...document,
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => !gone.has(id))),
    edges: document.edges.filter(({ from }) => !gone.has(parsePortRef(from).node)),
  };
}

/** The nodes by connected part. */
function parts(document: PipelineDocument): string[][] {
  const partOf = new Map(Object.keys(document.nodes).map((id) => [id, [id]]));
  for (const { from, to } of document.edges) {
    const a = partOf.get(parsePortRef(from).node);
    const b = partOf.get(parsePortRef(to).node);
    if (!a || !b || a === b) continue;
    a.push(...b);
    for (const id of b) partOf.set(id, a);
  }
  return [...new Set(partOf.values())];
}
