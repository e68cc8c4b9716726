import type { LogPage } from "@millrace/server/api";
import { useCallback, useEffect, useRef, useState } from "react";
import { ServerError, server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { useRepeated } from "../store/use-repeated.ts";

export type LogLine = LogPage["lines"][number];

const REFRESH_MS = 1_000;
/** Older lines go. */
const MAX_LINES = 5_000;

/** What the server logged about the open pipeline's runs, oldest first, as it comes in. Undefined before it is known. */
export function useLog(): { readonly lines: readonly LogLine[] | undefined; readonly failure: ServerError["words"] | undefined } {
  const pipelineId = useDocument((state) => state.pipelineId);
  const [lines, setLines] = useState<readonly LogLine[]>();
  const [failure, setFailure] = useState<ServerError["words"]>();
  const next = useRef<number>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pipeline's log begins anew.
  useEffect(() => {
    next.current = undefined;
    setLines(undefined);
  }, [pipelineId]);
  const load = useCallback(
    async (signal: AbortSignal) => {
      if (pipelineId === undefined) return;
      try {
        const page = await server.logs(pipelineId, next.current, signal);
        if (signal.aborted) return;
        next.current = page.next;
        setLines((now = []) => (page.lines.length === 0 ? now : [...now, ...page.lines].slice(-MAX_LINES)));
        setFailure(undefined);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ServerError)) throw error;
        setFailure(error.words);
      }
    },
    [pipelineId],
  );
  useRepeated(load, REFRESH_MS);
  return { lines, failure };
}
