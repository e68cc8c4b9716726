/** Tries of documents that never ran, over real topics and files in a folder. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TryResult } from "../api.ts";
import type { RunHost, TryPipeline } from "../runs/run-host.ts";
import { openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

const VISITS = { user: "STRING", day: "STRING" };

describe("a try of a document that never ran", () => {
  let folder: string;
  let host: RunHost;
  let topics: BuiltInTopicLog;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace 试 "));
    host = await createRunHost({ dataFolder: folder, log: () => undefined });
    topics = await openTopics(folder);
  });
  afterEach(async () => {
    await host.close();
    await topics.close();
    await rm(folder, { recursive: true, force: true });
  });

  const play = (nodes: PipelineDocument["nodes"], edges: readonly [string, string][], more: Partial<TryPipeline> = {}) =>
    host.tryPipeline({
      pipelineId: "p",
      document: {
        formatVersion: 1,
        name: "p",
        schemas: { visit: { fields: VISITS } },
        nodes,
        edges: edges.map(([from, to]) => ({ from, to })),
      },
      connections: {},
      records: {},
      limit: 100,
      ...more,
    });
  const texts = (result: TryResult, port: string) => result.ports[port]?.rows.map(({ text }) => JSON.parse(text));

  async function post(topic: string, ...values: object[]): Promise<void> {
    await topics.append(
      topic,
      values.map((value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
      }),
    );
  }

  const filter = (when: string) => ({ type: "filter", name: "F", params: { when } });
  const topicSource = (params: object) => ({ type: "topic-source", name: "S", params: { topic: "visits", schema: "visit", ...params } });

  it("plays the newest records of a topic, and moves no position", async () => {
    await topics.createTopic("visits", { partitions: 1 });
    await post("visits", ...[1, 2, 3, 4, 5].map((n) => ({ user: `u${n}`, day: "d" })));
    const result = await play({ in: topicSource({ group: "g" }), f: filter("user <> 'u4'") }, [["in.out", "f.in"]], { limit: 3 });
    expect(texts(result, "f.out")?.map(({ user }) => user)).toEqual(["u3", "u5"]);
    expect(result.ports["in.out"]?.rows[0]?.origin).toEqual({ nodeId: "in", split: "visits-0", topic: "visits", partition: 0, offset: 2 });
    expect(result.inputs).toEqual({ in: 3 });
    expect([...(await topics.positions("g"))]).toEqual([]);
  });

  it("reads a topic from its newest records though a run would begin behind them", async () => {
    await topics.createTopic("visits", { partitions: 4 });
    await post("visits", { user: "u", day: "d" });
    expect((await play({ in: topicSource({ from: "latest" }) }, [])).inputs).toEqual({ in: 1 });
  });

  it("makes no topic", async () => {
    const result = await play({ in: topicSource({}) }, []);
    expect([result.inputs, result.unread]).toEqual([{ in: 0 }, {}]);
    expect(await topics.describeTopic("visits")).toBeUndefined();
  });

  it("makes a generator's records at once, however slow it is", async () => {
    const fields = [{ name: "n", rule: "sequence" }];
    const result = await play({ g: { type: "generator", name: "G", params: { kind: "schema", rate: 0.1, fields } } }, [], { limit: 20 });
    expect(texts(result, "g.out")).toHaveLength(20);
  });

  it("gives both sides of a comparison the same generated records", async () => {
    const node = { type: "generator", name: "G", params: { kind: "app-log", format: "text", rate: 50 } };
    const [one, other] = await Promise.all([play({ g: node }, []), play({ g: node }, [])]);
    expect(texts(one, "g.out")).toHaveLength(100);
    expect(texts(other, "g.out")).toEqual(texts(one, "g.out"));
  });

  it("reads a file, and says why it cannot", async () => {
    await mkdir(join(folder, "files"), { recursive: true });
    await writeFile(join(folder, "files", "visits.jsonl"), '{"user":"u1","day":"d"}\n{"user":"u2","day":"d"}\n');
    const file = (path: string) => ({ type: "file-source", name: "Q", params: { path, format: "json", schema: "visit" } });
    const result = await play({ in: file("visits.jsonl"), gone: file("gone.jsonl") }, []);
    expect(texts(result, "in.out")?.map(({ user }) => user)).toEqual(["u1", "u2"]);
    expect(result.unread.gone?.en).toContain("gone.jsonl");
    expect(Object.keys(result.unread)).toEqual(["gone"]);
  });

  it("feeds a topic without records with what the document itself would write there", async () => {
    await topics.createTopic("raw", { partitions: 1 });
    await post("raw", { user: "u1", day: "d" }, { user: "u2", day: "d" });
    const nodes = {
      raw: topicSource({ topic: "raw" }),
      f: filter("user = 'u2'"),
      to: { type: "topic-sink", name: "T", params: { topic: "visits" } },
      in: topicSource({}),
    };
    const result = await play(nodes, [
      ["raw.out", "f.in"],
      ["f.out", "to.in"],
    ]);
    expect(texts(result, "in.out")).toEqual([{ user: "u2", day: "d" }]);
    expect(await topics.describeTopic("visits")).toBeUndefined();
  });

  it("reads no source whose records are given, be it none", async () => {
    await topics.createTopic("visits", { partitions: 1 });
    await post("visits", { user: "u1", day: "d" });
    const given = await play({ in: topicSource({}) }, [], { records: { in: [] } });
    expect(given.inputs).toEqual({ in: 0 });
  });

  it("reads nothing for a document with errors", async () => {
    const result = await play({ in: topicSource({}), f: filter("nobody = 1") }, [["in.out", "f.in"]]);
    expect([result.problems.length > 0, result.ports, result.inputs]).toEqual([true, {}, {}]);
  });
});
