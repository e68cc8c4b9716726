/** The records that an expression or a preview is about: what really passed there, or, where the draft differs above, what it would give. */
import { parsePortRef } from "@millrace/engine/pipeline";
import { useMemo } from "react";
import { useDocument } from "../store/document.ts";
import { sameUpstream } from "./draft-difference.ts";
import { useDraftEffect } from "./draft-effect.ts";
import type { PreviewRecord } from "./record.ts";
import { toRecords, useRecords } from "./use-records.ts";

export interface PortRecords {
  readonly records: readonly PreviewRecord[];
  readonly from: "live" | "draft";
}

export function usePortRecords(port: string | undefined): PortRecords {
  const isLive = useSameAsLive(port);
  const live = useRecords(isLive ? port : undefined);
  const effect = useDraftEffect(port !== undefined && !isLive);
  const rows = port === undefined ? undefined : effect.draft?.ports[port]?.rows;
  const draft = useMemo(() => toRecords(rows ?? []), [rows]);
  return isLive ? { records: live, from: "live" } : { records: draft, from: "draft" };
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
