import { askedParallelism } from "../edits/parallelism.ts";
import { useTypedNode } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";

/** On how many subtasks the draft asks a node to run. */
export function useParallelism(nodeId: string): number {
  const node = useTypedNode(nodeId);
  return useDocument(({ document }) => (node ? askedParallelism(node, document) : 1));
}
