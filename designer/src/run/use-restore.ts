import type { PipelineDocument } from "@millrace/engine/pipeline";
import { useState } from "react";
import type { ServerError } from "../server.ts";
import type { RunChange } from "../store/session.ts";
import { closeDialog, useUi } from "../store/ui.ts";
import { isRefused } from "./plan-order.ts";
import { canBeForced, type RestoreFrom, restoreFrom } from "./restore-from.ts";
import { type PlanAnswer, useRestorePlan } from "./use-restore-plan.ts";

interface Restore {
  readonly from: RestoreFrom;
  readonly setFrom: (from: RestoreFrom) => void;
  readonly answer: PlanAnswer;
  readonly refusal: ServerError | undefined;
  readonly force: boolean;
  readonly setForce: (force: boolean) => void;
  /** Nothing that is known speaks against it. */
  readonly canGo: boolean;
  /** Closes the dialog when it came about. */
  readonly go: (change: (from: RestoreFrom, force: { readonly force?: true }) => Promise<RunChange>) => Promise<void>;
}

/** What the dialogs that deploy and start have in common: where to go on, what the server says to it, and whether rows may come twice. */
export function useRestore(document: PipelineDocument): Restore {
  const [from, setFrom] = useState(restoreFrom(useUi.getState().restoreFrom));
  const [refusal, setRefusal] = useState<ServerError>();
  const [force, setForce] = useState(false);
  const answer = useRestorePlan(document, from);
  const fits = from === "fresh" || typeof answer !== "object" || !("plan" in answer) || !isRefused(answer.plan);
  return {
    from,
    setFrom: (next) => {
      setFrom(next);
      setRefusal(undefined);
      setForce(false);
    },
    answer,
    refusal,
    force,
    setForce,
    canGo: fits && (!canBeForced(refusal) || force),
    go: async (change) => {
      const outcome = await change(from, force ? { force: true } : {});
      if (outcome.done) return closeDialog();
      setRefusal(outcome.refusal);
      setForce(false);
    },
  };
}
