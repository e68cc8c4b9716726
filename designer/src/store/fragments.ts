/** The fragments that the server keeps: what the palette offers, and what is newer than what a document carries. */
import { carried, MOST_NODES, type PinnedFragment, type PipelineDocument } from "@millrace/engine/pipeline";
import type { Fragment } from "@millrace/server/api";
import { create } from "zustand";
import { ServerError, server } from "../server.ts";

interface FragmentsState {
  readonly fragments: readonly Fragment[];
  /** Nodes that a pipeline may have, those inside of fragments counted. */
  readonly mostNodes: number;
}

export const useFragments = create<FragmentsState>()(() => ({ fragments: [], mostNodes: MOST_NODES }));

/** Without the server's answer what was known stays: a document has what it carries. */
export async function loadFragments(): Promise<void> {
  try {
    useFragments.setState(await server.fragments());
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    console.warn("Fragments could not be listed", error);
  }
}

/** The newest version of a fragment, as documents carry it; undefined while there is none. */
export function newest(id: string): PinnedFragment | undefined {
  const { version, document } = useFragments.getState().fragments.find((one) => one.id === id) ?? {};
  return version !== undefined && document ? { version, document: carried(document as PipelineDocument) } : undefined;
}
