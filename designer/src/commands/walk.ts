import { viewport } from "../canvas/viewport.ts";
import { endsOf, readingOrder } from "../edits/graph.ts";
import { useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import type { Command } from "./command.ts";
import { hasNodes, selection } from "./state.ts";

/** Selects the neighbour along the flow (or across it) and brings it into view. */
function walk(direction: "back" | "on" | "up" | "down"): void {
  const { document } = useDocument.getState();
  const order = readingOrder(document);
  const here = selection().nodes[0];
  const next = here === undefined ? order[0] : neighbour(here, direction, order);
  if (next === undefined) return;
  select({ nodes: [next] });
  viewport()?.fit([next]);
}

function neighbour(here: string, direction: "back" | "on" | "up" | "down", order: readonly string[]): string | undefined {
  const { document } = useDocument.getState();
  const ends = document.edges.map(endsOf);
  if (direction === "on") return topmost(ends.filter(({ source }) => source === here).map(({ target }) => target));
  if (direction === "back") return topmost(ends.filter(({ target }) => target === here).map(({ source }) => source));
  return order[order.indexOf(here) + (direction === "down" ? 1 : -1)];
}

function topmost(ids: readonly string[]): string | undefined {
  const boxes = useDocument.getState().document.layout?.nodes ?? {};
  return [...ids].sort((one, other) => (boxes[one]?.y ?? 0) - (boxes[other]?.y ?? 0))[0];
}

export const walkOn: Command = {
  id: "walk-on",
  label: { en: "Go to the next node downstream", zh: "转到下游节点" },
  group: "select",
  keys: ["Alt+ArrowRight"],
  isEnabled: hasNodes,
  run: () => walk("on"),
};

export const walkBack: Command = {
  id: "walk-back",
  label: { en: "Go to the node upstream", zh: "转到上游节点" },
  group: "select",
  keys: ["Alt+ArrowLeft"],
  isEnabled: hasNodes,
  run: () => walk("back"),
};

export const walkDown: Command = {
  id: "walk-down",
  label: { en: "Go to the next node", zh: "转到下一个节点" },
  group: "select",
  keys: ["Alt+ArrowDown"],
  isEnabled: hasNodes,
  run: () => walk("down"),
};

export const walkUp: Command = {
  id: "walk-up",
  label: { en: "Go to the previous node", zh: "转到上一个节点" },
  group: "select",
  keys: ["Alt+ArrowUp"],
  isEnabled: hasNodes,
  run: () => walk("up"),
};
