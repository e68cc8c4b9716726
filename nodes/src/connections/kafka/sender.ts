/**
 * Sends batches so that each is appended once, in order within its partition: a batch keeps its producer's id, epoch and sequence however often it is sent, and a partition
 * has one batch under way at a time. A broker gets all that is ready for it in one request.
 */
import { quote } from "../connection-error.ts";
import { topicDeleted } from "../topic-errors.ts";
import { PRODUCE } from "./apis.ts";
import { BrokerError, Code, gaveUp, LinkError, refused, tooOld } from "./broker-error.ts";
import { brokersOf, type Cluster } from "./cluster.ts";
import { type ProducedPartition, parseProduced, produceRequest } from "./produce-protocol.ts";
import { type Batch, batchTooLarge } from "./staging.ts";
import { isGone, leaderOf } from "./topics.ts";

export interface Identity {
  readonly producerId: number;
  readonly epoch: number;
}

export interface SenderOptions {
  /** Its connections are its own. */
  readonly purpose: string;
  readonly transactionalId: string | null;
  /** Who sends; asked before each request. */
  identity(): Promise<Identity>;
  /** Called before the partitions are sent to for the first time by this identity. */
  begin?(partitions: readonly Partition[]): Promise<void>;
}

export interface Partition {
  readonly topic: string;
  readonly partition: number;
}

export interface Sender {
  /** Resolves with the offset of the batch's first record when all replicas have it. */
  send(batch: Batch): Promise<number>;
  /** Rejects all that is not acknowledged, and takes no more; resolves when nothing is under way any more. */
  stop(error: unknown): Promise<void>;
  /** The identity changed: sequences begin anew, with what was not sent yet. */
  restart(): void;
}

interface Waiting {
  readonly batch: Batch;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
  /** Once it was sent: the same bytes are sent again. */
  sealed?: Buffer;
  failingSince?: number;
}

const REQUEST_BYTES = 8 << 20;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

interface Queue extends Partition {
  readonly waiting: Waiting[];
  isBusy: boolean;
  /** Of the current identity. */
  hasBegun: boolean;
  sequence: number;
  pauseMs: number;
}

