/**
 * Appends posted records to the topic. Posts that come while an append is on its way go together with the next one, so the cost of making things durable is shared. A post with an
 * id is appended once, over restarts, crashes and several collectors on one data folder.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TopicLog, TopicRecord } from "@millrace/engine/node";
import { ConnectionError } from "@millrace/nodes/connections";
import { ApiFailure, type Words } from "../http/api-failure.ts";
import { diskFull, isDatabaseFull } from "../http/errors.ts";
import { isLocked, takeLock } from "../process-lock.ts";
import { type Claim, openRecordIds, type RecordIds } from "./record-ids.ts";

export interface Collector {
  /** Resolves when the records are durable, or were so already. Rejects with `ApiFailure` when that cannot be said; the sender then repeats the post. */
  append(records: readonly Uint8Array[], recordId?: string): Promise<"appended" | "duplicate">;
  counts(): { readonly records: number; readonly duplicates: number };
  /** Waits for what is on its way. */
  close(): Promise<void>;
}

export interface CollectorOptions {
  readonly topic: string;
  readonly openTopics: () => Promise<TopicLog>;
  readonly dataFolder: string;
  readonly now: () => number;
}

/** Where the collector of the warehouse puts app logs. */
export const TOPIC_OF_APP_LOGS = "ods_base_log";
/** Header of a record: index in its post, colon, the post's id. */
const RECORD_ID_HEADER = "record-id";
const PARTITIONS = 4;
const MAX_POSTS_AT_ONCE = 1_000;
/** How long a post waits for another collector that has the same one in hand. */
const WAIT_MS = 5_000;

interface Post {
  readonly records: readonly Uint8Array[];
  readonly id: string | undefined;
  readonly resolve: (result: "appended" | "duplicate") => void;
  readonly reject: (error: unknown) => void;
}

export function createCollector({ topic, openTopics, dataFolder, now }: CollectorOptions): Collector {
  const self = createOwner(join(dataFolder, "collectors"));
  let recordIds: RecordIds | undefined;
  const ids = () => (recordIds ??= openRecordIds(join(dataFolder, "record-ids.db")));
  const waiting: Post[] = [];
  /** Posts with an id that this collector has in hand. */
  const inHand = new Map<string, Promise<"appended" | "duplicate">>();
  let working: Promise<void> | undefined;
  let topicIsThere = false;
  const counts = { records: 0, duplicates: 0 };

  function enqueue(records: readonly Uint8Array[], id: string | undefined): Promise<"appended" | "duplicate"> {
    return new Promise((resolve, reject) => {
      waiting.push({ records, id, resolve, reject });
      working ??= work().finally(() => {
        working = undefined;
      });
    });
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const posts = waiting.splice(0, MAX_POSTS_AT_ONCE);
      try {
        await appendTogether(posts);
      } catch (error) {
        abandon(posts);
        for (const post of posts) post.reject(notAppended(error));
      }
    }
  }

  async function appendTogether(posts: readonly Post[]): Promise<void> {
    const log = await openTopics();
    const withId = idsOf(posts);
    const taken = withId.length === 0 ? [] : ids().claim(withId, self.id, await positions(log), now());
    const claims = new Map(taken.map((claim) => [claim.id, claim]));
    const free = posts.filter(({ id }) => id === undefined || !claims.has(id));

    await appendRecords(log, free.flatMap(recordsOf));
    finishIds(free);
    for (const post of free) post.resolve("appended");
    for (const post of posts) {
      const claim = post.id === undefined ? undefined : claims.get(post.id);
      if (claim) void settle(log, post, claim).then(post.resolve, (error) => post.reject(notAppended(error)));
    }
  }

  function finishIds(posts: readonly Post[]): void {
    const done = idsOf(posts);
    if (done.length > 0) ids().finish(done);
  }

  function abandon(posts: readonly Post[]): void {
    const given = idsOf(posts);
    try {
      if (given.length > 0) ids().abandon(given, self.id);
    } catch {
      // The claims stay this collector's own, which takes them up again itself when the posts come again.
    }
  }

  async function appendRecords(log: TopicLog, records: readonly TopicRecord[]): Promise<void> {
    if (records.length === 0) return;
    try {
      if (!topicIsThere) await ensureTopic(log);
      await log.append(topic, records);
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== "topic.unknown") throw error;
      // Somebody removed it since.
      await ensureTopic(log);
      await log.append(topic, records);
    }
    counts.records += records.length;
  }

  async function ensureTopic(log: TopicLog): Promise<void> {
    await log.createTopic(topic, { partitions: PARTITIONS });
    topicIsThere = true;
  }

  function recordsOf({ records, id }: Post): TopicRecord[] {
    return records.map((bytes, i) => ({
      value: { bytes, start: 0, end: bytes.length },
      key: null,
      time: now(),
      ...(id === undefined ? {} : { headers: [[RECORD_ID_HEADER, Buffer.from(`${i}:${id}`)] as const] }),
    }));
  }

  /** Another post had the id before: appended, about to be, or cut short by a crash. */
  async function settle(log: TopicLog, post: Post, first: Claim): Promise<"appended" | "duplicate"> {
    const deadline = now() + WAIT_MS;
    for (let claim: Claim | undefined = first; claim; claim = ids().get(first.id, now())) {
      if (claim.done) {
        counts.duplicates += 1;
        return "duplicate";
      }
      if ((claim.owner === self.id || !self.isAlive(claim.owner)) && ids().takeOver(claim, self.id)) return complete(log, post, claim);
      if (now() >= deadline) break;
      await sleep(20);
    }
    throw new Error(`another collector has the post ${first.id} in hand`);
  }

  /** Appends what a post that was cut short has not appended. */
  async function complete(log: TopicLog, post: Post, claim: Claim): Promise<"appended" | "duplicate"> {
    const found = await indexesOf(log, topic, claim);
    const missing = recordsOf(post).filter((_, i) => !found.has(i));
    await appendRecords(log, missing);
    ids().finish([claim.id]);
    if (missing.length === 0) counts.duplicates += 1;
    return missing.length === 0 ? "duplicate" : "appended";
  }

  async function positions(log: TopicLog): Promise<Record<string, number>> {
    const info = await log.describeTopic(topic);
    return Object.fromEntries((info?.partitions ?? []).map(({ partition, latest }) => [partition, latest]));
  }

  return {
    async append(records, recordId) {
      if (recordId === undefined) return enqueue(records, undefined);
      const before = inHand.get(recordId);
      if (before) {
        await before;
        counts.duplicates += 1;
        return "duplicate";
      }
      const appending = enqueue(records, recordId);
      inHand.set(recordId, appending);
      try {
        return await appending;
      } finally {
        inHand.delete(recordId);
      }
    },
    counts: () => ({ ...counts }),
    async close() {
      while (working) await working;
      await Promise.allSettled(inHand.values());
      recordIds?.close();
      self.release();
    },
  };
}

