import type { SavedStateView } from "@millrace/server/api";
import { useCallback, useState } from "react";
import { ServerError, server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { useRepeated } from "../store/use-repeated.ts";

interface SavedStates {
  /** Newest first; undefined before they are known. */
  readonly states: readonly SavedStateView[] | undefined;
  readonly failure: ServerError["words"] | undefined;
  readonly reload: () => Promise<void>;
}

const REFRESH_MS = 2_000;

/** What a run of the open pipeline can go on from, kept up to date. */
export function useSavedStates(): SavedStates {
  const pipelineId = useDocument((state) => state.pipelineId);
  const [states, setStates] = useState<readonly SavedStateView[]>();
  const [failure, setFailure] = useState<ServerError["words"]>();
  const load = useCallback(
    async (signal?: AbortSignal) => {
      if (pipelineId === undefined) return;
      try {
        setStates(await server.savedStates(pipelineId, signal));
        setFailure(undefined);
      } catch (error) {
        if (signal?.aborted) return;
        if (!(error instanceof ServerError)) throw error;
        setFailure(error.words);
      }
    },
    [pipelineId],
  );
  useRepeated(load, REFRESH_MS);
  return { states, failure, reload: load };
}
