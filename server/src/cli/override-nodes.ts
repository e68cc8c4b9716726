/**
 * `run --source`, `--sink` and `--from`: the document with some nodes' outside exchanged. A node keeps its id, name, edges, schema and format; only where its records come from or go
 * to is another. A node inside of a fragment is named by the way to it ("visits/logs"); other uses of the fragment stay as they are. What only filled a topic that is not read any more is left out: a template brings a generator for its topic, and with a file in the topic's place the run shall end with the file.
 */

import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import type { Target } from "@millrace/engine/node";
import {
  connectionAliases,
  fragmentOf,
  fragmentType,
  type PipelineDocument,
  type PipelineNode,
  parsePortRef,
  placeOf,
  type TypedNode,
} from "@millrace/engine/pipeline";
import { UsageError } from "../data-folder.ts";
import { documentGraph } from "../documents.ts";
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
    replaced.push(...targetsOf(node));
    changed = withFileNode(changed, id, "file-source", file, connections);
  }
  return withoutFeeders(changed, replaced);
}

export function withFileSinks(document: PipelineDocument, files: Pairs, connections: Connections): PipelineDocument {
  let changed = document;
  for (const [id, file] of files) {
    nodeOf(document, id, "sink");
    const folder = dirname(resolve(file));
    if (!existsSync(folder)) throw new UsageError(`--sink ${id}: there is no folder ${folder}. Make it first.`);
    changed = withFileNode(changed, id, "file-sink", file, connections);
  }
  return changed;
}

/** Every topic source reads from there, whatever it says. */
export function startTopicsFrom(document: PipelineDocument, from: "earliest" | "latest"): PipelineDocument {
  const nodes = Object.entries(document.nodes).map(([id, node]) => [
    id,
    node.type === "topic-source" ? { ...node, params: { ...node.params, from } } : node,
  ]);
  const fragments = Object.entries(document.fragments ?? {}).map(([id, pinned]) => [
    id,
    pinned.document ? { ...pinned, document: startTopicsFrom(pinned.document, from) } : pinned,
  ]);
  return {
    ...document,
    nodes: Object.fromEntries(nodes) as PipelineDocument["nodes"],
    ...(document.fragments && { fragments: Object.fromEntries(fragments) as NonNullable<PipelineDocument["fragments"]> }),
  };
}

function nodeOf(document: PipelineDocument, id: string, category: "source" | "sink"): TypedNode {
  const nodes = documentGraph(document).nodes.filter(({ spec }) => spec.category === category);
  const found = nodes.find((node) => node.id === id);
  if (found) return found;
  const there = nodes.length === 0 ? "it has none" : `it has: ${nodes.map((node) => node.id).join(", ")}`;
  throw new UsageError(`--${category} ${id}: the pipeline has no ${category} ${JSON.stringify(id)} (${there}).`);
}

function targetsOf({ id, spec, params }: TypedNode): readonly Target[] {
  return spec.targets?.(params, { pipelineId: "", nodeId: id }) ?? [];
}

function withFileNode(
  document: PipelineDocument,
  id: string,
  type: "file-source" | "file-sink",
  file: string,
  connections: Connections,
): PipelineDocument {
  const alias = freeAlias(document, connections);
  const path = resolve(file);
  connections[alias] = { kind: "built-in", role: "files", settings: { root: dirname(path) } };
  const kept = type === "file-source" ? "schema" : "omitNulls";
  return withNode(document, id, (node, inside) => ({
    ...inside,
    connections: { ...inside.connections, [alias]: { role: "files" } },
    nodes: {
      ...inside.nodes,
      [nameOf(id)]: {
        ...node,
        type,
        params: {
          connection: alias,
          path: basename(path),
          format: formatOf(node, path),
          ...(node.params[kept] === undefined ? {} : { [kept]: node.params[kept] }),
        },
      },
    },
  }));
}

/** An alias means the same in a pipeline and in its fragments. */
function freeAlias(document: PipelineDocument, connections: Connections): string {
  const taken = new Set([...Object.keys(connectionAliases(document)), ...Object.keys(connections)]);
  for (let number = 1; ; number++) if (!taken.has(`given-file-${number}`)) return `given-file-${number}`;
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

/** The document in which the node at the end of a way is changed, with its nearest document. Each fragment on the way becomes one of that use alone. */
function withNode(
  document: PipelineDocument,
  id: string,
  change: (node: PipelineNode, inside: PipelineDocument) => PipelineDocument,
): PipelineDocument {
  const { node: first, inner } = placeOf(id);
  const node = document.nodes[first] as PipelineNode;
  if (inner === undefined) return change(node, document);
  const fragments = document.fragments ?? {};
  const fragment = fragmentOf(node.type) as string;
  const { version, document: inside } = fragments[fragment] as { version: number; document: PipelineDocument };
  const own = ownId(fragment, first, fragments);
  return {
    ...document,
    nodes: { ...document.nodes, [first]: { ...node, type: fragmentType(own) } },
    fragments: { ...fragments, [own]: { version, document: withNode(inside, inner, change) } },
  };
}

function ownId(fragment: string, use: string, taken: object): string {
  for (let number = 1; ; number++) {
    const id = `${fragment.slice(0, 30)}-in-${use.slice(0, 24)}-${number}`;
    if (!Object.hasOwn(taken, id)) return id;
  }
}

/** By the file's ending; text stays text. */
function formatOf(node: PipelineNode, path: string): string {
  if (extname(path).toLowerCase() === ".csv") return "csv";
  return node.params.format === "text" ? "text" : "json";
}

/** Leaves out every part of the drawing that is connected to nothing else and does nothing but write the targets that are not read any more. */
function withoutFeeders(document: PipelineDocument, unread: readonly Target[]): PipelineDocument {
  const isUnread = ({ kind, name }: Target) => unread.some((target) => target.kind === kind && target.name === name);
  const sinks = documentGraph(document).nodes.filter(({ spec }) => spec.category === "sink");
  const left = parts(document).filter((part) => {
    const own = sinks.filter(({ id }) => part.includes(placeOf(id).node));
    const targets = own.flatMap(targetsOf);
    return own.length > 0 && targets.length >= own.length && targets.every(isUnread);
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
