import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { RestorePlanView } from "@millrace/server/api";
import { useEffect, useState } from "react";
import { ServerError, server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import type { RestoreFrom } from "./restore-from.ts";

/** "nothing": no state is saved to go on from. */
export type PlanAnswer = { readonly plan: RestorePlanView } | { readonly failure: ServerError["words"] } | "nothing" | "loading";

/** What would become of each node's state if the document went on from there. */
export function useRestorePlan(document: PipelineDocument, from: RestoreFrom): PlanAnswer {
  const pipelineId = useDocument((state) => state.pipelineId);
  const [answer, setAnswer] = useState<PlanAnswer>("loading");
  const savepoint = typeof from === "object" ? from.savepoint : undefined;
  const isFresh = from === "fresh";
  useEffect(() => {
    setAnswer("loading");
    if (pipelineId === undefined || isFresh) return;
    const asked = new AbortController();
    server.restorePlan(pipelineId, { document, ...(savepoint === undefined ? {} : { from: { savepoint } }) }, asked.signal).then(
      (plan) => setAnswer({ plan }),
      (error: unknown) => {
        if (asked.signal.aborted) return;
        if (!(error instanceof ServerError)) throw error;
        setAnswer(error.status === 404 && savepoint === undefined ? "nothing" : { failure: error.words });
      },
    );
    return () => asked.abort();
  }, [pipelineId, document, savepoint, isFresh]);
  return answer;
}
