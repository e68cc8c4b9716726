/**
 * Which transactional writers there are: per transaction id the epoch of the writer that was opened last, and the last checkpoint that was committed for it. Both are looked at in the
 * commit's transaction, so that a writer that was taken over can commit nothing more, and nothing is committed twice.
 */
import { ConnectionError, quote } from "../connection-error.ts";
import type { TopicStore } from "./store.ts";

interface WriterRecord {
  readonly epoch: number;
  /** 0 before the first. */
  readonly committed: number;
}

/** What identifies a prepared part. */
export interface PreparedBy {
  readonly transaction: string;
  readonly epoch: number;
  readonly checkpoint: number;
}

const keyOf = (transaction: string) => `writer-epoch/${transaction}`;

/** The writer that was opened last with an id is the only one whose parts can be committed. Returns its epoch. */
export function takeOver(store: TopicStore, transaction: string): number {
  return store.transact(() => {
    const epoch = store.meta.get("nextEpoch") ?? 1;
    store.meta.put("nextEpoch", epoch + 1);
    store.records.put(keyOf(transaction), { epoch, committed: 0 } satisfies WriterRecord);
    return epoch;
  });
}

/** Inside a transaction: false when the part was committed before; otherwise it counts as committed from now on. Throws a `ConnectionError` when the writer was taken over. */
export function beginCommit(store: TopicStore, { transaction, epoch, checkpoint }: PreparedBy): boolean {
  const record = store.records.get(keyOf(transaction)) as WriterRecord | undefined;
  if (record?.epoch !== epoch) {
    throw new ConnectionError("topic.fenced", {
      en: `Another writer has taken over transaction ${quote(transaction)}; this one can commit nothing more. Stop one of the two.`,
      zh: `另一个写入者已接管事务 ${quote(transaction)}，本写入者不能再提交。请停止其中一个。`,
    });
  }
  if (checkpoint <= record.committed) return false;
  store.records.put(keyOf(transaction), { epoch, committed: checkpoint } satisfies WriterRecord);
  return true;
}

/** Inside a transaction: forgets a writer that has nothing more to commit; what is still to be committed keeps its record. */
export function forgetWriter(store: TopicStore, transaction: string, epoch: number, lastPrepared: number): void {
  const record = store.records.get(keyOf(transaction)) as WriterRecord | undefined;
  if (record?.epoch === epoch && record.committed >= lastPrepared) store.records.remove(keyOf(transaction));
}
