/**
 * Fetches for all readers of one opened log. A broker is asked for all of its partitions at once, and answers as soon as one of them has records (a long poll). A partition
 * whose reader has enough is left out; when it is wanted again while the broker still waits for the others, another connection asks for it.
 */
import { ConnectionError, quote } from "../connection-error.ts";
import { topicDeleted } from "../topic-errors.ts";
import { FETCH } from "./apis.ts";
import { BrokerError, Code, gaveUp, LinkError, refused, tooOld } from "./broker-error.ts";
import { brokersOf, type Cluster } from "./cluster.ts";
import { BY_ID, type FetchedPartition, type FetchWish, fetchRequest, parseFetched } from "./fetch-protocol.ts";
import type { Link } from "./link.ts";
import { offsetsAt } from "./offsets.ts";
import type { PartitionFeed } from "./partition-feed.ts";
import { isGone, leaderOf } from "./topics.ts";

export interface Fetcher {
  add(feed: PartitionFeed): void;
  remove(feed: PartitionFeed): void;
  /** A feed may be hungry again. */
  wake(): void;
}

/** Long polls at a broker at once. */
const POLLS = 4;
const LONG_POLL_MS = 500;
const RESPONSE_BYTES = 16 << 20;
/** What may wait to be read, of all partitions together and of one; a fetch asks for half of that, so that one is on its way while another is read. */
const WAITING_BYTES = 64 << 20;
const MOST_WAITING_BYTES = 2 << 20;
const LEAST_WAITING_BYTES = 128 << 10;
const PAUSE_MS = 100;

