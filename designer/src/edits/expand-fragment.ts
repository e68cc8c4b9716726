/** A node that uses a fragment, with the nodes inside in its place again. */
import type { Words } from "@millrace/engine/node";
import {
  type Edge,
  fillIn,
  fragmentOf,
  innerId,
  type ParameterValues,
  type PipelineDocument,
  type PipelineNode,
  parameterValue,
  parsePortRef,
} from "@millrace/engine/pipeline";
import { place } from "./add.ts";
import { freshId, freshName } from "./ids.ts";
import { withTestsRenamed } from "./rename-in-tests.ts";

const PORTS = new Set(["fragment-input", "fragment-output"]);

/** The document that a node uses; undefined when it uses none, or the document does not carry it. */
export function fragmentUsed(
  document: PipelineDocument,
  nodeId: string,
): { readonly id: string; readonly fragment: PipelineDocument } | undefined {
  const node = Object.hasOwn(document.nodes, nodeId) ? document.nodes[nodeId] : undefined;
  const id = node && fragmentOf(node.type);
  const fragment = id === undefined ? undefined : document.fragments?.[id]?.document;
  return id !== undefined && fragment ? { id, fragment } : undefined;
}

/** Why it cannot be: the document has other versions of what the fragment uses. */
export function whyNotExpanded(document: PipelineDocument, nodeId: string): Words | undefined {
  const { fragment } = fragmentUsed(document, nodeId) ?? {};
  const other = Object.entries(fragment?.fragments ?? {}).find(
    ([id, pinned]) => document.fragments?.[id] && JSON.stringify(document.fragments[id]) !== JSON.stringify(pinned),
  );
  return (
    other && {
      en: `The fragment uses version ${other[1].version} of "${other[0]}", this document another one. Update one of them first.`,
      zh: `该片段使用 “${other[0]}” 的版本 ${other[1].version}，而此文档使用另一版本。请先更新其中之一。`,
    }
  );
}

/** Writes to a draft; answers the ids of the nodes that came out. */
export function expandFragment(draft: PipelineDocument, nodeId: string): string[] {
  const used = fragmentUsed(draft, nodeId);
  const using = draft.nodes[nodeId];
  if (!used || !using) return [];
  // Parts of a draft cannot be handed on: what is taken out of it is copied.
  const fragment = plain(used.fragment);
  const inner = Object.entries(fragment.nodes).filter(([, { type }]) => !PORTS.has(type));
  const values = valuesOf(fragment, plain(using));
  const schemaNames = takeOverSchemas(draft, fragment, used.id);
  const ids = new Map<string, string>();
  const names = new Set(Object.values(draft.nodes).map(({ name }) => name));
  const shift = shiftFor(draft, nodeId, fragment);
  for (const [id, node] of inner) {
    const name = freshName(node.name, names);
    names.add(name);
    const fresh = freshId(id, node.type, (one) => Object.hasOwn(draft.nodes, one) || [...ids.values()].includes(one));
    ids.set(id, fresh);
    const params = fillIn(node.params, values, () => undefined);
    draft.nodes[fresh] = {
      ...node,
      name,
      params: renamedTexts(params, schemaNames) as PipelineNode["params"],
      formerly: innerId(nodeId, id),
    };
    const box = fragment.layout?.nodes?.[id] ?? { x: ids.size * 300, y: 0 };
    place(draft, fresh, { x: box.x + shift.x, y: box.y + shift.y });
  }
  draft.edges = [
    ...draft.edges.filter(({ from, to }) => !isOf(nodeId, from) && !isOf(nodeId, to)),
    ...edgesOf(draft, nodeId, fragment, ids),
  ];
  delete draft.nodes[nodeId];
  if (draft.layout?.nodes) delete draft.layout.nodes[nodeId];
  for (const group of Object.values(draft.groups ?? {}))
    if (group.nodes.includes(nodeId)) group.nodes = group.nodes.flatMap((id) => (id === nodeId ? [...ids.values()] : [id]));
  if (fragment.connections) draft.connections = { ...fragment.connections, ...draft.connections };
  if (fragment.fragments) draft.fragments = { ...fragment.fragments, ...draft.fragments };
  dropUnused(draft, used.id);
  if (draft.tests) {
    const outside = new Map([...ids].map(([id, fresh]) => [innerId(nodeId, id), fresh]));
    draft.tests = withTestsRenamed(draft.tests, (id) => outside.get(id) ?? id);
  }
  return [...ids.values()];
}

