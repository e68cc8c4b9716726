/** What is selected on the canvas, by id. The inspector shows a single node, the preview a single node or edge. */
import { create } from "zustand";

export interface Selection {
  readonly nodes: readonly string[];
  /** By `edgeKey`. */
  readonly edges: readonly string[];
  /** Ids of notes. */
  readonly notes: readonly string[];
}

export const NOTHING: Selection = { nodes: [], edges: [], notes: [] };

export const useSelection = create<Selection>()(() => NOTHING);

export function select(selection: Partial<Selection>): void {
  const next = { ...NOTHING, ...selection };
  const now = useSelection.getState();
  if (same(now.nodes, next.nodes) && same(now.edges, next.edges) && same(now.notes, next.notes)) return;
  useSelection.setState(next, true);
}

/** The node that is selected alone, if one is. */
export function useSelectedNode(): string | undefined {
  return useSelection((selection) => (isSingle(selection) ? selection.nodes[0] : undefined));
}

/** The edge that is selected alone, if one is, by `edgeKey`. */
export function useSelectedEdge(): string | undefined {
  return useSelection((selection) => (isSingle(selection) ? selection.edges[0] : undefined));
}

function isSingle({ nodes, edges, notes }: Selection): boolean {
  return nodes.length + edges.length + notes.length === 1;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
