/**
 * Older formats of the document, brought to the present one step at a time. A step may find anything where it expects its members: what it
 * does not understand it leaves as it is, for the format's check to name.
 */
import { FORMAT_VERSION } from "./document.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

type Json = null | boolean | number | string | Json[] | JsonMembers;
export interface JsonMembers {
  [member: string]: Json;
}

/** From the format of its index to the next one. Pure; may raise problems for what has no place in the next format. */
export type Migration = (document: JsonMembers, raise: (problem: Problem) => void) => JsonMembers;

/** Params of a node type as they were before a format, made those of that format: type → format version → migration. */
export type ParamMigrations = ReadonlyMap<
  string,
  Readonly<Record<number, (params: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>>
>;

export const MIGRATIONS: readonly Migration[] = [
  /**
   * Format 0 listed nodes with their ids inside and edges as pairs, and kept each node's place beside its params:
   * `{ nodes: [{ id, type, name, params, x, y }], edges: [["a.out", "b.in"]] }`.
   */
  (document, raise) => {
    const { nodes, edges, ...rest } = document;
    const migrated: JsonMembers = { ...rest };
    if (nodes !== undefined) migrated["nodes"] = Array.isArray(nodes) ? nodesById(nodes, raise) : nodes;
    const boxes = Array.isArray(nodes) ? placesById(nodes) : {};
    if (Object.keys(boxes).length > 0) migrated["layout"] = { nodes: boxes };
    if (edges !== undefined) migrated["edges"] = Array.isArray(edges) ? edges.map(edgeOfPair) : edges;
    return migrated;
  },
];

/** The document in the present format, as far as it could be brought there, and the fragments that it carries, each of its own format. `version` is the document's, at most `FORMAT_VERSION`. */
export function migrate(
  document: JsonMembers,
  version: number,
  paramMigrations: ParamMigrations = new Map(),
): { document: JsonMembers; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  let migrated = document;
  for (let from = version; from < FORMAT_VERSION; from++) {
    migrated = { ...(MIGRATIONS[from] as Migration)(migrated, (found) => problems.push(found)), formatVersion: from + 1 };
    migrated = migrateParams(migrated, from + 1, paramMigrations);
  }
  const { fragments } = migrated;
  if (!isMembers(fragments)) return { document: migrated, problems };
  const carried = Object.entries(fragments).map(([id, pinned]): [string, Json] => {
    const inside = isMembers(pinned) ? pinned["document"] : undefined;
    const its = isMembers(inside) ? inside["formatVersion"] : undefined;
    if (!isMembers(inside) || typeof its !== "number" || !Number.isInteger(its) || its < 0 || its > FORMAT_VERSION)
      return [id, pinned as Json];
    const brought = migrate(inside, its, paramMigrations);
    for (const found of brought.problems) problems.push({ ...found, path: ["fragments", id, "document", ...(found.path ?? [])] });
    return [id, { ...(pinned as JsonMembers), document: brought.document }];
  });
  return { document: { ...migrated, fragments: Object.fromEntries(carried) }, problems };
}

function migrateParams(document: JsonMembers, to: number, migrations: ParamMigrations): JsonMembers {
  const { nodes } = document;
  if (!isMembers(nodes)) return document;
  const migrated = Object.entries(nodes).map(([id, node]): [string, Json] => {
    const step = isMembers(node) && typeof node["type"] === "string" ? migrations.get(node["type"])?.[to] : undefined;
    if (!step || !isMembers(node)) return [id, node];
    return [id, { ...node, params: step(isMembers(node["params"]) ? node["params"] : {}) as JsonMembers }];
  });
  return { ...document, nodes: Object.fromEntries(migrated) };
}

function nodesById(nodes: readonly Json[], raise: (problem: Problem) => void): JsonMembers {
  const byId = new Map<string, Json>();
  for (const [i, node] of nodes.entries()) {
    if (!isMembers(node) || typeof node["id"] !== "string") {
      raise(problem("format.expected", { expected: "id", got: "", examples: [] }, { path: ["nodes", i, "id"] }));
      continue;
    }
    const { id, x: _x, y: _y, ...rest } = node;
    if (byId.has(id)) raise(problem("document.duplicate-id", { id }, { path: ["nodes", i, "id"] }));
    byId.set(id, rest);
  }
  return Object.fromEntries(byId);
}

function placesById(nodes: readonly Json[]): JsonMembers {
  const places: [string, Json][] = [];
  for (const node of nodes)
    if (isMembers(node) && typeof node["id"] === "string" && typeof node["x"] === "number" && typeof node["y"] === "number")
      places.push([node["id"], { x: node["x"], y: node["y"] }]);
  return Object.fromEntries(places);
}

function edgeOfPair(edge: Json): Json {
  if (!Array.isArray(edge) || edge.length !== 2) return edge;
  return { from: edge[0] as Json, to: edge[1] as Json };
}

export function isMembers(value: unknown): value is JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
