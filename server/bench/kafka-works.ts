/**
 * From a Kafka topic to another, exactly once: unchanged (`copy`), and through w1's filter and projection (`w6`). The floor is our own Kafka client with no engine between: it consumes everything and produces exactly
 * the same bytes in transactions that are committed as often as a run's. The broker is a process of its own, whose CPU is not counted.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TopicLog } from "@millrace/engine/node";
import { FORMAT_VERSION, type PipelineDocument, readDocument } from "@millrace/engine/pipeline";
import { openConnection } from "@millrace/nodes/connections";
import { type Kafka, startKafka } from "@millrace/services/kafka";
import { createRunHost } from "../src/run-host/index.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Pass, Work } from "./main.ts";
import type { Records } from "./page-logs.ts";
import { plainW1, w1Document } from "./w1.ts";

const SOURCE = "dwd_page_log";
const PARTITIONS = 4;
const CHUNK = 10_000;
/** What a run reads at a time. */
const BATCH = 2_000;
const CHECKPOINT_MS = 200;
const POLL_MS = 50;
const CONNECTION = "kafka";

interface Job {
  readonly document: (target: string) => PipelineDocument;
  /** What becomes of a record; undefined: it is left out. */
  readonly outputOf: (record: Buffer) => Buffer | undefined;
}

let broker: Kafka | undefined;

export const kafkaWorks: readonly Work[] = [
  kafkaWork("w6", { document: (target) => onKafka(w1Document({ type: "topic-sink", params: { topic: target } })), outputOf: plainW1 }),
  kafkaWork("copy", { document: copyDocument, outputOf: (record) => record }),
];

/** Ends the broker that the works have shared. */
export async function stopBroker(): Promise<void> {
  await broker?.stop();
  broker = undefined;
}

function kafkaWork(name: string, job: Job): Work {
  let target = 0;
  return {
    name,
    perRecordIn: true,
    async prepare(records) {
      broker ??= await startKafka();
      const settings = { brokers: broker.bootstrap };
      const log = (await openConnection({ kind: "kafka", role: "topic", settings }, { dataFolder: "", now: Date.now })) as TopicLog;
      await load(log, records);
      const outputs = outputsOf(records, job);
      const dataFolder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
      const host = await createRunHost({ dataFolder, log: console.error });
      return {
        async floor() {
          const topic = `${name}-floor-${++target}`;
          await log.createTopic(topic, { partitions: PARTITIONS });
          const before = process.cpuUsage();
          await consumeAndProduce(log, topic, records.count, outputs);
          const seconds = cpuSecondsSince(before);
          await log.deleteTopic(topic);
          return seconds;
        },
        async run(): Promise<Pass> {
          const topic = `${name}-run-${++target}`;
          await log.createTopic(topic, { partitions: PARTITIONS });
          const run = await host.startRun({
            pipelineId: "bench",
            runId: "bench",
            version: 1,
            document: job.document(topic),
            set: {},
            connections: { [CONNECTION]: { kind: "kafka", role: "topic", settings } },
          });
          const before = process.cpuUsage();
          const begun = performance.now();
          while ((run.nodes().pages?.out.out?.total ?? 0) < records.count) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
          await run.stop({ savepoint: true });
          const pass = { cpuSeconds: cpuSecondsSince(before), wallSeconds: (performance.now() - begun) / 1000 };
          const recordsOut = run.nodes().end?.in.in?.total ?? 0;
          await log.deleteTopic(topic);
          return { ...pass, recordsOut };
        },
        async clear() {
          await host.close();
          await log.close();
          await rm(dataFolder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** Fills the source topic, unless an earlier pass did. */
async function load(log: TopicLog, records: Records): Promise<void> {
  const there = (await log.describeTopic(SOURCE))?.partitions.reduce((sum, { latest }) => sum + latest, 0);
  if (there === records.count) return;
  if (there !== undefined) await log.deleteTopic(SOURCE);
  await log.createTopic(SOURCE, { partitions: PARTITIONS });
  for (let from = 0; from < records.count; from += CHUNK)
    await log.append(
      SOURCE,
      Array.from({ length: Math.min(CHUNK, records.count - from) }, (_, i) => ({
        value: { bytes: records.bytes, start: records.starts[from + i] as number, end: records.ends[from + i] as number },
        key: null,
        time: Date.now(),
      })),
    );
}

/** Output bytes one after the other, and where each ends. */
interface Outputs {
  readonly bytes: Buffer;
  readonly ends: Float64Array;
  readonly count: number;
}

function outputsOf({ bytes, starts, ends, count }: Records, { outputOf }: Job): Outputs {
  const made: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const output = outputOf(bytes.subarray(starts[i], ends[i]));
    if (output) made.push(output);
  }
  const outputEnds = new Float64Array(made.length);
  let at = 0;
  made.forEach((one, i) => {
    at += one.length;
    outputEnds[i] = at;
  });
  return { bytes: Buffer.concat(made), ends: outputEnds, count: made.length };
}

/** Reads all, and for every so many records writes their share of the outputs. */
async function consumeAndProduce(log: TopicLog, topic: string, count: number, outputs: Outputs): Promise<void> {
  const writer = await log.openTransactionalWriter(`floor/${topic}`);
  const readers = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => log.openReader(SOURCE, partition, { from: "earliest" })),
  );
  let read = 0;
  let bytes = 0;
  let written = 0;
  let checkpoint = 0;
  let last = performance.now();
  let committing: Promise<void> = Promise.resolve();
  const commit = async () => {
    const prepared = await writer.prepare(++checkpoint);
    await committing;
    committing = log.commitPrepared([prepared], undefined);
  };
  while (read < count) {
    for (const reader of readers) {
      const batch = await reader.read(BATCH, 5);
      for (let i = 0; i < batch.count; i++) {
        const value = batch.bytes(i);
        if (value) bytes += value.end - value.start;
      }
      read += batch.count;
      const share = Math.floor((read / count) * outputs.count);
      for (; written < share; written++)
        writer.write(topic, {
          value: {
            bytes: outputs.bytes,
            start: written === 0 ? 0 : (outputs.ends[written - 1] as number),
            end: outputs.ends[written] as number,
          },
          key: null,
          time: batch.count > 0 ? batch.time(0) : 0,
        });
    }
    if (performance.now() - last >= CHECKPOINT_MS) {
      await commit();
      last = performance.now();
    }
  }
  await commit();
  await committing;
  if (!Number.isFinite(bytes)) throw new Error("the input has no bytes");
  for (const reader of readers) await reader.close();
  await writer.close();
}

function onKafka(document: PipelineDocument): PipelineDocument {
  const nodes = Object.entries(document.nodes).map(([id, node]) => [
    id,
    node.type.startsWith("topic-") ? { ...node, params: { ...node.params, connection: CONNECTION } } : node,
  ]);
  return { ...document, connections: { [CONNECTION]: { role: "topic" } }, nodes: Object.fromEntries(nodes) };
}

function copyDocument(target: string): PipelineDocument {
  const { document, problems } = readDocument({
    formatVersion: FORMAT_VERSION,
    name: "copy",
    schemas: { page_log: { fields: { ts: "BIGINT" } } },
    nodes: {
      pages: { type: "topic-source", name: "Pages", params: { topic: SOURCE, schema: "page_log", from: "earliest" } },
      end: { type: "topic-sink", name: "Copy", params: { topic: target } },
    },
    edges: [{ from: "pages.out", to: "end.in" }],
  });
  if (!document) throw new Error(JSON.stringify(problems));
  return onKafka(document);
}