function plain<T>(part: T): T {
  return JSON.parse(JSON.stringify(part)) as T;
}

/** What stands for each parameter: as it was typed, so that a parameter of the pipeline stays one. */
function valuesOf(fragment: PipelineDocument, { params }: PipelineNode): ParameterValues {
  return new Map(
    Object.entries(fragment.parameters ?? {}).map(([name, { type, default: fallback }]) => {
      const given = params[name];
      const isScalar = typeof given === "string" || typeof given === "number" || typeof given === "boolean";
      return [name, parameterValue(isScalar ? given : fallback, type)];
    }),
  );
}

/** Names that the fragment's schemas have in the draft: another one where the draft means something else by it. */
function takeOverSchemas(draft: PipelineDocument, fragment: PipelineDocument, id: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(fragment.schemas ?? {})) {
    const there = draft.schemas?.[name];
    const isSame = there === undefined || JSON.stringify(there) === JSON.stringify(schema);
    const fresh = isSame ? name : freshId(`${id} ${name}`, "schema", (one) => Object.hasOwn(draft.schemas ?? {}, one));
    draft.schemas = { ...draft.schemas, [fresh]: schema };
    if (fresh !== name) names.set(name, fresh);
  }
  return names;
}

function renamedTexts(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (names.size === 0) return value;
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => renamedTexts(one, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamedTexts(one, names)]));
}

function shiftFor(draft: PipelineDocument, nodeId: string, fragment: PipelineDocument) {
  const at = draft.layout?.nodes?.[nodeId] ?? { x: 0, y: 0 };
  const boxes = Object.entries(fragment.layout?.nodes ?? {}).flatMap(([id, box]) =>
    PORTS.has(fragment.nodes[id]?.type ?? "") ? [] : [box],
  );
  if (boxes.length === 0) return at;
  return { x: at.x - Math.min(...boxes.map(({ x }) => x)), y: at.y - Math.min(...boxes.map(({ y }) => y)) };
}

function isOf(nodeId: string, ref: string): boolean {
  return parsePortRef(ref).node === nodeId;
}

/** What led to a port leads to what stood behind it, on both sides; errors that were led out come from each node that could fail. */
function edgesOf(draft: PipelineDocument, nodeId: string, fragment: PipelineDocument, ids: ReadonlyMap<string, string>): Edge[] {
  const isPort = (ref: string) => PORTS.has(fragment.nodes[parsePortRef(ref).node]?.type ?? "");
  const renamed = (ref: string) => {
    const { node, port } = parsePortRef(ref);
    return `${ids.get(node) ?? node}.${port}`;
  };
  const outside = (ref: string, side: "from" | "to") => draft.edges.filter((edge) => edge[side] === ref);
  const portOf = (ref: string) => `${nodeId}.${parsePortRef(ref).node}`;
  const edges = fragment.edges.flatMap(({ from, to }): Edge[] => {
    const sources = isPort(from) ? outside(portOf(from), "to").map((edge) => edge.from) : [renamed(from)];
    const targets = isPort(to) ? outside(portOf(to), "from").map((edge) => edge.to) : [renamed(to)];
    return sources.flatMap((source) => targets.map((target) => ({ from: source, to: target })));
  });
  const wired = new Set(fragment.edges.map(({ from }) => from));
  const errors = outside(`${nodeId}.error`, "from").flatMap(({ to }) =>
    [...ids].flatMap(([id, fresh]) => (wired.has(`${id}.error`) ? [] : [{ from: `${fresh}.error`, to }])),
  );
  return [...edges, ...errors];
}

function dropUnused(draft: PipelineDocument, fragment: string): void {
  if (Object.values(draft.nodes).some(({ type }) => fragmentOf(type) === fragment)) return;
  const { [fragment]: _, ...left } = draft.fragments ?? {};
  if (Object.keys(left).length > 0) draft.fragments = left;
  else delete draft.fragments;
}
