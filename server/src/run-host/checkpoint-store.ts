/**
 * Where a pipeline's checkpoints count. State lies in files (`state-file.ts`), one of each subtask; the record that points to them, with positions and what sinks prepared, is
 * written by the same transaction that makes the staged rows visible, so the two can never disagree. The store also knows which run
 * may write: a run that was taken over by a newer one can commit nothing more.
 */
import type { BuiltInTransaction, RunClaim, TopicLog, Words } from "@millrace/engine/node";
import type { Checkpoint } from "@millrace/engine/run";
import { type CommitTransaction, commitBuiltIn, readRecord } from "@millrace/nodes/connections";
import type { RunLimits } from "../runs/run-host.ts";
import {
  CHECKPOINTS,
  type CheckpointList,
  type CheckpointRecord,
  RECORD_FORMAT,
  SAVEPOINTS,
  type SavedCheckpoints,
} from "./checkpoint-record.ts";

/** Trying again cannot help. `doubled`: a forced start would, and write that many rows again. */
export class PermanentFailure extends Error {
  readonly words: Words;
  readonly doubled: number | undefined;
  constructor(words: Words, doubled?: number) {
    super(words.en);
    this.name = "PermanentFailure";
    this.words = words;
    this.doubled = doubled;
  }
}

const NOTHING: CheckpointList = { last: { checkpointId: 0, rowsOut: {} }, kept: [] };

/** Starts that are remembered when none of them came to the end of opening its sinks: what older ones left has been given up by its own time. */
const MOST_FORMER = 32;

/** What is kept of a pipeline's checkpoints. */
export function readCheckpoints(topics: TopicLog, pipelineId: string): CheckpointList {
  return (readRecord(topics, checkpointsKey(pipelineId)) as CheckpointList | undefined) ?? NOTHING;
}

/** A pipeline's savepoints, newest first. */
export function readSavepoints(topics: TopicLog, pipelineId: string): readonly CheckpointRecord[] {
  return (readRecord(topics, savepointsKey(pipelineId)) as readonly CheckpointRecord[] | undefined) ?? [];
}

/** All that a run can be told to go on from, newest first. */
export function readSavedStates(topics: TopicLog, pipelineId: string): readonly CheckpointRecord[] {
  const states = new Map<number, CheckpointRecord>();
  for (const record of [...readSavepoints(topics, pipelineId), ...readCheckpoints(topics, pipelineId).kept])
    if (!states.has(record.checkpointId)) states.set(record.checkpointId, record);
  return [...states.values()].sort((a, b) => b.checkpointId - a.checkpointId);
}

/** Removes a savepoint's record. False when there is none. Its files are removed with those that the next checkpoint leaves behind. */
export async function deleteSavepoint(topics: TopicLog, pipelineId: string, id: string): Promise<boolean> {
  let isThere = false;
  await commitBuiltIn(topics, (tx) => {
    const savepoints = savepointsOf(tx, pipelineId);
    isThere = savepoints.some(({ checkpointId }) => String(checkpointId) === id);
    if (isThere)
      tx.put(
        savepointsKey(pipelineId),
        savepoints.filter(({ checkpointId }) => String(checkpointId) !== id),
      );
  });
  return isThere;
}

/** Removes all records of a deleted pipeline. */
export async function forgetCheckpoints(topics: TopicLog, pipelineId: string): Promise<void> {
  await commitBuiltIn(topics, (tx) => {
    for (const key of [checkpointsKey, savepointsKey, writerKey]) tx.put(key(pipelineId), undefined);
  });
}

export class CheckpointStore {
  private readonly topics: TopicLog;
  private readonly identity: Pick<CheckpointRecord, "pipelineId" | "runId" | "version" | "parallelism">;
  private readonly limits: Pick<RunLimits, "checkpoints" | "savepoints">;
  private claimed: RunClaim = { number: 0, former: [] };

  constructor(options: {
    topics: TopicLog;
    pipelineId: string;
    runId: string;
    version: number;
    parallelism?: CheckpointRecord["parallelism"];
    limits: Pick<RunLimits, "checkpoints" | "savepoints">;
  }) {
    this.topics = options.topics;
    const { pipelineId, runId, version, parallelism } = options;
    this.identity = { pipelineId, runId, version, ...(parallelism && { parallelism }) };
    this.limits = options.limits;
  }

  /**
   * Makes this run the one that may write, and gives its place among the pipeline's runs. It comes before anything is read: a run that lives still commits until then, and the last commit of one that was killed may be
   * durable while readers do not see it before the next writer has come (LMDB shows a transaction after it has written it).
   */
  async claim(): Promise<RunClaim> {
    const key = writerKey(this.identity.pipelineId);
    await commitBuiltIn(this.topics, (tx) => {
      const before = writerOf(tx.get(key), checkpointsOf(tx, this.identity.pipelineId));
      this.claimed = { number: before.number + 1, former: before.opened };
      tx.put(key, this.writer(before.opened));
    });
    return this.claimed;
  }

