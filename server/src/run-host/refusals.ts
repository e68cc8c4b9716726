/** Rows that the outside refused when they were committed: errors of their nodes like those that the subtasks count. */
import type { Millis, RefusedRow } from "@millrace/engine/node";
import type { PortCounts } from "@millrace/engine/run";

type Counts = Readonly<Record<string, PortCounts>>;

export class Refusals {
  private readonly byNode = new Map<string, { count: number; last: PortCounts["lastError"] }>();

  add(nodeId: string, rows: readonly RefusedRow[], at: Millis): void {
    const words = rows.at(-1)?.error.words;
    this.byNode.set(nodeId, { count: (this.byNode.get(nodeId)?.count ?? 0) + rows.length, last: words && { words, at } });
  }

  /** The counts with these. */
  in(counts: Counts): Counts {
    if (this.byNode.size === 0) return counts;
    return Object.fromEntries(
      Object.entries(counts).map(([id, one]) => {
        const refused = this.byNode.get(id);
        if (refused === undefined) return [id, one];
        const isLater = (refused.last?.at ?? 0) >= (one.lastError?.at ?? 0);
        return [id, { ...one, errors: one.errors + refused.count, ...(refused.last && isLater && { lastError: refused.last }) }];
      }),
    );
  }
}
