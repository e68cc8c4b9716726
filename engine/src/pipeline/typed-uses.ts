/** The nodes that use fragments, typed for people to see: what arrives at their ports and what leaves by them is what the nodes inside that are these ports let through. */
import { ERROR_PORT, ERROR_SCHEMA } from "../node/error-row.ts";
import type { Edge } from "./document.ts";
import type { Expansion } from "./expand.ts";
import { innerId } from "./fragments.ts";
import type { TypedNode, TypedPort } from "./typed-graph.ts";

const ERRORS: TypedPort = { schema: ERROR_SCHEMA, known: true, changelog: { mode: "append" }, edges: [] };

export function typeUses({ uses, document, edges }: Expansion, nodes: readonly TypedNode[], broken: ReadonlySet<string>): TypedNode[] {
  if (uses.size === 0) return [];
  const unsound = new Set<string>();
  for (const one of broken)
    for (let at = one; at !== "" && !unsound.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) unsound.add(at);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const written = new Map(document.edges.map((edge, index): [string, Edge] => [nameOf(edge), edges[index]?.edge ?? edge]));
  const asWritten = (port: TypedPort): TypedPort => ({ ...port, edges: port.edges.map((edge) => written.get(nameOf(edge)) ?? edge) });
  return [...uses.values()].map(({ id, draft, inputs, outputs }): TypedNode => {
    const port = (name: string, side: "inputs" | "outputs") => {
      const inside = byId.get(innerId(id, name));
      const found = side === "inputs" ? inside?.inputs["in"] : inside?.outputs["out"];
      return found && asWritten(found);
    };
    const typed = (names: readonly string[], side: "inputs" | "outputs") =>
      Object.fromEntries(names.flatMap((name) => [port(name, side)].flatMap((found) => (found ? [[name, found]] : []))));
    return {
      id,
      name: draft.node.name,
      disabled: false,
      parallelism: draft.node.parallelism,
      ok: draft.paramsOk && !unsound.has(id),
      spec: draft.spec,
      params: draft.params,
      inputs: typed(inputs, "inputs"),
      outputs: { ...typed(outputs, "outputs"), [ERROR_PORT]: port(ERROR_PORT, "outputs") ?? ERRORS },
      expressions: new Map(),
      aggregates: new Map(),
      groups: undefined,
    };
  });
}

function nameOf({ from, to }: Edge): string {
  return `${from} ${to}`;
}
