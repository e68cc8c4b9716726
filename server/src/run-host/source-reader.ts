/**
 * Reads some records of a source without a run: what a draft that never ran is tried on. Of a topic the newest, of a file the first, of a generator those it would make from now on, at
 * once. Nothing outside changes: no topic is made, no position moves.
 */
import type { Millis, NodeType, Roles, Source, Split, TopicLog, Words } from "@millrace/engine/node";
import type { TypedNode } from "@millrace/engine/pipeline";
import type { TryInput } from "@millrace/engine/run";
import { nodeTypes } from "@millrace/nodes/registry";
import type { ConnectionConfig } from "../runs/run-host.ts";
import { openBuiltIn } from "./connections.ts";

export interface SourceRequest {
  readonly pipelineId: string;
  readonly timeZone: string;
  /** What the document's aliases mean, as for a run. */
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  /** Records at most. */
  readonly limit: number;
}

export interface SourceReader {
  /** In the order of their times. Rejects with words for people (`SourceSilent`, `ConnectionError`) when the source cannot be read. The same question within some seconds gets the same records. */
  read(node: TypedNode, request: SourceRequest): Promise<readonly TryInput[]>;
}

/** A source that does not answer in time. */
export class SourceSilent extends Error {
  readonly words: Words;
  constructor(ms: number) {
    const words = { en: `It did not answer within ${ms / 1000} s.`, zh: `${ms / 1000} 秒内没有响应。` };
    super(words.en);
    this.name = "SourceSilent";
    this.words = words;
  }
}

/** Somebody waits for it with an editor open. */
const PATIENCE_MS = 3_000;
/** A first answer from outside may take this long; what is there comes at once. */
const FIRST_WAIT_MS = 1_000;
/** How far a source that goes by the clock is looked ahead. */
const AHEAD_MS = 86_400_000;
/** Both sides of a comparison, and the next key stroke, are to see the same records. */
const SAME_FOR_MS = 10_000;
/** Of all records of one source, in bytes. */
const MOST_BYTES = 8 * 1024 * 1024;

interface Surroundings {
  readonly dataFolder: string;
  /** The data folder's own, which stay open. */
  readonly topics: TopicLog;
  readonly now: () => Millis;
}

export function createSourceReader(surroundings: Surroundings): SourceReader {
  const answers = new Map<string, { readonly at: Millis; readonly records: Promise<readonly TryInput[]> }>();
  return {
    read(node, request) {
      const now = surroundings.now();
      for (const [key, { at }] of answers) if (now - at >= SAME_FOR_MS) answers.delete(key);
      const config = configOf(node, request);
      const key = JSON.stringify([request.pipelineId, node.id, node.spec.type, node.params, config, request.timeZone, request.limit]);
      const known = answers.get(key);
      if (known) return known.records;
      const records = inTime(readOnce(node, request, config, surroundings));
      answers.set(key, { at: now, records });
      records.catch(() => answers.delete(key));
      return records;
    },
  };
}

/** Undefined: what is built in. */
function configOf({ params }: TypedNode, { connections }: SourceRequest): ConnectionConfig | undefined {
  const alias = params.connection;
  return typeof alias === "string" && Object.hasOwn(connections, alias) ? connections[alias] : undefined;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SourceSilent(PATIENCE_MS)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, silent]);
  } finally {
    clearTimeout(timer);
  }
}

async function readOnce(
  node: TypedNode,
  request: SourceRequest,
  config: ConnectionConfig | undefined,
  { dataFolder, topics, now }: Surroundings,
): Promise<readonly TryInput[]> {
  const type = nodeTypes.get(node.spec.type) as NodeType;
  const role = node.spec.connection;
  const isShared = config === undefined && role === "topic";
  const opened =
    role === undefined || isShared ? undefined : await openBuiltIn(dataFolder, config ?? { kind: "built-in", role, settings: {} });
  try {
    const driver = isShared ? topics : opened;
    let clock = now();
    const source = type.createSource?.(node.params, {
      pipelineId: request.pipelineId,
      nodeId: node.id,
      connection: role === "topic" ? newestOf(driver as TopicLog, request.limit) : (driver as Roles[keyof Roles] | undefined),
      timeZone: request.timeZone,
      now: () => clock,
      sleep: async (ms) => {
        clock += Math.max(1, ms);
        return true;
      },
      subtask: 0,
      parallelism: 1,
      schema: Object.values(node.outputs)[0]?.schema,
    });
    if (!source) return [];
    const until = clock + AHEAD_MS;
    try {
      return await readSplits(source, request.limit, role === undefined ? () => clock < until : undefined);
    } finally {
      await source.close();
    }
  } finally {
    await opened?.close?.();
  }
}

/** `goOn`: of a source that goes by the clock, whether to wait for more; left out: what is there now is all. */
async function readSplits(source: Source, limit: number, goOn: (() => boolean) | undefined): Promise<readonly TryInput[]> {
  const splits = await source.splits();
  const share = Math.ceil(limit / Math.max(1, splits.length));
  const found: TryInput[] = [];
  for (const split of splits) found.push(...(await readSplit(source, split, share, goOn)));
  return found.sort(byTime).slice(-limit);
}

/** Records of a file have no time, which is less than any. */
function byTime({ time: one = 0 }: TryInput, { time: other = 0 }: TryInput): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

async function readSplit(source: Source, split: Split, share: number, goOn: (() => boolean) | undefined): Promise<TryInput[]> {
  const found: TryInput[] = [];
  const reader = await source.open(split, undefined);
  let bytes = 0;
  try {
    while (found.length < share && bytes < MOST_BYTES) {
      const batch = await reader.read(share - found.length, goOn || found.length === 0 ? FIRST_WAIT_MS : 0);
      if (batch === undefined || (batch.count === 0 && !goOn?.())) break;
      for (let i = 0; i < batch.count; i++) {
        const text = batch.bytes(i);
        if (text === null) continue;
        bytes += text.end - text.start;
        found.push({
          text: Buffer.from(text.bytes.subarray(text.start, text.end)).toString("utf8"),
          time: batch.time(i),
          place: { split, offset: batch.offset(i) },
        });
      }
    }
  } finally {
    await reader.close();
  }
  return found;
}

/** A log as a try may use it: wherever a reader wants to begin it gets the newest records, and nothing can be written. */
function newestOf(log: TopicLog, limit: number): TopicLog {
  const refused = () => {
    throw new Error("a try writes nothing");
  };
  const withRecords = async (topic: string) => {
    const info = await log.describeTopic(topic);
    return info && { ...info, partitions: info.partitions.filter(({ earliest, latest }) => latest > earliest) };
  };
  return {
    transactions: log.transactions,
    listTopics: () => log.listTopics(),
    describeTopic: withRecords,
    createTopic: async () => false,
    deleteTopic: refused,
    async openReader(topic, partition) {
      const all = (await withRecords(topic))?.partitions ?? [];
      const { earliest = 0, latest = 0 } = all.find((part) => part.partition === partition) ?? {};
      const share = Math.ceil(limit / Math.max(1, all.length));
      return log.openReader(topic, partition, { from: "offset", offset: Math.max(earliest, latest - share) });
    },
    append: refused,
    openTransactionalWriter: refused,
    commitPrepared: refused,
    positions: (group) => log.positions(group),
    commitPositions: refused,
    groups: (topic) => log.groups(topic),
    close: async () => {},
  };
}
