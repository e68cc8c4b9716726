/** Sources and sinks against the real drivers: where they begin, go on and end, and what they leave behind. What they read and write as rows is in their cases. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuiltInTransaction, NodeType, Position, Prepared, Roles, Sink, Source, Split, TopicRecord } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BuiltInTopicLog, commitBuiltIn, openBuiltInTopics, openConnection } from "./connections/index.ts";
import { node as fileSink } from "./file-sink/index.ts";
import { node as fileSource } from "./file-source/index.ts";
import { node as httpPush } from "./http-push/index.ts";
import { pushTopic } from "./http-push/spec.ts";
import { node as records } from "./records/index.ts";
import { node as topicSink } from "./topic-sink/index.ts";
import { node as topicSource } from "./topic-source/index.ts";

let folder: string;
let log: BuiltInTopicLog;
let files: Roles["files"];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-io-"));
  log = await openBuiltInTopics({ folder: join(folder, "topics"), now: () => 1_000 });
  files = (await openConnection(
    { kind: "built-in", role: "files", settings: {} },
    { dataFolder: folder, now: () => 1_000 },
  )) as Roles["files"];
  await mkdir(join(folder, "files"));
});
afterEach(async () => {
  await log.close();
  await rm(folder, { recursive: true, force: true });
});

const record = (text: string, more: Partial<TopicRecord> = {}): TopicRecord => ({ value: range(text), key: null, time: 1_000, ...more });
const range = (text: string) => {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, end: bytes.length };
};

function sourceOf(node: NodeType, params: object, schema?: Schema): Source {
  const connection = node.spec.connection === "files" ? files : log;
  const source = node.createSource?.(node.spec.params.parse(params), {
    pipelineId: "pipe",
    nodeId: "in",
    connection,
    timeZone: "UTC",
    now: () => 1_000,
    sleep: async () => true,
    subtask: 0,
    parallelism: 1,
    schema,
  });
  if (!source) throw new Error("it is no source");
  return source;
}

function sinkOf(node: NodeType, params: object, restored?: Prepared, schema?: Schema): Sink {
  const sink = node.createSink?.(node.spec.params.parse(params), {
    pipelineId: "pipe",
    runId: "run",
    nodeId: "out",
    connection: node.spec.connection === "files" ? files : log,
    subtask: 0,
    parallelism: 1,
    claim: { number: 1, former: [] },
    now: () => 1_000,
    timeZone: "Asia/Shanghai",
    restored,
    schema,
  });
  if (!sink) throw new Error("it is no sink");
  return sink;
}

async function commit(node: NodeType, prepared: Prepared, via?: BuiltInTransaction): Promise<void> {
  const connection = node.spec.connection === "files" ? files : log;
  const committer = node.createCommitter?.({}, { pipelineId: "pipe", runId: "run", nodeId: "out", connection, now: () => 1_000 });
  await committer?.commit([prepared], via, () => undefined);
  await committer?.close();
}

/** What every split gives from its position on, and where it stands then. */
async function drain(source: Source, positions: Readonly<Record<string, Position>> = {}) {
  const found: string[] = [];
  const after: Record<string, Position> = {};
  let hasEnded = true;
  for (const split of await source.splits()) {
    const reader = await source.open(split, positions[split.id]);
    let batch = await reader.read(10, 0);
    for (; batch && batch.count > 0; batch = await reader.read(10, 0)) {
      for (let i = 0; i < batch.count; i++) {
        const value = batch.bytes(i);
        found.push(value ? Buffer.from(value.bytes.subarray(value.start, value.end)).toString() : "tombstone");
      }
    }
    hasEnded &&= batch === undefined;
    after[split.id] = reader.position();
    await reader.close();
  }
  await source.close();
  return { found, after, hasEnded };
}

async function textsOf(topic: string): Promise<string[]> {
  return (await drain(sourceOf(topicSource, { topic, from: "earliest" }))).found;
}

