/**
 * Whether an edge may be drawn, and if not, why: asked while one drags, so it looks at ports, cycles and row kinds only. Whether the fields suit is the
 * analysis' to say, on the drawn edge.
 */
import { acceptedModes, type NodeSpec, type Params, type Words } from "@millrace/engine/node";
import { type Edge, type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import type { ChangelogMode } from "@millrace/engine/schema";
import { pathBetween, reachable } from "./graph.ts";

export type Specs = ReadonlyMap<string, NodeSpec>;

const REASONS = {
  itself: { en: "A node cannot feed itself.", zh: "节点不能连接到自身。" },
  there: { en: "This edge is there already.", zh: "该连线已存在。" },
  source: { en: "A source takes no rows.", zh: "数据源节点没有输入。" },
  unknown: { en: "This node's type is unknown.", zh: "该节点的类型未知。" },
} as const satisfies Record<string, Words>;

/** The reason why `edge` may not be added; undefined when it may. */
export function whyNot(document: PipelineDocument, specs: Specs, edge: Edge, changelog?: ChangelogMode): Words | undefined {
  const from = parsePortRef(edge.from);
  const to = parsePortRef(edge.to);
  if (from.node === to.node) return REASONS.itself;
  if (document.edges.some((one) => one.from === edge.from && one.to === edge.to)) return REASONS.there;
  const target = document.nodes[to.node];
  const spec = target && specs.get(target.type);
  if (!spec) return REASONS.unknown;
  if (spec.category === "source") return REASONS.source;
  const kinds = whyNotKinds(spec, to.port, target.params, changelog);
  if (kinds) return kinds;
  if (!spec.manyEdgesPerInput) {
    const holder = document.edges.find((one) => one.to === edge.to);
    if (holder) return taken(document, spec, edge.to, holder);
  }
  const cycle = pathBetween(document.edges, to.node, from.node);
  return cycle && cyclic(document, [from.node, ...cycle]);
}

/** Why an input port does not take rows of these kinds. */
export function whyNotKinds(spec: NodeSpec, port: string, params: Params, changelog: ChangelogMode | undefined): Words | undefined {
  const mode = changelog?.mode ?? "append";
  if (acceptedModes(spec, port, params).includes(mode)) return undefined;
  return {
    en: `"${spec.title.en}" takes inserts only; these rows are changes (${mode}).`,
    zh: `“${spec.title.zh}” 只接受插入行；此处是变更流（${mode}）。`,
  };
}

/**
 * For one output port: for each node that has an input but takes no edge from here, why. Nodes with a free, fitting input are not in the answer.
 * One walk of the graph, however many nodes there are.
 */
export function refusals(
  document: PipelineDocument,
  specs: Specs,
  from: string,
  inputsOf: (id: string) => readonly string[],
  changelog?: ChangelogMode,
) {
  const start = parsePortRef(from).node;
  const upstream = reachable(document.edges, [start], "upstream");
  const refused = new Map<string, Words>();
  for (const id of Object.keys(document.nodes)) {
    const inputs = inputsOf(id);
    if (id !== start && !upstream.has(id)) {
      const reasons = inputs.map((port) => whyNotLocal(document, specs, { from, to: `${id}.${port}` }, changelog));
      if (reasons.length > 0 && reasons.some((reason) => reason === undefined)) continue;
      refused.set(id, reasons[0] ?? REASONS.source);
    } else {
      const to = `${id}.${inputs[0] ?? "in"}`;
      refused.set(id, whyNot(document, specs, { from, to }, changelog) ?? REASONS.source);
    }
  }
  return refused;
}

/** As `whyNot` for a pair that cannot close a cycle. */
function whyNotLocal(document: PipelineDocument, specs: Specs, edge: Edge, changelog: ChangelogMode | undefined): Words | undefined {
  const near = { ...document, edges: document.edges.filter(({ to }) => to === edge.to) };
  return whyNot(near, specs, edge, changelog);
}

function taken(document: PipelineDocument, spec: NodeSpec, to: string, holder: Edge): Words {
  const { port } = parsePortRef(to);
  const giver = document.nodes[parsePortRef(holder.from).node]?.name ?? holder.from;
  return {
    en: `Input "${port}" of "${spec.title.en}" takes one edge and has one from "${giver}". Put a union before it to bring streams together.`,
    zh: `“${spec.title.zh}” 的输入 “${port}” 只接受一条连线，已连接 “${giver}”。如需合并多个流，请在前面加一个合并节点。`,
  };
}

function cyclic(document: PipelineDocument, path: readonly string[]): Words {
  const names = path.map((id) => document.nodes[id]?.name ?? id).join(" → ");
  return { en: `This would close a cycle: ${names}. Rows would never leave it.`, zh: `这会形成环：${names}，数据行将无法流出。` };
}
