/** Appends outside of any transaction. Calls that come in one turn go together, so that they share the price of a request. */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import type { Cluster } from "./cluster.ts";
import { idempotentIdentity } from "./producer-identity.ts";
import { createSender } from "./sender.ts";
import { type Batch, BatchMemory, checkRecord, Staging } from "./staging.ts";
import { createTargets } from "./targets.ts";

type AppendedAt = { readonly partition: number; readonly offset: number };

export interface Appender {
  append(topic: string, records: readonly TopicRecord[]): Promise<readonly AppendedAt[]>;
  /** Resolves when what was asked for is done. */
  idle(): Promise<void>;
}

export function createAppender(cluster: Cluster, now: () => Millis): Appender {
  const identity = idempotentIdentity(cluster);
  /** By batch: its first record's offset. */
  const sent = new WeakMap<Batch, Promise<number>>();
  const targets = createTargets(cluster, undefined);
  const calls = new Set<Promise<unknown>>();
  let isFlushing = false;

  const sender = createSender(cluster, { purpose: "append", transactionalId: null, identity: identity.get });
  const memory = new BatchMemory();
  const staging = new Staging(now, memory, (batch) => {
    const sending = sender.send(batch);
    sent.set(batch, sending);
    const recycle = () => memory.give(batch.builder.memory);
    sending.then(recycle, () => {
      recycle();
      // Whether it was appended is unknown: what comes next must not seem to follow it.
      identity.renew();
      sender.restart();
    });
  });

  function flushSoon(): void {
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(() => {
      isFlushing = false;
      staging.flush();
    });
  }

  async function appendAll(topic: string, records: readonly TopicRecord[]): Promise<readonly AppendedAt[]> {
    targets.refresh();
    const target = targets.known(topic) ?? (await targets.find(topic));
    for (const record of records) checkRecord(target, record);
    const places = records.map((record) => staging.add(target, record));
    flushSoon();
    await new Promise<void>((resolve) => setImmediate(resolve));
    // Its batches were given on by now.
    const found = new Map<Batch, number>();
    try {
      for (const { batch } of places) if (!found.has(batch)) found.set(batch, (await sent.get(batch)) as number);
    } catch (error) {
      targets.forget(topic);
      throw error;
    }
    return places.map(({ batch, index }) => ({ partition: batch.partition, offset: (found.get(batch) as number) + index }));
  }

  return {
    append(topic, records) {
      if (records.length === 0) return Promise.resolve([]);
      const call = appendAll(topic, records);
      calls.add(call);
      const done = () => calls.delete(call);
      call.then(done, done);
      return call;
    },
    idle: async () => {
      while (calls.size > 0) await Promise.allSettled([...calls]);
    },
  };
}
