/** The records that an expression or a preview is about: what really passed there, or, where the draft differs above or nothing passed, what it gives when tried. */
import { parsePortRef } from "@millrace/engine/pipeline";
import { useEffect, useMemo, useState } from "react";
import { useDocument } from "../store/document.ts";
import { sameUpstream } from "./draft-difference.ts";
import type { PreviewRecord } from "./record.ts";
import { type TriedRows, useTriedRows } from "./tried-rows.ts";
import { useCalmRecords } from "./use-records.ts";

export interface PortRecords {
  /** Oldest first; newer ones come once a second. */
  readonly records: readonly PreviewRecord[];
  /** "draft": they were tried; `tried` says more. */
  readonly from: "live" | "draft";
  readonly tried: TriedRows;
}

/** What is retained of a run is there by then; only where it is nothing are the sources asked. */
const RETAINED_WITHIN_MS = 500;

export function usePortRecords(port: string | undefined): PortRecords {
  const isLive = useSameAsLive(port);
  const live = useCalmRecords(isLive ? port : undefined);
  const hasWaited = useAfter(RETAINED_WITHIN_MS, port);
  const tried = useTriedRows(!isLive || (live.length === 0 && hasWaited) ? port : undefined);
  return live.length > 0 ? { records: live, from: "live", tried } : { records: tried.records, from: "draft", tried };
}

/** Whether what runs gives the same rows at a port as the draft would. */
export function useSameAsLive(port: string | undefined): boolean {
  const document = useDocument((state) => state.document);
  const live = useDocument((state) => state.live?.document);
  return useMemo(
    () => port !== undefined && live !== undefined && sameUpstream(document, live, parsePortRef(port).node),
    [document, live, port],
  );
}

/** True once `of` has been the same for that long. */
function useAfter(ms: number, of: unknown): boolean {
  const [passed, setPassed] = useState<unknown>(Symbol());
  useEffect(() => {
    const timer = setTimeout(() => setPassed(of), ms);
    return () => clearTimeout(timer);
  }, [ms, of]);
  return passed === of;
}