describe("topic source", () => {
  beforeEach(async () => {
    await log.createTopic("t", { partitions: 2 });
    for (const i of [0, 1, 2, 3])
      await log.append("t", [record(`a${i}`, { partition: 0, time: i }), record(`b${i}`, { partition: 1, time: i * 10 })]);
  });

  it("has one split per partition", async () => {
    expect(await sourceOf(topicSource, { topic: "t" }).splits()).toEqual<Split[]>([
      { id: "t-0", origin: "t", partition: 0, bounded: false },
      { id: "t-1", origin: "t", partition: 1, bounded: false },
    ]);
  });

  it("makes a topic that is not there yet", async () => {
    expect(await sourceOf(topicSource, { topic: "new" }).splits()).toHaveLength(4);
    expect((await log.describeTopic("new"))?.partitions).toHaveLength(4);
  });

  it.each([
    [{ from: "earliest" }, ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"]],
    [{ from: "latest" }, []],
    [{ from: "offset", offset: 3 }, ["a3", "b3"]],
    [{ from: "time", time: "1970-01-01T01:00:00.003+01:00" }, ["a3", "b1", "b2", "b3"]],
    [{}, ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"]],
  ])("begins where %j says", async (params, expected) => {
    expect((await drain(sourceOf(topicSource, { topic: "t", ...params }))).found).toEqual(expected);
  });

  it("begins at the position of its group, which each checkpoint moves", async () => {
    const params = { topic: "t", group: "readers" };
    const { after } = await drain(sourceOf(topicSource, params));
    await commitBuiltIn(log, (tx) => sourceOf(topicSource, params).committed?.(after, tx));
    expect(await log.groups("t")).toEqual(
      new Map([
        [
          "readers",
          new Map([
            [0, 4],
            [1, 4],
          ]),
        ],
      ]),
    );
    await log.append("t", [record("new", { partition: 1 })]);
    expect((await drain(sourceOf(topicSource, params))).found).toEqual(["new"]);
    expect((await drain(sourceOf(topicSource, { topic: "t" }))).found).toHaveLength(9);
  });

  it("goes on from the checkpoint's position, whatever else is said", async () => {
    const positions = { "t-0": { offset: 2 }, "t-1": { offset: 4 } };
    expect((await drain(sourceOf(topicSource, { topic: "t", from: "latest" }), positions)).found).toEqual(["a2", "a3"]);
  });

  it("refuses to go on in a topic that was made anew", async () => {
    await log.deleteTopic("t");
    await log.createTopic("t", { partitions: 2 });
    await log.append("t", [record("never read", { partition: 0 })]);
    await expect(drain(sourceOf(topicSource, { topic: "t" }), { "t-0": { offset: 4 } })).rejects.toThrow(
      'The saved position in partition 0 of topic "t" is 4, but the partition ends at 1: the topic was made anew since. Start without state to read it from its beginning.',
    );
  });
});

describe("records", () => {
  const params = { records: '{"n":1}\r\n\n  \n{"n":2}\n{"n":3}' };

  it("gives each line once, and goes on where it stopped, with lines that were added", async () => {
    const { found, after, hasEnded } = await drain(sourceOf(records, params));
    expect([found, hasEnded]).toEqual([['{"n":1}', '{"n":2}', '{"n":3}'], true]);
    expect((await drain(sourceOf(records, params), after)).found).toEqual([]);
    expect((await drain(sourceOf(records, params), { records: { given: 2 } })).found).toEqual(['{"n":3}']);
    expect((await drain(sourceOf(records, { records: `${params.records}\n{"n":4}` }), after)).found).toEqual(['{"n":4}']);
  });
});

describe("HTTP push", () => {
  it("reads what was posted, before it ran too, and goes on where it stopped", async () => {
    const topic = pushTopic("pipe", "in");
    await log.createTopic(topic, { partitions: 1 });
    await log.append(topic, [record("1"), record("2")]);
    const { found, after } = await drain(sourceOf(httpPush, {}));
    expect(found).toEqual(["1", "2"]);
    await commitBuiltIn(log, (tx) => sourceOf(httpPush, {}).committed?.(after, tx));
    await log.append(topic, [record("3")]);
    expect((await drain(sourceOf(httpPush, {}))).found).toEqual(["3"]);
    expect((await drain(sourceOf(httpPush, {}), after)).found).toEqual(["3"]);
  });
});

describe("topic sink", () => {
  const write = (sink: Sink, text: string, more: object = {}) => sink.write({ value: range(text), key: null, time: 5, ...more });

  it("shows rows with the checkpoint that covers them", async () => {
    await log.createTopic("out", { partitions: 1 });
    const sink = sinkOf(topicSink, { topic: "out" });
    await sink.open?.();
    write(sink, "1");
    const prepared = await sink.prepare(1);
    await commitBuiltIn(log, async (tx) => {
      await commit(topicSink, prepared, tx);
      expect(await textsOf("out")).toEqual([]);
    });
    expect(await textsOf("out")).toEqual(["1"]);
    await sink.close();
  });

  it("makes a topic as the node says, and puts a row where its partition says", async () => {
    const sink = sinkOf(topicSink, { topic: "made", partitions: 3, retention: "2 days" });
    await sink.open?.();
    for (const partition of [2, 0, 2]) write(sink, `p${partition}`, { partition });
    await commitBuiltIn(log, async (tx) => commit(topicSink, await sink.prepare(1), tx));
    const made = await log.describeTopic("made");
    expect(made?.settings).toEqual({ partitions: 3, retentionMs: 2 * 86_400_000 });
    expect(made?.partitions.map(({ latest }) => latest)).toEqual([1, 0, 2]);
    await sink.close();
  });

  it("refuses settings that only Kafka's topics have, before it writes", async () => {
    const sink = sinkOf(topicSink, { topic: "t", settings: [{ name: "cleanup.policy", value: "compact" }] });
    await expect(async () => sink.open?.()).rejects.toThrow(
      "Built-in topics have partitions and a retention, and nothing else to set; got cleanup.policy. Leave it out, or use a Kafka connection.",
    );
    await expect(async () => sinkOf(topicSink, { topic: "t", replication: 3 }).open?.()).rejects.toThrow("got replication");
  });

  it("refuses a row that the topic cannot take, and goes on", async () => {
    await log.createTopic("out", { partitions: 1 });
    const sink = sinkOf(topicSink, { topic: "out" });
    await sink.open?.();
    expect(() => write(sink, "1", { partition: 1 })).toThrow(
      expect.objectContaining({ name: "RowError", code: "topic.unknown-partition" }),
    );
    write(sink, "2");
    await commitBuiltIn(log, async (tx) => commit(topicSink, await sink.prepare(1), tx));
    expect(await textsOf("out")).toEqual(["2"]);
    await sink.close();
  });

  it("gives up what no checkpoint covered", async () => {
    await log.createTopic("out", { partitions: 1 });
    const sink = sinkOf(topicSink, { topic: "out" });
    await sink.open?.();
    write(sink, "1");
    await sink.abort();
    await sink.close();
    expect(await textsOf("out")).toEqual([]);
  });

  it("writes each row to the topic that it names, and refuses a name that is none", async () => {
    const sink = sinkOf(topicSink, { topicExpression: "t" });
    await sink.open?.();
    write(sink, "1", { target: "one" });
    write(sink, "2", { target: "two" });
    expect(() => write(sink, "3", { target: "no topic" })).toThrow(
      expect.objectContaining({ code: "topic-sink.bad-topic", message: expect.stringContaining('"no topic" cannot be a topic\'s name.') }),
    );
    await commit(topicSink, await sink.prepare(1));
    expect([await textsOf("one"), await textsOf("two")]).toEqual([["1"], ["2"]]);
    await sink.close();
  });

  it("is full when much is staged, until that is committed", async () => {
    const sink = sinkOf(topicSink, { topic: "out" });
    await sink.open?.();
    const text = "x".repeat(1 << 20);
    for (let i = 0; i < 15; i++) write(sink, text);
    expect(sink.isFull).toBe(false);
    for (let i = 0; i < 3; i++) write(sink, text);
    expect(sink.isFull).toBe(true);
    await commit(topicSink, await sink.prepare(1));
    expect(sink.isFull).toBe(false);
    await sink.close();
  });

  it("lets a newer run of the pipeline take over", async () => {
    const old = sinkOf(topicSink, { topic: "out" });
    await old.open?.();
    write(old, "old");
    const prepared = await old.prepare(1);
    const young = sinkOf(topicSink, { topic: "out" });
    await young.open?.();
    await expect(commitBuiltIn(log, (tx) => commit(topicSink, prepared, tx))).rejects.toThrow("Another writer has taken over");
    await young.close();
    await old.close();
  });
});

describe("file source", () => {
  const SCHEMA: Schema = {
    type: "ROW",
    fields: [
      { name: "id", dataType: { type: "BIGINT" } },
      { name: "name", dataType: { type: "STRING" } },
    ],
  };
  const put = (text: string) => writeFile(join(folder, "files", "in"), text);

  it("reads the file to its end, which ends it, and goes on from any position", async () => {
    await put('{"n":1}\n{"n":2}\n{"n":3}');
    const all = await drain(sourceOf(fileSource, { path: "in" }));
    expect(all).toEqual({ found: ['{"n":1}', '{"n":2}', '{"n":3}'], after: { in: { byte: 23, line: 3 } }, hasEnded: true });
    expect((await drain(sourceOf(fileSource, { path: "in" }), { in: { byte: 8, line: 1 } })).found).toEqual(['{"n":2}', '{"n":3}']);
    expect((await drain(sourceOf(fileSource, { path: "in" }), all.after)).found).toEqual([]);
  });

  it("passes over the header line of a CSV file once, whether its names are quoted or not", async () => {
    const params = { path: "in", format: "csv", schema: "id BIGINT, name STRING" };
    for (const header of ["id,name", '"id","name"']) {
      await put(`${header}\r\n1,"a\nb"\r\n2,c\r\n`);
      const { found, after } = await drain(sourceOf(fileSource, params, SCHEMA));
      expect(found).toEqual(['1,"a\nb"', "2,c"]);
      expect((await drain(sourceOf(fileSource, params, SCHEMA), after)).found).toEqual([]);
    }
    await put("1,a\n2,c\n");
    expect((await drain(sourceOf(fileSource, { ...params, header: false }, SCHEMA))).found).toEqual(["1,a", "2,c"]);
  });

  it("refuses a header line that names other columns", async () => {
    await put("name,id\na,1\n");
    await expect(drain(sourceOf(fileSource, { path: "in", format: "csv", schema: "x" }, SCHEMA))).rejects.toThrow(
      'The first line of "in" is "name,id", but the schema\'s columns are "id,name". Put the schema\'s fields in the order of the file, or turn the header line off.',
    );
  });
});

describe("file sink", () => {
  const SCHEMA: Schema = { type: "ROW", fields: [{ name: "id", dataType: { type: "BIGINT" } }] };
  const write = (sink: Sink, text: string) => sink.write({ value: range(text), key: null, time: 5 });
  const content = () => readFile(join(folder, "files", "out"), "utf8");

  it("writes with each checkpoint, and goes on from the one that counted after a crash", async () => {
    const sink = sinkOf(fileSink, { path: "out" });
    await sink.open?.();
    write(sink, "1");
    const counted = await sink.prepare(1);
    await commit(fileSink, counted);
    write(sink, "2");
    await sink.prepare(2);
    // Here it is killed: nothing of checkpoint 2 may stay.
    const restored = sinkOf(fileSink, { path: "out" }, counted);
    await restored.open?.();
    write(restored, "2 again");
    await commit(fileSink, await restored.prepare(2));
    await restored.close();
    await sink.close();
    expect(await content()).toBe("1\n2 again\n");
  });

  it("begins another file when its path was changed, and takes out of the old one what a crash had left there", async () => {
    const sink = sinkOf(fileSink, { path: "out", format: "csv" }, undefined, SCHEMA);
    await sink.open?.();
    write(sink, "1");
    const counted = await sink.prepare(1);
    await commit(fileSink, counted);
    write(sink, "2");
    await sink.prepare(2);
    // Here it is killed, and goes on with another path.
    const moved = sinkOf(fileSink, { path: "new", format: "csv" }, counted, SCHEMA);
    await moved.open?.();
    write(moved, "2");
    await commit(fileSink, await moved.prepare(2));
    await moved.close();
    await sink.close();
    expect(await content()).toBe("id\n1\n");
    expect(await readFile(join(folder, "files", "new"), "utf8")).toBe("id\n2\n");
  });

  it("needs the old file for nothing when its path was changed", async () => {
    const sink = sinkOf(fileSink, { path: "new" }, { path: "out", length: 7 });
    await sink.open?.();
    write(sink, "1");
    await commit(fileSink, await sink.prepare(1));
    await sink.close();
    expect(await readdir(join(folder, "files"))).toEqual(["new"]);
  });

  it("refuses to go on when its file is gone, and makes none in its place", async () => {
    const sink = sinkOf(fileSink, { path: "out" }, { path: "out", length: 7 });
    await expect(async () => sink.open?.()).rejects.toMatchObject({ code: "files.shorter" });
    expect(await readdir(join(folder, "files"))).toEqual([]);
  });

  it("leaves nothing of what was aborted", async () => {
    const sink = sinkOf(fileSink, { path: "out" });
    await sink.open?.();
    write(sink, "1");
    await commit(fileSink, await sink.prepare(1));
    write(sink, "2");
    await sink.abort();
    await sink.close();
    expect(await content()).toBe("1\n");
  });

  it("begins the file anew without state, and writes the header line of CSV once", async () => {
    await writeFile(join(folder, "files", "out"), "old\n");
    const params = { path: "out", format: "csv" };
    const sink = sinkOf(fileSink, params, undefined, SCHEMA);
    await sink.open?.();
    write(sink, "1");
    const prepared = await sink.prepare(1);
    await commit(fileSink, prepared);
    await sink.close();
    const again = sinkOf(fileSink, params, prepared, SCHEMA);
    await again.open?.();
    write(again, "2");
    await commit(fileSink, await again.prepare(2));
    await again.close();
    expect(await content()).toBe("id\n1\n2\n");
  });

  it("keeps a record that was read over several lines on one", async () => {
    const sink = sinkOf(fileSink, { path: "out" });
    await sink.open?.();
    write(sink, '{\r\n  "a": "b\\n"\n}');
    await commit(fileSink, await sink.prepare(1));
    await sink.close();
    expect(await content()).toBe('{    "a": "b\\n" }\n');
  });

  describe("with a file a day", () => {
    const params = { path: "applog/app.log", format: "text", daily: true };
    const MIDNIGHT = Date.parse("2021-02-22T16:00:00Z"); // in Shanghai
    const writeAt = (sink: Sink, text: string, time: number) => sink.write({ value: range(text), key: null, time });
    const lines = async (day: string) =>
      (await readFile(join(folder, "files", "applog", `app.${day}.log`), "utf8")).split("\n").slice(0, -1);
    beforeEach(() => mkdir(join(folder, "files", "applog")));

    it("begins another when a row of the next day comes, and goes back to none", async () => {
      const sink = sinkOf(fileSink, params);
      await sink.open?.();
      expect(await sink.prepare(1)).toEqual({ length: 0, path: "", day: "" });
      writeAt(sink, "a", MIDNIGHT - 2);
      await commit(fileSink, await sink.prepare(2));
      writeAt(sink, "b", MIDNIGHT - 1);
      writeAt(sink, "c", MIDNIGHT);
      writeAt(sink, "late", MIDNIGHT - 1);
      writeAt(sink, "d", MIDNIGHT + 86_400_000);
      await commit(fileSink, await sink.prepare(3));
      await sink.close();
      expect([await lines("2021-02-22"), await lines("2021-02-23"), await lines("2021-02-24")]).toEqual([["a", "b"], ["c", "late"], ["d"]]);
    });

    it("has each row once after a crash in the middle of the change", async () => {
      const sink = sinkOf(fileSink, params);
      await sink.open?.();
      writeAt(sink, "a", MIDNIGHT - 2);
      const counted = await sink.prepare(1);
      await commit(fileSink, counted);
      writeAt(sink, "b", MIDNIGHT - 1);
      writeAt(sink, "c", MIDNIGHT);
      await sink.prepare(2); // It never counts.
      await sink.close();

      const restored = sinkOf(fileSink, params, counted);
      await restored.open?.();
      writeAt(restored, "b", MIDNIGHT - 1);
      writeAt(restored, "c", MIDNIGHT);
      const again = await restored.prepare(2);
      expect(again).toMatchObject({ path: "applog/app.2021-02-23.log", day: "2021-02-23" });
      await restored.close();
      const last = sinkOf(fileSink, params, again);
      await last.open?.();
      writeAt(last, "d", MIDNIGHT + 1);
      await last.prepare(3);
      await last.close();
      expect([await lines("2021-02-22"), await lines("2021-02-23")]).toEqual([
        ["a", "b"],
        ["c", "d"],
      ]);
    });
  });

  it("refuses text with line breaks", async () => {
    const sink = sinkOf(fileSink, { path: "out", format: "text" });
    await sink.open?.();
    expect(() => write(sink, "a\nb")).toThrow(expect.objectContaining({ code: "file-sink.line-break" }));
    await sink.close();
  });
});
