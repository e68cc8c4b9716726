/** Second step of `analyze`: which edges are sound, and what ends and begins at each port. */
import type { NodeDraft } from "./analyze-params.ts";
import { didYouMean } from "./did-you-mean.ts";
import { type Edge, parsePortRef } from "./document.ts";
import type { Expansion } from "./expand.ts";
import { ERRORS } from "./fragments.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

export interface Wiring {
  /** Sound edges by the "node.port" where they end. */
  readonly into: ReadonlyMap<string, readonly Edge[]>;
  /** Sound edges by the "node.port" where they begin. */
  readonly outOf: ReadonlyMap<string, readonly Edge[]>;
  /** Nodes by the nodes that they feed, each once, for order and circles; all nodes of the document are keys. */
  readonly successors: ReadonlyMap<string, readonly string[]>;
  /** Nodes in which an unsound edge ends. */
  readonly broken: ReadonlySet<string>;
}

type Drafts = ReadonlyMap<string, NodeDraft>;

export function connectEdges(expansion: Expansion, drafts: Drafts, raise: (found: Problem) => void): Wiring {
  const { document } = expansion;
  const into = new Map<string, Edge[]>();
  const outOf = new Map<string, Edge[]>();
  const successors = new Map<string, Set<string>>(Object.keys(document.nodes).map((id) => [id, new Set()]));
  const broken = new Set<string>();
  const seen = new Set<string>();
  for (const [i, edge] of document.edges.entries()) {
    const wrong = edgeProblem(expansion, drafts, edge, i, seen);
    seen.add(edgeName(edge));
    const to = parsePortRef(edge.to).node;
    if (wrong) {
      raise(wrong);
      broken.add(to);
      continue;
    }
    add(into, edge.to, edge);
    add(outOf, edge.from, edge);
    successors.get(parsePortRef(edge.from).node)?.add(to);
  }
  return { into, outOf, successors: new Map([...successors].map(([id, targets]) => [id, [...targets]])), broken };
}

/** "a.out → b.in" */
function edgeName({ from, to }: Edge): string {
  return `${from} → ${to}`;
}

function add(edges: Map<string, Edge[]>, port: string, edge: Edge): void {
  const there = edges.get(port);
  if (there) there.push(edge);
  else edges.set(port, [edge]);
}

function edgeProblem(
  { document, uses, edges }: Expansion,
  drafts: Drafts,
  edge: Edge,
  index: number,
  seen: ReadonlySet<string>,
): Problem | undefined {
  const written = edges[index]?.edge ?? edge;
  const name = edgeName(written);
  for (const side of ["from", "to"] as const) {
    const { node, port } = parsePortRef(edge[side]);
    const path = ["edges", index, side];
    const use = uses.get(node);
    if (!use && !Object.hasOwn(document.nodes, node)) {
      const suggestion = didYouMean(node, Object.keys(document.nodes));
      return problem("graph.unknown-node", { edge: name, node, ...(suggestion && { suggestion }) }, { path });
    }
    const draft = drafts.get(node);
    // An edge at a port that a fragment has leads to the node inside that is the port.
    const inside = use && (side === "from" ? [...use.outputs, ERRORS] : use.inputs);
    const ports = inside ?? (side === "from" ? draft?.outputs : draft?.inputs);
    // Ports of an unknown type, or that depend on wrong params, are not known: that problem comes first.
    if (ports && !ports.includes(port)) {
      const named = parsePortRef(written[side]);
      return problem(side === "from" ? "graph.unknown-output" : "graph.unknown-input", { edge: name, ...named, ports }, { path });
    }
  }
  return seen.has(edgeName(edge)) ? problem("graph.duplicate-edge", { edge: name }, { path: ["edges", index] }) : undefined;
}
