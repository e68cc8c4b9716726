/** Drafts that have not reached the server, kept in this browser. Keeping them is a kindness: where the browser has no room for it, editing goes on without. */
import type { PipelineDocument } from "@millrace/engine/pipeline";

const KEPT_AS = "millrace.unsaved.";

/** `revision` is the one that the draft is based on. */
export function keep(id: string, revision: number, document: PipelineDocument): void {
  try {
    globalThis.localStorage?.setItem(KEPT_AS + id, JSON.stringify({ revision, document }));
  } catch {
    // Full, or switched off. An older state must not come back as if it were the newest.
    forget(id);
  }
}

export function forget(id: string): void {
  globalThis.localStorage?.removeItem(KEPT_AS + id);
}

/** What was kept, unread, if it was based on the revision that the server has. */
export function kept(id: string, revision: number): unknown {
  const text = globalThis.localStorage?.getItem(KEPT_AS + id);
  if (!text) return undefined;
  try {
    const found = JSON.parse(text) as { revision?: unknown; document?: unknown } | null;
    return found?.revision === revision ? found.document : undefined;
  } catch {
    return undefined; // written by something else under our name
  }
}
