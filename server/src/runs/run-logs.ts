/** The last lines that were logged about each pipeline's runs: in memory, so many for each, the oldest go. */
import type { LogPage } from "../api.ts";

export interface RunLogs {
  add(pipelineId: string, text: string): void;
  /** The last `limit` lines, or the first `limit` with an id above `after`; oldest first. */
  read(pipelineId: string, options: { readonly after?: number | undefined; readonly limit: number }): LogPage;
  /** Of a deleted pipeline. */
  forget(pipelineId: string): void;
}

/** A stack trace is one line of the log; what is longer is cut. */
const MAX_TEXT = 8_192;

type Line = LogPage["lines"][number];

export function createRunLogs({ now, lines }: { readonly now: () => number; readonly lines: number }): RunLogs {
  const kept = new Map<string, Line[]>();
  let last = 0;

  return {
    add(pipelineId, text) {
      const ring = kept.get(pipelineId) ?? [];
      kept.set(pipelineId, ring);
      // Ids also rise over a restart of the server: who follows a log sees each line once.
      last = Math.max(last + 1, now());
      ring.push({ id: last, at: now(), text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text });
      if (ring.length > lines) ring.shift();
    },
    read(pipelineId, { after, limit }) {
      const ring = kept.get(pipelineId) ?? [];
      const fresh = after === undefined ? ring.slice(-limit) : ring.filter(({ id }) => id > after).slice(0, limit);
      return { lines: fresh, next: fresh.at(-1)?.id ?? after ?? 0 };
    },
    forget: (pipelineId) => void kept.delete(pipelineId),
  };
}
