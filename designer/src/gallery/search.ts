/** Finding templates and pipelines by words of either language, whatever language the page is in. */
import type { Words } from "@millrace/engine/node";

export interface Searchable {
  readonly name: string;
  readonly title?: Words | undefined;
  readonly description?: Words | undefined;
  readonly keywords?: readonly string[] | undefined;
}

/** Items in which every word of the query occurs; those with a hit in name or title first, otherwise in their order. */
export function searched<T extends Searchable>(items: readonly T[], query: string): readonly T[] {
  const asked = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (asked.length === 0) return items;
  const found = items.flatMap((item) => {
    const near = [item.name, item.title?.en, item.title?.zh].join("\n").toLocaleLowerCase();
    const far = [near, item.description?.en, item.description?.zh, ...(item.keywords ?? [])].join("\n").toLocaleLowerCase();
    if (!asked.every((word) => far.includes(word))) return [];
    return [{ item, rank: asked.every((word) => near.includes(word)) ? 0 : 1 }];
  });
  return found.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}
