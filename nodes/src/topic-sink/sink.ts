import {
  type Committer,
  type CommitterContext,
  RowError,
  type Sink,
  type SinkContext,
  type TopicLog,
  type TopicSettings,
  type TransactionalWriter,
  toMillis,
  type WriterOptions,
} from "@millrace/engine/node";
import { ConnectionError } from "../connections/connection-error.ts";
import { badTopicName } from "../connections/topic-errors.ts";
import { isTopicName } from "../topic-name.ts";
import type { TopicSinkParams } from "./spec.ts";

/** So much may wait for a checkpoint; then the source waits. */
const MOST_STAGED_BYTES = 16 << 20;

/** A cluster remembers each id for a week; a run that is started again without end must not make new ones without end. */
const RUNS_TOLD_APART = 64;

/** What a log cannot take of one row; it takes the others. */
const OF_THE_ROW: ReadonlySet<string> = new Set(["topic.record-too-large", "topic.unknown-partition", "topic.key-missing"]);

export function createSink(
  { topic, partitions, retention, replication, settings = [], delivery }: TopicSinkParams,
  { connection, pipelineId, nodeId, subtask, parallelism, claim }: SinkContext,
): Sink {
  let writer: TransactionalWriter | undefined;
  /** Topics to be made with the next checkpoint. */
  const toMake = new Set<string>();
  /** Topics that rows named so far. */
  const named = new Set<string>();
  /** Most rows name the topic of the row before. */
  let lastNamed: string | undefined;
  function opened(): TransactionalWriter {
    if (!writer) throw new Error("the sink was not opened");
    return writer;
  }

  const newTopics: TopicSettings = {
    partitions,
    ...(retention !== undefined && { retentionMs: toMillis(retention) }),
    ...(replication !== undefined && { replication }),
    ...(settings.length > 0 && { more: Object.fromEntries(settings.map(({ name, value }) => [name, value])) }),
  };

  return {
    async open() {
      const log = connection as TopicLog;
      const options: WriterOptions = {
        newTopics,
        visible: delivery === "at-least-once" ? "at once" : "with commit",
        ...(topic !== undefined && { topics: [topic] }),
      };
      const id = `${pipelineId}/${nodeId}`;
      if (log.transactions === "shared" || options.visible === "at once") {
        // The same for all runs: one that was taken over by a newer one is found out.
        writer = await log.openTransactionalWriter(`${id}/${subtask}`, options);
        return;
      }
      // Another for each: to open an id is to give up what is prepared under it, which a run that comes late must not do to its successor.
      const idOf = (run: number, other: number) => (run === 0 ? `${id}/${other}` : `${id}/${other}/${run % RUNS_TOLD_APART}`);
      writer = await log.openTransactionalWriter(idOf(claim.number, subtask), options);
      // Whoever reads what is committed would wait at a transaction that nobody ends any more.
      for (const { number, subtasks } of claim.former)
        for (let gone = subtask; gone < subtasks; gone += parallelism)
          await (await log.openTransactionalWriter(idOf(number, gone), options)).close();
    },
    write(record) {
      const name = record.target ?? (topic as string);
      if (name !== lastNamed) {
        if (!named.has(name)) named.add(checked(name));
        lastNamed = name;
      }
      try {
        opened().write(name, record);
      } catch (error) {
        throw error instanceof ConnectionError && OF_THE_ROW.has(error.code) ? new RowError(error.code, error.words) : error;
      }
    },
    make(target) {
      toMake.add(checked(target ?? (topic as string)));
    },
    get isFull() {
      return opened().stagedBytes > MOST_STAGED_BYTES;
    },
    async prepare(checkpointId) {
      for (const name of toMake) await (connection as TopicLog).createTopic(name, newTopics);
      toMake.clear();
      return opened().prepare(checkpointId);
    },
    async abort() {
      toMake.clear();
      await writer?.abort();
    },
    close: async () => writer?.close(),
  };
}

export function createCommitter(_params: TopicSinkParams, { connection }: CommitterContext): Committer {
  const log = connection as TopicLog;
  const { inspectPrepared } = log;
  return {
    phase: log.transactions === "shared" ? "within" : "after",
    commit: (prepared, via) => log.commitPrepared(prepared, via),
    ...(inspectPrepared && { inspect: (prepared) => inspectPrepared.call(log, prepared) }),
    close: async () => undefined,
  };
}

function checked(name: string): string {
  if (!isTopicName(name)) throw new RowError("topic-sink.bad-topic", badTopicName(name).words);
  return name;
}
