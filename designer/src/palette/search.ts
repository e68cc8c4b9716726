/** Finding node types by the words of their spec, in both languages at once. */
import type { Category, NodeSpec } from "@millrace/engine/node";

export const CATEGORIES: readonly Category[] = ["source", "transform", "route", "aggregate", "join", "sink", "fragment"];

/** Best first; all, in order, for an empty query. Every word of the query must be found. */
export function searchSpecs(specs: Iterable<NodeSpec>, query: string): NodeSpec[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const ranked: { spec: NodeSpec; rank: number }[] = [];
  for (const spec of specs) {
    if (spec.internal) continue;
    const ranks = words.map((word) => rankOf(spec, word));
    if (ranks.includes(0)) continue;
    ranked.push({ spec, rank: ranks.reduce((sum, rank) => sum + rank, 0) });
  }
  return ranked.sort((one, other) => other.rank - one.rank).map(({ spec }) => spec);
}

function rankOf({ type, title, keywords, summary }: NodeSpec, word: string): number {
  const names = [type, title.en.toLowerCase(), title.zh];
  if (names.some((name) => name.startsWith(word))) return 4;
  if (names.some((name) => name.includes(word))) return 3;
  if (keywords.some((keyword) => keyword.toLowerCase().includes(word))) return 2;
  return summary.en.toLowerCase().includes(word) || summary.zh.includes(word) ? 1 : 0;
}
