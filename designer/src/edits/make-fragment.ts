/**
 * A fragment of some nodes of a drawing, and the drawing with one node in their place that does the same. Where edges led in and out are ports now; parameters, schemas, connections and fragments that the
 * nodes use go along.
 */
import { formatSchema } from "@millrace/engine/expression";
import {
  type Edge,
  FORMAT_VERSION,
  fragmentOf,
  fragmentType,
  innerId,
  type PinnedFragment,
  type PipelineDocument,
  type PipelineNode,
  parsePortRef,
} from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import { CARD_WIDTH } from "../canvas/card-geometry.ts";
import { GAP, place } from "./add.ts";
import { endsOf } from "./graph.ts";
import { freshId, freshName } from "./ids.ts";
import { withTestsRenamed } from "./rename-in-tests.ts";

const INPUT = "fragment-input";
const OUTPUT = "fragment-output";

export interface MadeFragment {
  readonly fragment: PipelineDocument;
  /** Writes a node that uses it in the place of the nodes, and answers its id. `id` and `pinned`: as the server keeps it. */
  use(draft: PipelineDocument, id: string, pinned: PinnedFragment): string;
}

interface Ports {
  /** Port by the port that its edges come from. */
  readonly byRef: ReadonlyMap<string, string>;
}

/** `schemaOf`: what an output port ("node.port") carries, where that is known. */
export function makeFragment(
  document: PipelineDocument,
  nodes: readonly string[],
  name: string,
  schemaOf: (ref: string) => Schema | undefined,
): MadeFragment {
  const inside = new Set(nodes.filter((id) => Object.hasOwn(document.nodes, id)));
  const side = (ref: string) => inside.has(parsePortRef(ref).node);
  const within = document.edges.filter(({ from, to }) => side(from) && side(to));
  const entering = document.edges.filter(({ from, to }) => !side(from) && side(to));
  const leaving = document.edges.filter(({ from, to }) => side(from) && !side(to));
  const taken = new Set<string>([...inside, "error"]);
  const inputs = portsFor(entering, "in", taken, (ref) => document.nodes[parsePortRef(ref).node]?.name ?? "in");
  const outputs = portsFor(leaving, "out", taken, (ref) => ref.replace(".", " "));
  const picked = Object.fromEntries([...inside].map((id) => [id, withoutFormer(document.nodes[id] as PipelineNode)]));
  const portNodes = (ports: Ports, type: string) =>
    [...ports.byRef].map(([ref, id]): [string, PipelineNode] => {
      const schema = type === INPUT ? schemaOf(ref) : undefined;
      return [id, { type, name: id, params: schema && schema.fields.length > 0 ? { schema: formatSchema(schema) } : {} }];
    });
  const fragment: PipelineDocument = {
    formatVersion: FORMAT_VERSION,
    name,
    ...usedParts(document, Object.values(picked)),
    nodes: {
      ...Object.fromEntries(portNodes(inputs, INPUT)),
      ...structuredClone(picked),
      ...Object.fromEntries(portNodes(outputs, OUTPUT)),
    },
    edges: [
      ...entering.map(({ from, to }) => ({ from: `${inputs.byRef.get(from)}.out`, to })),
      ...within.map(({ from, to }) => ({ from, to })),
      ...unique(leaving.map(({ from }) => ({ from, to: `${outputs.byRef.get(from)}.in` }))),
    ],
    layout: { nodes: boxesOf(document, inside, inputs, outputs) },
  };
  return {
    fragment,
    use(draft, id, pinned) {
      const using = replaceNodes(draft, inside, name, id, Object.keys(fragment.parameters ?? {}));
      draft.fragments = { ...draft.fragments, [id]: pinned };
      draft.edges = [
        ...draft.edges.filter(({ from, to }) => !side(from) && !side(to)),
        ...unique(entering.map(({ from }) => ({ from, to: `${using}.${inputs.byRef.get(from)}` }))),
        ...leaving.map(({ from, to }) => ({ from: `${using}.${outputs.byRef.get(from)}`, to })),
      ];
      if (draft.tests) draft.tests = withTestsRenamed(draft.tests, (node) => (inside.has(node) ? innerId(using, node) : node));
      return using;
    },
  };
}

/** Where a node was before is nothing to those who will use the fragment. */
function withoutFormer({ formerly: _, ...node }: PipelineNode): PipelineNode {
  return node;
}

