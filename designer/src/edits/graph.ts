/** Questions about a document's graph. */
import { type Edge, type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";

export interface Ends {
  readonly source: string;
  readonly sourcePort: string;
  readonly target: string;
  readonly targetPort: string;
}

export function endsOf({ from, to }: Edge): Ends {
  const source = parsePortRef(from);
  const target = parsePortRef(to);
  return { source: source.node, sourcePort: source.port, target: target.node, targetPort: target.port };
}

/** Everything that can be reached from `starts` along ("downstream") or against the flow, the starts not included unless a cycle leads back. */
export function reachable(edges: readonly Edge[], starts: Iterable<string>, direction: "upstream" | "downstream"): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const { source, target } = endsOf(edge);
    const [from, to] = direction === "downstream" ? [source, target] : [target, source];
    const list = next.get(from);
    if (list) list.push(to);
    else next.set(from, [to]);
  }
  const found = new Set<string>();
  const queue = [...starts];
  for (let node = queue.pop(); node !== undefined; node = queue.pop())
    for (const neighbour of next.get(node) ?? [])
      if (!found.has(neighbour)) {
        found.add(neighbour);
        queue.push(neighbour);
      }
  return found;
}

/** The nodes from `from` to `to` along the flow, both included; undefined where none leads there. */
export function pathBetween(edges: readonly Edge[], from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) break;
    for (const edge of edges) {
      const { source, target } = endsOf(edge);
      if (source !== node || cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  if (!cameFrom.has(to)) return undefined;
  const path: string[] = [];
  for (let node: string | undefined = to; node !== undefined; node = cameFrom.get(node)) path.unshift(node);
  return path;
}

/** Node ids from the sources on, for reading aloud and for walking: by column of the flow, then as drawn from top to bottom. */
export function readingOrder(document: PipelineDocument): string[] {
  const depth = new Map<string, number>();
  const ids = Object.keys(document.nodes);
  const incoming = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const edge of document.edges) {
    const { source, target } = endsOf(edge);
    if (Object.hasOwn(document.nodes, source)) incoming.get(target)?.push(source);
  }
  // Kahn's order; what is left over is on a cycle and comes last.
  const waiting = new Map([...incoming].map(([id, sources]) => [id, new Set(sources)]));
  let column = ids.filter((id) => waiting.get(id)?.size === 0);
  for (let level = 0; column.length > 0; level++) {
    for (const id of column) depth.set(id, level);
    const done = new Set(column);
    const next: string[] = [];
    for (const [id, sources] of waiting) {
      if (depth.has(id)) continue;
      for (const source of done) sources.delete(source);
      if (sources.size === 0) next.push(id);
    }
    column = next;
  }
  const y = (id: string) => document.layout?.nodes?.[id]?.y ?? 0;
  return ids.sort((one, other) => (depth.get(one) ?? ids.length) - (depth.get(other) ?? ids.length) || y(one) - y(other));
}
