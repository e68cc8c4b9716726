/**
 * Edits save themselves to the draft on the server, a moment after the last one, one request at a time. While the server cannot be reached
 * the draft is kept in this browser and offered again after a reload.
 */
import type { PipelineDocument, Problem } from "@millrace/engine/pipeline";
import type { Pipeline } from "@millrace/server/api";
import { create } from "zustand";
import { say } from "../i18n/i18n.ts";
import { ServerError, server } from "../server.ts";
import { useDocument } from "./document.ts";
import { forget, keep } from "./kept.ts";
import { notify } from "./notices.ts";

export type SaveState = "saved" | "saving" | "unsaved" | "conflict";

export interface Saving {
  readonly state: SaveState;
  readonly revision: number;
  /** Problems that the draft, as it was saved last, has only beside other pipelines. */
  readonly elsewhere: { readonly of: PipelineDocument; readonly problems: readonly Problem[] } | undefined;
}

export const useSaving = create<Saving>()(() => ({ state: "saved", revision: 0, elsewhere: undefined }));

const DELAY_MS = 400;
const RETRY_MS = 3_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let saving: Promise<void> | undefined;
let savedDocument: PipelineDocument | undefined;

/** The document that was just loaded is what the server has, at this revision. */
export function startSaving(pipeline: Pick<Pipeline, "draft" | "revision" | "elsewhere">): void {
  clearTimeout(timer);
  savedDocument = pipeline.draft;
  useSaving.setState({
    state: "saved",
    revision: pipeline.revision,
    elsewhere: { of: pipeline.draft, problems: pipeline.elsewhere as Problem[] },
  });
}

/** Saves now and waits for it: before a deploy. Throws the `ServerError` when it cannot. */
export async function saveNow(): Promise<void> {
  clearTimeout(timer);
  while (saving) await saving;
  const { pipelineId, document, inside } = useDocument.getState();
  if (pipelineId === undefined || inside || document === savedDocument) return;
  saving = save(pipelineId, document).finally(() => {
    saving = undefined;
  });
  await saving;
}

async function save(id: string, document: PipelineDocument): Promise<void> {
  useSaving.setState({ state: "saving" });
  try {
    const { revision, elsewhere } = await server.saveDraft(id, document, useSaving.getState().revision);
    if (useDocument.getState().pipelineId !== id) return;
    savedDocument = document;
    forget(id);
    useSaving.setState({
      state: useDocument.getState().document === document ? "saved" : "unsaved",
      revision,
      elsewhere: { of: document, problems: elsewhere as Problem[] },
    });
  } catch (error) {
    if (useDocument.getState().pipelineId === id) useSaving.setState({ state: isConflict(error) ? "conflict" : "unsaved" });
    throw error;
  }
}

function saveSoon(delay: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    saveNow().catch((error: unknown) => {
      if (!(error instanceof ServerError)) throw error;
      if (isConflict(error)) return;
      if (error.status === 0 || error.status >= 500) return saveSoon(RETRY_MS);
      notify("error", say(error.words));
    });
  }, delay);
}

function isConflict(error: unknown): boolean {
  return error instanceof ServerError && error.status === 409;
}

useDocument.subscribe(({ document, pipelineId, inside }, before) => {
  if (document === before.document || pipelineId === undefined || pipelineId !== before.pipelineId || inside || before.inside) return;
  if (useSaving.getState().state === "conflict") return;
  keep(pipelineId, useSaving.getState().revision, document);
  useSaving.setState({ state: "unsaved" });
  saveSoon(DELAY_MS);
});
