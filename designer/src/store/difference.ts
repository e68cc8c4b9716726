/** The draft against what was deployed last, kept up to date. */
import { create } from "zustand";
import { type Difference, difference } from "../edits/difference.ts";
import { useDocument } from "./document.ts";

export const useDifference = create<Difference>()(() => {
  const { document, live } = useDocument.getState();
  return difference(document, live?.document);
});

useDocument.subscribe(({ document, live }, before) => {
  if (document !== before.document || live !== before.live) useDifference.setState(difference(document, live?.document), true);
});

/** How a node of the draft stands to what runs; undefined: the same, or nothing was deployed yet. */
export function useNodeChange(nodeId: string): "added" | "changed" | undefined {
  return useDifference(({ added, changed }) => (added.has(nodeId) ? "added" : changed.has(nodeId) ? "changed" : undefined));
}