export function createSender(cluster: Cluster, { purpose, transactionalId, identity, begin }: SenderOptions): Sender {
  const { settings } = cluster;
  const queues = new Map<string, Queue>();
  const busyBrokers = new Set<number>();
  const underWay = new Set<Promise<void>>();
  let stopped: { readonly error: unknown } | undefined;
  const stopping = Promise.withResolvers<never>();
  stopping.promise.catch(() => undefined);
  let isLooking = false;
  let lookAgain = false;

  function throwIfStopped(): void {
    if (stopped) throw stopped.error;
  }

  /** Sends what can be sent. */
  function look(): void {
    lookAgain = true;
    if (isLooking) return;
    isLooking = true;
    track(
      (async () => {
        while (lookAgain) {
          lookAgain = false;
          await lookOnce();
        }
        isLooking = false;
      })(),
    );
  }

  function track(work: Promise<void>): void {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }

  async function lookOnce(): Promise<void> {
    const ready = [...queues.values()].filter(({ isBusy, waiting }) => !isBusy && waiting.length > 0);
    const byLeader = new Map<number, Queue[]>();
    for (const queue of ready) {
      try {
        const leader = await leaderOf(cluster, queue.topic, queue.partition);
        if (busyBrokers.has(leader)) continue;
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), queue]);
      } catch (error) {
        queue.isBusy = true;
        track(recover(queue, error));
      }
    }
    for (const [leader, led] of byLeader) {
      const chosen: Queue[] = [];
      let bytes = 0;
      for (const queue of led) {
        if (queue.isBusy || queue.waiting.length === 0) continue;
        bytes += queue.waiting[0]?.batch.builder.size ?? 0;
        if (chosen.length > 0 && bytes > REQUEST_BYTES) break;
        queue.isBusy = true;
        chosen.push(queue);
      }
      if (chosen.length === 0) continue;
      busyBrokers.add(leader);
      track(sendTo(leader, chosen));
    }
  }

  async function sendTo(leader: number, chosen: readonly Queue[]): Promise<void> {
    const answers = new Map<Queue, ProducedPartition>();
    let failure: unknown;
    try {
      // Nobody waits for the end of another transaction only to stop.
      const me = await Promise.race([identity(), stopping.promise]);
      const fresh = chosen.filter(({ hasBegun }) => !hasBegun);
      if (fresh.length > 0) await begin?.(fresh);
      for (const queue of fresh) queue.hasBegun = true;
      const link = await cluster.link(leader, purpose);
      const version = link.pick(PRODUCE.key, PRODUCE.versions);
      if (version === undefined) throw tooOld(PRODUCE.name, "Writing");
      const wishes = chosen.map((queue) => ({ topic: queue.topic, partition: queue.partition, batch: seal(queue, me) }));
      const request = () => produceRequest(transactionalId, settings.requestTimeoutMs, wishes);
      for (const answer of await link.send(PRODUCE.key, version, request, parseProduced)) {
        const queue = queues.get(`${answer.topic}-${answer.partition}`);
        if (queue) answers.set(queue, answer);
      }
    } catch (error) {
      failure = error;
    }
    busyBrokers.delete(leader);
    for (const queue of chosen) settle(queue, answers.get(queue), failure);
    look();
  }

  function seal(queue: Queue, { producerId, epoch }: Identity): Buffer {
    const head = queue.waiting[0] as Waiting;
    if (!head.sealed) {
      const isTransactional = transactionalId !== null;
      head.sealed = head.batch.builder.seal({ producerId, epoch, sequence: queue.sequence, isTransactional }, settings.compression);
      // Kafka's sequences begin again at 0 behind the highest of 31 bits.
      queue.sequence = (queue.sequence + head.batch.builder.count) % 0x8000_0000;
    }
    return head.sealed;
  }

  function settle(queue: Queue, answer: ProducedPartition | undefined, failure: unknown): void {
    if (answer?.errorCode === Code.none) {
      queue.isBusy = false;
      queue.pauseMs = FIRST_PAUSE_MS;
      queue.waiting.shift()?.resolve(answer.baseOffset);
      return;
    }
    const error = answer ? new BrokerError(answer.errorCode, answer.message) : (failure ?? new BrokerError(Code.requestTimedOut));
    track(recover(queue, error));
  }

  /** The queue is busy until this is over. */
  async function recover(queue: Queue, error: unknown): Promise<void> {
    const head = queue.waiting[0];
    try {
      if (head) await mend(queue, head, error);
    } catch (final) {
      // A reset queue has lost its place in the order of sequences: what comes behind is for who stops or restarts the sender.
      if (queue.waiting[0] === head) queue.waiting.shift();
      head?.reject(final);
    }
    queue.isBusy = false;
    look();
  }

  async function mend(queue: Queue, head: Waiting, error: unknown): Promise<void> {
    const doing = { en: `write to topic ${quote(queue.topic)}`, zh: `写入主题 ${quote(queue.topic)}` };
    if (!(error instanceof BrokerError || error instanceof LinkError)) throw error;
    if (error instanceof BrokerError) {
      if (error.code === Code.recordTooLarge || error.code === Code.batchTooLarge) {
        throw batchTooLarge(queue.topic, head.sealed?.length ?? 0);
      }
      if (error.code === Code.unknownTopicOrPartition && (await isGone(cluster, queue.topic, undefined))) throw topicDeleted(queue.topic);
      // What a transaction's end means is for its owner to say.
      if (!error.passes) throw transactionalId === null ? refused(error, doing) : error;
    }
    head.failingSince ??= performance.now();
    throwIfStopped();
    if (performance.now() - head.failingSince > settings.giveUpMs) throw gaveUp(doing, brokersOf(settings), settings.giveUpMs, error);
    await cluster.pause(queue.pauseMs);
    queue.pauseMs = Math.min(queue.pauseMs * 2, LONGEST_PAUSE_MS);
    await cluster.topic(queue.topic, true);
    throwIfStopped();
  }

  return {
    send({ topic, partition, builder }) {
      return new Promise((resolve, reject) => {
        if (stopped) return reject(stopped.error);
        const name = `${topic}-${partition}`;
        const queue: Queue = queues.get(name) ?? {
          topic,
          partition,
          waiting: [],
          isBusy: false,
          hasBegun: false,
          sequence: 0,
          pauseMs: FIRST_PAUSE_MS,
        };
        queues.set(name, queue);
        queue.waiting.push({ batch: { topic, partition, builder }, resolve, reject });
        look();
      });
    },
    async stop(error) {
      stopped = { error };
      stopping.reject(error);
      // What is under way must be over before anything else is done in its name.
      for (const queue of queues.values()) for (const one of queue.waiting.splice(queue.isBusy ? 1 : 0)) one.reject(error);
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
    },
    restart() {
      for (const queue of queues.values()) {
        queue.sequence = 0;
        queue.hasBegun = false;
      }
    },
  };
}
