/** Finding in a pipeline: names, types, params and notes, as text. */
import type { NodeSpec } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { readingOrder } from "../edits/graph.ts";

/** Ids of the nodes that hold every word, along the flow. Nothing for an empty query. */
export function findNodes(document: PipelineDocument, specs: ReadonlyMap<string, NodeSpec>, query: string): string[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return readingOrder(document).filter((id) => {
    const node = document.nodes[id];
    if (!node) return false;
    const title = specs.get(node.type)?.title;
    const text = [id, node.name, node.type, title?.en, title?.zh, node.note, ...texts(node.params)].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Keys and values of params, however deep; params are as people typed them, so the walk keeps its own stack. */
function texts(value: unknown): string[] {
  const found: string[] = [];
  const stack: unknown[] = [value];
  while (stack.length > 0) {
    const next = stack.pop();
    if (typeof next === "object" && next !== null)
      for (const [key, inner] of Object.entries(next)) {
        if (!Array.isArray(next)) found.push(key);
        stack.push(inner);
      }
    else if (next !== null && next !== undefined) found.push(String(next));
  }
  return found;
}
