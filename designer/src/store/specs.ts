import type { NodeSpec } from "@millrace/engine/node";
import { fragmentOf, fragmentSpec, fragmentType, isFragment, type PipelineDocument } from "@millrace/engine/pipeline";
import { specs as all } from "@millrace/nodes/specs";
import { useDocument } from "./document.ts";
import { newest, useFragments } from "./fragments.ts";

const own: ReadonlyMap<string, NodeSpec> = new Map(all.map((spec) => [spec.type, spec]));
const known = new Map(own);

/**
 * Every node type by name, in the palette's order; behind them the fragments: as the open document carries them, and those that it could have from the server. It is the same map all the time, brought up
 * to date before anybody draws.
 */
export const specs: ReadonlyMap<string, NodeSpec> = known;

/** The types that can be added to the open document: not itself, and nothing that stands in no drawing. */
export function offeredSpecs(): NodeSpec[] {
  const { pipelineId = "" } = useDocument.getState();
  return [...known.values()].filter(({ internal, type }) => !internal && type !== fragmentType(pipelineId));
}

/** Whether the open document is a fragment. */
export function useIsFragment(): boolean {
  return useDocument(({ document }) => isFragment(document, own));
}

export function isOpenFragment(): boolean {
  return isFragment(useDocument.getState().document, own);
}

/** Writes to a draft what it needs for a node of the type. */
export function carry(draft: PipelineDocument, type: string): void {
  const id = fragmentOf(type);
  if (id === undefined || draft.fragments?.[id]?.document) return;
  const pinned = newest(id);
  if (pinned) draft.fragments = { ...draft.fragments, [id]: pinned };
}

function refresh(): void {
  known.clear();
  for (const [type, spec] of own) known.set(type, spec);
  const add = (id: string, document: PipelineDocument | undefined) => {
    if (document) known.set(fragmentType(id), fragmentSpec(id, document, own));
  };
  for (const { id } of useFragments.getState().fragments) add(id, newest(id)?.document);
  for (const [id, { document }] of Object.entries(useDocument.getState().document.fragments ?? {})) add(id, document);
}

useFragments.subscribe(refresh);
useDocument.subscribe((now, before) => {
  if (now.document.fragments !== before.document.fragments) refresh();
});