/** A port for each port that edges come from: the plain name when there is one (beside errors), else one of what it comes from. */
function portsFor(edges: readonly Edge[], plain: string, taken: Set<string>, nameOf: (ref: string) => string): Ports {
  const refs = [...new Set(edges.map(({ from }) => from))];
  const isPlain = (ref: string) => !ref.endsWith(".error");
  const hasOne = refs.filter(isPlain).length === 1;
  const byRef = new Map<string, string>();
  for (const ref of refs) {
    const id = freshId(hasOne && isPlain(ref) ? plain : nameOf(ref), plain, (one) => taken.has(one));
    taken.add(id);
    byRef.set(ref, id);
  }
  return { byRef };
}

function unique(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()];
}

/** Of the document's parts those that the nodes name. */
function usedParts(document: PipelineDocument, nodes: readonly PipelineNode[]): Partial<PipelineDocument> {
  const texts = nodes.flatMap(({ params }) => textsIn(params));
  const named = new Set(texts);
  const placeholders = new Set(texts.flatMap((text) => [...text.matchAll(/\$\{([^{}]*)\}/g)].map(([, name]) => name ?? "")));
  const fragments = new Set(nodes.flatMap(({ type }) => fragmentOf(type) ?? []));
  const pick = <T>(part: Readonly<Record<string, T>> | undefined, wanted: ReadonlySet<string>) => {
    const entries = Object.entries(part ?? {}).filter(([id]) => wanted.has(id));
    return entries.length > 0 ? structuredClone(Object.fromEntries(entries)) : undefined;
  };
  const parts = {
    parameters: pick(document.parameters, placeholders),
    connections: pick(document.connections, named),
    schemas: pick(document.schemas, named),
    fragments: pick(document.fragments, fragments),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Where the nodes lay, with their inputs on the left and their outputs on the right. */
function boxesOf(document: PipelineDocument, inside: ReadonlySet<string>, inputs: Ports, outputs: Ports) {
  const boxes = Object.fromEntries([...inside].map((id, index) => [id, { ...(document.layout?.nodes?.[id] ?? { x: index * 300, y: 0 }) }]));
  const all = Object.values(boxes);
  const [left, right, top] = [Math.min(...all.map(({ x }) => x)), Math.max(...all.map(({ x }) => x)), Math.min(...all.map(({ y }) => y))];
  const column = (ports: Ports, x: number) =>
    Object.fromEntries([...ports.byRef.values()].map((id, row) => [id, { x, y: top + row * 100 }]));
  return { ...column(inputs, left - CARD_WIDTH - GAP), ...boxes, ...column(outputs, right + CARD_WIDTH + GAP) };
}

function replaceNodes(
  draft: PipelineDocument,
  inside: ReadonlySet<string>,
  name: string,
  fragment: string,
  parameters: readonly string[],
): string {
  const boxes = [...inside].flatMap((id) => draft.layout?.nodes?.[id] ?? []);
  const at = boxes.length > 0 ? { x: Math.min(...boxes.map(({ x }) => x)), y: Math.min(...boxes.map(({ y }) => y)) } : { x: 0, y: 0 };
  for (const id of inside) {
    delete draft.nodes[id];
    if (draft.layout?.nodes) delete draft.layout.nodes[id];
  }
  const shown = freshName(name, new Set(Object.values(draft.nodes).map((node) => node.name)));
  const using = freshId(shown, "fragment", (one) => Object.hasOwn(draft.nodes, one) || one in Object.prototype);
  draft.nodes[using] = {
    type: fragmentType(fragment),
    name: shown,
    params: Object.fromEntries(parameters.map((parameter) => [parameter, `\${${parameter}}`])),
    // Their state is found where it was.
    formerly: "",
  };
  place(draft, using, at);
  for (const group of Object.values(draft.groups ?? {})) {
    const first = group.nodes.findIndex((id) => inside.has(id));
    if (first >= 0) group.nodes = group.nodes.flatMap((id, index) => (index === first ? [using] : inside.has(id) ? [] : [id]));
  }
  return using;
}

/** Nodes that can be made one: at least one, and none through which rows leave only to come in again. */
export function canBeFragment(document: PipelineDocument, nodes: readonly string[]): boolean {
  const inside = new Set(nodes);
  if (inside.size === 0 || nodes.some((id) => isPort(document.nodes[id]))) return false;
  const next = new Map<string, string[]>();
  for (const edge of document.edges) {
    const { source, target } = endsOf(edge);
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const seen = new Set<string>();
  const waiting = [...inside].flatMap((id) => (next.get(id) ?? []).filter((target) => !inside.has(target)));
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (inside.has(id)) return false;
    if (seen.has(id)) continue;
    seen.add(id);
    waiting.push(...(next.get(id) ?? []));
  }
  return true;
}

function isPort(node: PipelineNode | undefined): boolean {
  return node === undefined || node.type === INPUT || node.type === OUTPUT;
}
