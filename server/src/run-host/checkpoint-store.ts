/**
 * Where a pipeline's checkpoints count. The state lies in a file (`state-file.ts`); the record that points to it, with positions and what sinks prepared, is written by the
 * same transaction that makes the staged rows visible, so the two can never disagree. The record also says which run
 * may write: a run that was taken over by a newer one can commit nothing more.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { BuiltInTransaction, Prepared, TopicLog, Words } from "@millrace/engine/node";
import type { Checkpoint, Positions, SnapshotEntry, StateSchema } from "@millrace/engine/run";
import { type CommitTransaction, commitBuiltIn, readRecord } from "@millrace/nodes/connections";
import { countDeadLetters, deadLetterTopic } from "./dead-letters.ts";
import { readStateFile, StateFileError, StateFileWriter, type StatePointer } from "./state-file.ts";

/** Trying again cannot help. */
export class PermanentFailure extends Error {
  readonly words: Words;
  constructor(words: Words) {
    super(words.en);
    this.name = "PermanentFailure";
    this.words = words;
  }
}

/** The record of a pipeline's newest checkpoint. */
export interface CheckpointRecord {
  readonly format: 1;
  readonly pipelineId: string;
  /** The run that may write. */
  readonly runId: string;
  readonly version: number;
  readonly kind: "checkpoint" | "savepoint";
  readonly checkpointId: number;
  readonly at: number;
  readonly state: StatePointer;
  readonly positions: Positions;
  readonly prepared: Readonly<Record<string, Prepared>>;
  readonly schemas: Readonly<Record<string, StateSchema>>;
}

export interface LoadedState extends CheckpointRecord {
  readonly entries: readonly SnapshotEntry[];
  readonly replayOffset: number | undefined;
}

export function recordKey(pipelineId: string): string {
  return `checkpoint/${pipelineId}`;
}

export class CheckpointStore {
  readonly deadLetterTopic: string;
  private readonly topics: TopicLog;
  private readonly folder: string;
  private readonly identity: { readonly pipelineId: string; readonly runId: string; readonly version: number };
  private readonly writer: StateFileWriter;
  private file = "";

  constructor(options: { topics: TopicLog; folder: string; pipelineId: string; runId: string; version: number }) {
    this.topics = options.topics;
    this.folder = join(options.folder, "state");
    this.identity = { pipelineId: options.pipelineId, runId: options.runId, version: options.version };
    this.writer = new StateFileWriter(this.folder, options.runId);
    this.deadLetterTopic = deadLetterTopic(options.pipelineId);
  }

  /**
   * Makes this run the one that may write. It comes before `load`: a run that lives still commits until then, and the last commit of one that was killed may be durable while
   * readers do not see it before the next writer has come (LMDB shows a transaction after it has written it).
   */
  async claim(): Promise<void> {
    await commitBuiltIn(this.topics, (tx) => tx.put(this.writerKey, this.identity.runId));
  }

  /** The newest checkpoint's state; undefined when the pipeline has none. To be called once the run has claimed the pipeline. */
  async load(): Promise<LoadedState | undefined> {
    const record = readRecord(this.topics, recordKey(this.identity.pipelineId)) as CheckpointRecord | undefined;
    if (!record) return undefined;
    try {
      const entries = await readStateFile(this.folder, record.state);
      return { ...record, entries, replayOffset: record.positions.__replays?.__replays?.offset as number | undefined };
    } catch (error) {
      if (!(error instanceof StateFileError)) throw error;
      throw new PermanentFailure({
        en: `The last checkpoint cannot be used. ${error.message} Its rows are visible already, so an older one would double them. Start without state, or put the file back.`,
        zh: `最近的检查点无法使用。${error.message} 其输出已可见，使用更早的检查点会重复输出。请不带状态启动，或恢复该文件。`,
      });
    }
  }

  /** Refuses state whose shape is not what the node expects now. */
  checkSchemas(saved: CheckpointRecord, schemas: Readonly<Record<string, StateSchema>>): void {
    for (const [node, schema] of Object.entries(schemas)) {
      const was = saved.schemas[node];
      if (was === undefined || Object.keys(was.states).length === 0 || isDeepStrictEqual(was, JSON.parse(JSON.stringify(schema)))) continue;
      throw new PermanentFailure({
        en: `The saved state of node ${JSON.stringify(node)} does not fit: it was ${describe(was)}, the node now keeps ${describe(schema)}. Start without state, or give the node a new id.`,
        zh: `节点 ${JSON.stringify(node)} 的已存状态不匹配：原为 ${describe(was)}，现为 ${describe(schema)}。请不带状态启动，或更换节点 id。`,
      });
    }
  }

  /** Forgets what older runs left. */
  async forget(): Promise<void> {
    await commitBuiltIn(this.topics, (tx) => {
      this.requireClaim(tx);
      tx.put(recordKey(this.identity.pipelineId), undefined);
    });
  }

  async commit(
    checkpoint: Checkpoint,
    commitSinks: (via: BuiltInTransaction) => Promise<void>,
  ): Promise<{ bytes: number; nextFull: boolean }> {
    const { written, nextFull, ...state } = await this.writer.append(checkpoint.id, checkpoint.full, checkpoint.entries);
    const record: CheckpointRecord = {
      format: 1,
      ...this.identity,
      kind: checkpoint.kind,
      checkpointId: checkpoint.id,
      at: Date.now(),
      state,
      positions: checkpoint.positions,
      prepared: checkpoint.prepared,
      schemas: checkpoint.schemas,
    };
    await commitBuiltIn(this.topics, (tx) => {
      this.requireClaim(tx);
      tx.put(recordKey(this.identity.pipelineId), record);
      return commitSinks(tx);
    });
    if (state.file !== this.file) {
      this.file = state.file;
      await this.writer.removeOthers();
    }
    return { bytes: written, nextFull };
  }

  private requireClaim(tx: CommitTransaction): void {
    if (tx.get(this.writerKey) === this.identity.runId) return;
    throw new PermanentFailure({
      en: "Another run of this pipeline has taken over; this one can write nothing more. Stop one of the two.",
      zh: "该流水线的另一个运行已接管；本运行不能再写入。请停止其中一个。",
    });
  }

  private get writerKey(): string {
    return `writer/${this.identity.pipelineId}`;
  }

  countDeadLetters(): Promise<number> {
    return countDeadLetters(this.topics, this.identity.pipelineId);
  }

  async close(): Promise<void> {
    await this.writer.close();
  }
}

function describe(schema: StateSchema): string {
  return Object.entries(schema.states)
    .map(([name, { kind, types }]) => `${name} (${kind} of ${types.map((type) => type.type).join(", ")})`)
    .join(", ");
}
