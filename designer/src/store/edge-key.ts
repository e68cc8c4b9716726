import type { Edge } from "@millrace/engine/pipeline";

/** "a.out->b.in": how an edge is named in the selection, in the live stream and in links. */
export function edgeKey({ from, to }: Edge): string {
  return `${from}->${to}`;
}

/** Undefined where the text names no edge ("a.out" alone is an unwired port). */
export function parseEdgeKey(key: string): Edge | undefined {
  const arrow = key.indexOf("->");
  return arrow < 0 ? undefined : { from: key.slice(0, arrow), to: key.slice(arrow + 2) };
}
