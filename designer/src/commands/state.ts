/** What several commands ask before they are enabled. */
import { useDocument } from "../store/document.ts";
import { type Selection, useSelection } from "../store/selection.ts";
import { showsPipeline, useUi } from "../store/ui.ts";

export function selection(): Selection {
  return useSelection.getState();
}

export function isPipelineOpen(): boolean {
  return useDocument.getState().pipelineId !== undefined && showsPipeline(useUi.getState());
}

export function hasSelectedNodes(): boolean {
  return isPipelineOpen() && selection().nodes.length > 0;
}

/** Nodes, edges or notes. */
export function hasSelection(): boolean {
  const { nodes, edges, notes } = selection();
  return isPipelineOpen() && nodes.length + edges.length + notes.length > 0;
}

export function hasNodes(): boolean {
  return isPipelineOpen() && Object.keys(useDocument.getState().document.nodes).length > 0;
}