export function createFetcher(cluster: Cluster): Fetcher {
  const feeds = new Set<PartitionFeed>();
  const polls = new Map<number, Set<number>>();
  let isWoken = false;

  function wake(): void {
    if (isWoken) return;
    isWoken = true;
    // Those that are woken in the same turn share a request.
    setImmediate(() => {
      isWoken = false;
      void look();
    });
  }

  async function look(): Promise<void> {
    const byLeader = new Map<number, PartitionFeed[]>();
    const hungry = [...feeds].filter((feed) => feed.isHungry);
    for (const feed of hungry) feed.isBusy = true;
    await Promise.all(
      hungry.map(async (feed) => {
        try {
          const leader = await leaderOf(cluster, feed.topic, feed.partition);
          byLeader.set(leader, [...(byLeader.get(leader) ?? []), feed]);
        } catch (error) {
          await recover(feed, error);
        }
      }),
    );
    for (const [leader, led] of byLeader) {
      const poll = freePoll(leader);
      if (poll === undefined) for (const feed of led) feed.isBusy = false;
      else void fetchFrom(leader, poll, led);
    }
  }

  /** Undefined while as many as there may be are waiting: they come back soon. */
  function freePoll(leader: number): number | undefined {
    const busy = polls.get(leader) ?? new Set();
    polls.set(leader, busy);
    for (let poll = 0; poll < POLLS; poll++) {
      if (busy.has(poll)) continue;
      busy.add(poll);
      return poll;
    }
    return undefined;
  }

  async function fetchFrom(leader: number, poll: number, asked: readonly PartitionFeed[]): Promise<void> {
    const failed: Promise<void>[] = [];
    try {
      const answers = await ask(await cluster.link(leader, `fetch ${poll}`), asked);
      for (const [feed, answer] of answers) {
        const failure = deliver(feed, answer);
        if (failure === undefined) feed.isBusy = false;
        else failed.push(recover(feed, failure));
      }
    } catch (error) {
      failed.push(...asked.map((feed) => recover(feed, error)));
    }
    polls.get(leader)?.delete(poll);
    wake();
    await Promise.all(failed);
  }

  async function ask(link: Link, asked: readonly PartitionFeed[]): Promise<Map<PartitionFeed, FetchedPartition | undefined>> {
    const version = link.pick(FETCH.key, FETCH.versions);
    if (version === undefined) throw tooOld(FETCH.name, "Reading");
    const nameOf = ({ topic, topicId }: PartitionFeed) => (version >= BY_ID ? topicId : topic);
    const wishes = asked.map(
      (feed): FetchWish => ({ topic: nameOf(feed), partition: feed.partition, offset: feed.fetchOffset, maxBytes: feed.enough >> 1 }),
    );
    // Whoever has just begun to read wants to know whether there is anything.
    const maxWaitMs = asked.every(({ isAnswered }) => isAnswered) ? LONG_POLL_MS : 0;
    const limits = { maxWaitMs, maxBytes: RESPONSE_BYTES };
    const response = await link.send(
      FETCH.key,
      version,
      () => fetchRequest(version, wishes, limits),
      (bytes) => parseFetched(version, bytes),
    );
    if (response.errorCode !== Code.none) throw new BrokerError(response.errorCode);
    return new Map(
      asked.map((feed) => [
        feed,
        response.partitions.find(({ topic, partition }) => topic === nameOf(feed) && partition === feed.partition),
      ]),
    );
  }

  /** What is wrong with the answer; undefined when it was taken. */
  function deliver(feed: PartitionFeed, answer: FetchedPartition | undefined): unknown {
    if (feed.isClosed || answer === undefined) return undefined;
    if (answer.errorCode !== Code.none) return new BrokerError(answer.errorCode);
    try {
      feed.accept(answer);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** The feed is busy until this is over, and may be fetched again then. */
  async function recover(feed: PartitionFeed, error: unknown): Promise<void> {
    try {
      await mend(feed, error);
    } catch (failure) {
      if (!feed.isClosed) feed.fail(failure);
    } finally {
      feed.isBusy = false;
      wake();
    }
  }

  async function mend(feed: PartitionFeed, error: unknown): Promise<void> {
    if (feed.isClosed) return;
    const doing = { en: `read topic ${quote(feed.topic)}`, zh: `读取主题 ${quote(feed.topic)}` };
    if (!(error instanceof BrokerError || error instanceof LinkError)) throw error;
    const code = error instanceof BrokerError ? error.code : undefined;
    if (code === Code.offsetOutOfRange) return rangeOf(cluster, feed);
    if (code !== undefined && MAY_BE_GONE.has(code)) {
      if (await isGone(cluster, feed.topic, feed.topicId, feed.partition)) throw topicDeleted(feed.topic);
    } else if (error instanceof BrokerError && !error.passes) throw refused(error, doing);
    feed.failingSince ??= performance.now();
    if (performance.now() - feed.failingSince > cluster.settings.giveUpMs) {
      throw gaveUp(doing, brokersOf(cluster.settings), cluster.settings.giveUpMs, error);
    }
    feed.tell();
    await cluster.pause(PAUSE_MS);
    // The leader may be another one now.
    await cluster.topic(feed.topic, true);
  }

  function share(): void {
    const each = Math.floor(WAITING_BYTES / feeds.size);
    for (const feed of feeds) feed.enough = Math.max(LEAST_WAITING_BYTES, Math.min(MOST_WAITING_BYTES, each));
  }

  return {
    add(feed) {
      feeds.add(feed);
      share();
      wake();
    },
    remove(feed) {
      feed.isClosed = true;
      feeds.delete(feed);
      share();
      feed.tell();
    },
    wake,
  };
}

/** A topic that was made anew with fewer partitions has no leader for the others. */
const MAY_BE_GONE: ReadonlySet<number> = new Set([
  Code.unknownTopicOrPartition,
  Code.unknownTopicId,
  Code.inconsistentTopicId,
  Code.notLeader,
]);

/** The offset to fetch is no longer there, or not yet. */
async function rangeOf(cluster: Cluster, feed: PartitionFeed): Promise<void> {
  const [earliest = 0, end = 0] = await cluster.persist(
    { en: `look up offsets of ${feed.place}`, zh: `查询 ${feed.place} 的 offset` },
    async () => {
      const topic = await cluster.topic(feed.topic, true);
      if (!topic || topic.id !== feed.topicId) throw topicDeleted(feed.topic);
      const [first, last] = await Promise.all([
        offsetsAt(cluster, topic, [feed.partition], "earliest"),
        offsetsAt(cluster, topic, [feed.partition], "committedEnd"),
      ]);
      return [first.get(feed.partition), last.get(feed.partition)];
    },
  );
  if (feed.fetchOffset > end) throw truncated(feed, end);
  feed.jump(Math.max(earliest, feed.fetchOffset), end);
}

/** Brokers lost acknowledged records (an unclean election): what was read is not what is there now. */
function truncated(feed: PartitionFeed, end: number): ConnectionError {
  return new ConnectionError("topic.position-behind-end", {
    en: `Partition ${feed.partition} of topic ${quote(feed.topic)} was read up to offset ${feed.fetchOffset}, but now ends at ${end}: the brokers lost records. Look into their logs; start without state to read the topic from its beginning.`,
    zh: `主题 ${quote(feed.topic)} 的分区 ${feed.partition} 已读到 offset ${feed.fetchOffset}，但现在止于 ${end}：broker 丢失了记录。请查看其日志；如要从头读取该主题，请不带状态启动。`,
  });
}