  /** From here on the run may leave something open outside. */
  async opens(subtasks: number): Promise<void> {
    const { number, former } = this.claimed;
    await this.noteOpened([...former, { number, subtasks }].slice(-MOST_FORMER));
  }

  /** What runs before had left open is given up. */
  async opened(subtasks: number): Promise<void> {
    await this.noteOpened([{ number: this.claimed.number, subtasks }]);
  }

  private async noteOpened(opened: RunClaim["former"]): Promise<void> {
    await commitBuiltIn(this.topics, (tx) => {
      this.requireClaim(tx);
      tx.put(writerKey(this.identity.pipelineId), this.writer(opened));
    });
  }

  private writer(opened: RunClaim["former"]): Writer {
    return { runId: this.identity.runId, number: this.claimed.number, opened };
  }

  /** The last checkpoint that was made, kept or not. */
  get last(): CheckpointList["last"] {
    return readCheckpoints(this.topics, this.identity.pipelineId).last;
  }

  /** What the run could go on from. */
  get saved(): SavedCheckpoints {
    const { pipelineId } = this.identity;
    return { ...readCheckpoints(this.topics, pipelineId), all: readSavedStates(this.topics, pipelineId) };
  }

  /** Goes back to an older state: until this run has made a checkpoint of its own, the newest one is that. */
  async goBackTo(record: CheckpointRecord): Promise<void> {
    const { pipelineId } = this.identity;
    await commitBuiltIn(this.topics, (tx) => {
      this.requireClaim(tx);
      const { last } = checkpointsOf(tx, pipelineId);
      tx.put(checkpointsKey(pipelineId), {
        last: { checkpointId: last.checkpointId, rowsOut: record.rowsOut },
        kept: [record],
      } satisfies CheckpointList);
    });
  }

  /** Forgets the checkpoints that older runs left; savepoints stay. */
  async forget(): Promise<void> {
    await commitBuiltIn(this.topics, (tx) => {
      this.requireClaim(tx);
      tx.put(checkpointsKey(this.identity.pipelineId), { ...checkpointsOf(tx, this.identity.pipelineId), kept: [] });
    });
  }

  /** Stores a checkpoint's record with what `commitWithin` commits: all of it, or nothing. */
  async commit(checkpoint: Checkpoint, commitWithin: (via: BuiltInTransaction) => Promise<void>): Promise<CheckpointRecord> {
    const { id, states, ...rest } = checkpoint;
    const { pipelineId } = this.identity;
    const record: CheckpointRecord = {
      format: RECORD_FORMAT,
      ...this.identity,
      ...rest,
      checkpointId: id,
      at: Date.now(),
      states: states as CheckpointRecord["states"],
    };
    await commitBuiltIn(this.topics, async (tx) => {
      this.requireClaim(tx);
      const list = checkpointsOf(tx, pipelineId);
      tx.put(checkpointsKey(pipelineId), {
        last: { checkpointId: id, rowsOut: record.rowsOut },
        kept: [record, ...list.kept].slice(0, this.limits.checkpoints),
      } satisfies CheckpointList);
      if (record.kind === "savepoint")
        tx.put(savepointsKey(pipelineId), [record, ...savepointsOf(tx, pipelineId)].slice(0, this.limits.savepoints));
      await commitWithin(tx);
    });
    return record;
  }

  private requireClaim(tx: CommitTransaction): void {
    const { pipelineId, runId } = this.identity;
    const writer = writerOf(tx.get(writerKey(pipelineId)), NOTHING);
    // A run that is started again has the same id, and one of a pipeline that was made anew may have the same number.
    if (writer.number === this.claimed.number && writer.runId === runId) return;
    throw new PermanentFailure({
      en: "Another run of this pipeline has taken over; this one can write nothing more. Stop one of the two.",
      zh: "该流水线的另一个运行已接管；本运行不能再写入。请停止其中一个。",
    });
  }
}

function checkpointsOf(tx: CommitTransaction, pipelineId: string): CheckpointList {
  return (tx.get(checkpointsKey(pipelineId)) as CheckpointList | undefined) ?? NOTHING;
}

function savepointsOf(tx: CommitTransaction, pipelineId: string): readonly CheckpointRecord[] {
  return (tx.get(savepointsKey(pipelineId)) as readonly CheckpointRecord[] | undefined) ?? [];
}

function checkpointsKey(pipelineId: string): string {
  return `${CHECKPOINTS}${pipelineId}`;
}

function savepointsKey(pipelineId: string): string {
  return `${SAVEPOINTS}${pipelineId}`;
}

/** The run that may write, and those that may have something open outside. */
interface Writer {
  readonly runId: string;
  readonly number: number;
  readonly opened: RunClaim["former"];
}

/** Older versions stored the run's id; their sinks' ids had no number. */
function writerOf(stored: unknown, { kept }: CheckpointList): Writer {
  if (typeof stored === "object" && stored !== null) return stored as Writer;
  return { runId: String(stored), number: 0, opened: stored === undefined ? [] : [{ number: 0, subtasks: kept[0]?.states.length ?? 0 }] };
}

function writerKey(pipelineId: string): string {
  return `writer/${pipelineId}`;
}
