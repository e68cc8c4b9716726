/** Appends outside of any transaction. Calls that come while one is on its way go together into the next, so that they share the price of making them durable. */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import { topicDeleted, unknownTopic } from "../topic-errors.ts";
import { appendStaged } from "./commit.ts";
import { bytesOf, checkRecord, StagedRecords } from "./staged-records.ts";
import type { StoredTopic, TopicStore } from "./store.ts";
import { findTopic, topicNames } from "./topics.ts";

type AppendedAt = { readonly partition: number; readonly offset: number };

export interface Appender {
  append(topic: string, records: readonly TopicRecord[]): Promise<readonly AppendedAt[]>;
  /** Resolves when what was asked for is done. */
  close(): Promise<void>;
}

interface Call {
  readonly topic: string;
  readonly records: readonly TopicRecord[];
  readonly resolve: (places: readonly AppendedAt[]) => void;
  readonly reject: (error: unknown) => void;
}

/** More at once would make others wait for the lock. */
const BYTES_AT_ONCE = 16 << 20;

export function createAppender(store: TopicStore, now: () => Millis, onAppended: () => void): Appender {
  const staged = new StagedRecords(store, now, (topic) => foundTopic(store, topic));
  const calls: Call[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (calls.length > 0) {
      // The turn's other calls come along.
      await new Promise((resolve) => setImmediate(resolve));
      await appendTogether();
    }
    // In the same breath as the last look at `calls`: a call that comes later begins anew.
    working = undefined;
  }

  async function appendTogether(): Promise<void> {
    const together: { call: Call; places: { partition: number; index: number }[] }[] = [];
    try {
      let bytes = 0;
      while (calls.length > 0 && bytes < BYTES_AT_ONCE) {
        const call = calls.shift() as Call;
        const size = check(call);
        if (size === undefined) continue;
        const places: { partition: number; index: number }[] = [];
        together.push({ call, places });
        for (const record of call.records) places.push({ partition: staged.add(call.topic, record), index: staged.lastIndex });
        bytes += size;
      }
      if (together.length === 0) return;
      const records = await staged.take();
      const firsts = store.transact(() => appendStaged(store, records, now()), bytesOf(records.parts));
      const firstOf = new Map(records.parts.map(({ topic, partition }, i) => [`${topic}-${partition}`, firsts[i]]));
      for (const { call, places } of together) {
        if (places.some(({ partition }) => firstOf.get(`${call.topic}-${partition}`) === undefined)) call.reject(topicDeleted(call.topic));
        else
          call.resolve(
            places.map(({ partition, index }) => ({ partition, offset: (firstOf.get(`${call.topic}-${partition}`) as number) + index })),
          );
      }
      onAppended();
    } catch (error) {
      for (const { call } of together) call.reject(error);
      await staged.clear();
    }
  }

  /** Bytes of the call's records; undefined when it was refused. */
  function check({ topic, records, reject }: Call): number | undefined {
    try {
      const { partitions } = foundTopic(store, topic);
      return records.reduce((sum, record) => sum + checkRecord(topic, partitions, record), 0);
    } catch (error) {
      reject(error);
      return undefined;
    }
  }

  return {
    append(topic, records) {
      if (records.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        calls.push({ topic, records, resolve, reject });
        working ??= work();
      });
    },
    async close() {
      await working;
      await staged.close();
    },
  };
}

function foundTopic(store: TopicStore, name: string): StoredTopic {
  const found = findTopic(store, name);
  if (!found) throw unknownTopic(name, topicNames(store));
  return found;
}
