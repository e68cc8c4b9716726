/**
 * What the draft would do: draft and live document are played over the same retained records, with sinks off, a moment after the last edit, as long as
 * somebody looks.
 */

import type { Words } from "@millrace/engine/node";
import type { Problem } from "@millrace/engine/pipeline";
import type { TryResult } from "@millrace/server/api";
import { useEffect } from "react";
import { create } from "zustand";
import { ServerError, server } from "../server.ts";
import { useDocument } from "../store/document.ts";

export interface DraftEffect {
  /** "idle": nothing runs or nothing differs; "empty": no retained record to play. */
  readonly state: "idle" | "working" | "ready" | "empty" | "failed";
  readonly draft: TryResult | undefined;
  readonly live: TryResult | undefined;
  /** Records played, of all sources. */
  readonly records: number;
  readonly failure: Words | undefined;
  readonly problems: readonly Problem[];
}

const IDLE: DraftEffect = { state: "idle", draft: undefined, live: undefined, records: 0, failure: undefined, problems: [] };
const DELAY_MS = 350;
/** Rows per port and answer; a source has a hundred records retained. */
const MAX_ROWS = 1_000;

export const useDraftEffectStore = create<DraftEffect>()(() => IDLE);

let viewers = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let running: AbortController | undefined;

/** Keeps the effect up to date while the component is there; `wanted` false asks for nothing. */
export function useDraftEffect(wanted: boolean): DraftEffect {
  useEffect(() => {
    if (!wanted) return;
    viewers++;
    if (viewers === 1) schedule(0);
    return () => {
      viewers--;
      if (viewers === 0) stop();
    };
  }, [wanted]);
  return useDraftEffectStore();
}

useDocument.subscribe((now, before) => {
  if (viewers === 0) return;
  if (now.document !== before.document || now.live !== before.live || now.pipelineId !== before.pipelineId) schedule(DELAY_MS);
});

function schedule(delay: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void play(), delay);
}

function stop(): void {
  clearTimeout(timer);
  running?.abort();
  useDraftEffectStore.setState(IDLE, true);
}

async function play(): Promise<void> {
  const { pipelineId, document, live } = useDocument.getState();
  running?.abort();
  if (pipelineId === undefined || !live) return useDraftEffectStore.setState(IDLE, true);
  const asked = new AbortController();
  running = asked;
  useDraftEffectStore.setState({ state: "working" });
  try {
    // The server plays what it retains, so that every row keeps the name of the record it stems from.
    const [draft, before] = await Promise.all([
      server.tryDocument({ document, pipelineId, limit: MAX_ROWS }, asked.signal),
      server.tryDocument({ document: live.document, pipelineId, limit: MAX_ROWS }, asked.signal),
    ]);
    if (asked.signal.aborted) return;
    const records = Object.values(draft.inputs).reduce((sum, count) => sum + count, 0);
    if (records === 0 && draft.problems.length === 0) return useDraftEffectStore.setState({ ...IDLE, state: "empty" }, true);
    useDraftEffectStore.setState(
      { state: "ready", draft, live: before, records, failure: undefined, problems: draft.problems as Problem[] },
      true,
    );
  } catch (error) {
    if (asked.signal.aborted) return;
    if (!(error instanceof ServerError)) throw error;
    useDraftEffectStore.setState({ ...IDLE, state: "failed", failure: error.words, problems: error.problems }, true);
  }
}
