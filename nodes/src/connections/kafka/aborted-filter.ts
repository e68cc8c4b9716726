/**
 * Which batches a reader of committed records may see. The broker sends everything up to the last decided transaction, and beside it a list of the aborted ones; leaving
 * them out is up to the reader. What is active lives on from one fetch to the next: a transaction may be larger than a fetch, and the list of the next one
 * may begin behind its first record.
 */
import type { AbortedTransaction } from "./fetch-protocol.ts";

export interface BatchKind {
  readonly producerId: number;
  readonly lastOffset: number;
  readonly isTransactional: boolean;
}

export class AbortedFilter {
  /** Producers whose transaction at this place was aborted. */
  private readonly active = new Set<number>();
  /** Those of this fetch that begin later, the nearest last. */
  private coming: AbortedTransaction[] = [];

  /** The batches of another fetch follow. Its list replaces what was left of the one before: one transaction may stand in both. */
  begin(aborted: readonly AbortedTransaction[]): void {
    this.coming = aborted.toSorted((a, b) => b.firstOffset - a.firstOffset);
  }

  /** Batches are to be asked about in order, control batches too. */
  shows({ producerId, lastOffset, isTransactional }: BatchKind): boolean {
    for (let next = this.coming.at(-1); next && next.firstOffset <= lastOffset; next = this.coming.at(-1)) {
      this.active.add(next.producerId);
      this.coming.pop();
    }
    return !(isTransactional && this.active.has(producerId));
  }

  /** The producer's transaction ends here. */
  end(producerId: number): void {
    this.active.delete(producerId);
  }

  /** Reading goes on elsewhere. */
  reset(): void {
    this.active.clear();
    this.coming = [];
  }
}