function idsOf(posts: readonly Post[]): string[] {
  return posts.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/** Which records of the claimed post are in the topic, by their index in the post. */
async function indexesOf(log: TopicLog, topic: string, { id, positions }: Claim): Promise<Set<number>> {
  const found = new Set<number>();
  const info = await log.describeTopic(topic);
  for (const { partition, earliest, latest } of info?.partitions ?? []) {
    const reader = await log.openReader(topic, partition, { from: "offset", offset: Math.max(earliest, positions[partition] ?? 0) });
    while (reader.offset < latest) {
      const batch = await reader.read(1_000, 0);
      if (batch.count === 0) break;
      for (let i = 0; i < batch.count; i++) {
        const header = batch.headers?.(i).find(([name]) => name === RECORD_ID_HEADER)?.[1];
        const [, index, of] = /^(\d+):(.*)$/s.exec(header ? Buffer.from(header).toString() : "") ?? [];
        if (of === id) found.add(Number(index));
      }
    }
    await reader.close();
  }
  return found;
}

/** This collector among those of the data folder: others see whether it is alive by its lock. */
function createOwner(folder: string) {
  mkdirSync(folder, { recursive: true });
  const id = randomUUID();
  const fileOf = (owner: string) => join(folder, `${owner}.lock`);
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const old = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 60_000;
    if (old && !isLocked(path)) rmSync(path, { force: true });
  }
  const lock = takeLock(fileOf(id), 5_000);
  if (!lock) throw new Error(`the lock ${fileOf(id)} of this new collector is taken`);
  return {
    id,
    isAlive: (owner: string) => isLocked(fileOf(owner)),
    release() {
      lock.release();
      rmSync(fileOf(id), { force: true });
    },
  };
}

function notAppended(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const reason = reasonOf(error);
  return new ApiFailure(503, "not-appended", {
    en: `The records could not be kept: ${reason.en.replace(/\.$/, "")}. Post them again (with the same X-Record-Id they count once).`,
    zh: `记录未能保存:${reason.zh.replace(/[。.]$/, "")}。请重新发送(X-Record-Id 相同则只计一次)。`,
  });
}

function reasonOf(error: unknown): Words {
  if (error instanceof ConnectionError) return error.words;
  if (isDatabaseFull(error)) return diskFull().words;
  const text = error instanceof Error ? error.message : String(error);
  return { en: text, zh: text };
}
