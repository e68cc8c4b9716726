import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MapFlow, WarehouseMap } from "../api.ts";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const map = async () => (await served.call("GET", "/api/map")).json as unknown as WarehouseMap;
const make = async (name: string, nodes: object, more: object = {}) => {
  const document = {
    formatVersion: 1,
    name,
    nodes,
    edges: Object.keys(nodes).length > 1 ? [{ from: "in.out", to: "out.in" }] : [],
    ...more,
  };
  expect((await served.call("POST", "/api/pipelines", { document })).status).toBe(201);
};
const source = (topic: string, more: object = {}) => ({ type: "topic-source", name: "In", params: { topic, schema: "id INT", ...more } });
const sink = (topic: string, more: object = {}) => ({ type: "topic-sink", name: "Out", params: { topic, ...more } });

/** "job -> store" for what is written, "store -> job" for what is read. */
function arrows({ flows, stores }: WarehouseMap): string[] {
  const name = ({ store }: MapFlow) => {
    const { kind, name, connection } = stores.find(({ id }) => id === store) ?? {};
    return `${kind} ${name}${connection === undefined ? "" : ` of ${connection}`}`;
  };
  return flows.map((flow) => (flow.access === "reads" ? `${name(flow)} -> ${flow.job}` : `${flow.job} -> ${name(flow)}`));
}

describe("the map", () => {
  it("joins pipelines by what one writes and another reads", async () => {
    await make("first", { in: source("ods"), out: sink("dwd") });
    await make("second", { in: source("dwd"), out: { type: "dimension-sink", name: "D", params: { table: "dim_user", key: "id" } } });
    await make("third", { in: source("dwd"), out: { type: "file-sink", name: "F", params: { path: "out.jsonl" } } });
    expect(arrows(await map())).toEqual([
      "topic ods -> first",
      "first -> topic dwd",
      "topic dwd -> second",
      "second -> dimension dim_user",
      "topic dwd -> third",
      "third -> file out.jsonl",
    ]);
  });

  it("shows what was deployed rather than the draft, with its parameters and connections", async () => {
    await served.call("PUT", "/api/connections/main", { kind: "built-in", role: "topic", settings: {} });
    await served.call("PUT", "/api/environments/test", { connections: { kafka: "main" } });
    const more = { connections: { kafka: { role: "topic" } }, parameters: { layer: { type: "string", default: "ods" } } };
    const connection = "kafka";
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a parameter is written in a document
    await make("a", { in: source("${layer}_log", { connection }), out: sink("dwd", { connection }) }, more);
    expect(arrows(await map())).toEqual(["topic ods_log -> a", "a -> topic dwd"]);
    expect((await served.call("POST", "/api/pipelines/a/deploy", { environment: "test", set: { layer: "raw" } })).status).toBe(200);
    const { draft, revision } = (await served.call("GET", "/api/pipelines/a")).json as never as {
      draft: { nodes: object };
      revision: number;
    };
    await served.call("PUT", "/api/pipelines/a/draft", { document: { ...draft, nodes: { in: source("other") }, edges: [] }, revision });
    expect(arrows(await map())).toEqual(["topic raw_log of main -> a", "a -> topic dwd of main"]);
  });

  it("leaves out what is disabled, and a pipeline's own topics", async () => {
    await make("a", { in: { type: "http-push", name: "In", params: { schema: "id INT" } }, out: { ...sink("dwd"), disabled: true } });
    expect(await map()).toMatchObject({ jobs: [{ id: "a" }], stores: [], flows: [] });
  });

  it("says what stores hold, how new that is, and what is not there", async () => {
    await served.topics.createTopic("ods", { partitions: 2 });
    const value = { bytes: Buffer.from("{}"), start: 0, end: 2 };
    await served.topics.append("ods", [
      { partition: 0, time: 3_000, value, key: null },
      { partition: 1, time: 2_000, value, key: null },
    ]);
    const dimensions = await served.deps.dimensions.open(undefined);
    await dimensions.upsert("dim_user", [{ key: "1", value }]);
    await make("a", { in: source("ods"), out: sink("dwd") });
    await make("b", { in: source("dwd"), out: { type: "dimension-sink", name: "D", params: { table: "dim_user", key: "id" } } });
    expect((await map()).stores).toMatchObject([
      { kind: "topic", name: "ods", isThere: true, records: 2, newestAt: 3_000 },
      { kind: "topic", name: "dwd", isThere: false },
      { kind: "dimension", name: "dim_user", isThere: true, records: 1 },
    ]);
    await served.topics.append("ods", [{ partition: 1, time: 9_000, value, key: null }]);
    expect((await map()).stores[0]).toMatchObject({ records: 3, newestAt: 9_000 });
  });

  it("has the rates and the lag of what runs", async () => {
    await make("a", { in: source("ods"), out: sink("dwd") });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    const idle = { dropped: {}, errors: 0, watermark: null };
    const run = served.host.runs[0] as { counts: object };
    run.counts = {
      in: { ...idle, in: {}, out: { out: { total: 70, rate: 7 } }, lag: 5 },
      out: { ...idle, in: { in: { total: 60, rate: 6 } }, out: {}, lag: 1 },
    };
    const { jobs, flows } = await map();
    expect(jobs).toMatchObject([{ id: "a", run: { state: "running" } }]);
    expect(flows).toMatchObject([
      { node: "in", access: "reads", rate: 7, total: 70, lag: 5 },
      { node: "out", access: "writes", rate: 6, total: 60 },
    ]);
    expect(flows[1]).not.toHaveProperty("lag");
  });

  it("shows what rows named, where a sink has its targets computed", async () => {
    await make("a", {
      in: source("ods"),
      out: { type: "topic-sink", name: "Out", params: { topicExpression: "CONCAT('dwd_', CAST(id AS STRING))" } },
    });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    const run = served.host.runs[0] as { counts: object };
    const none = { dropped: {}, errors: 0, watermark: null, out: {} };
    run.counts = {
      out: { ...none, in: { in: { total: 3, rate: 1 } }, targets: { dwd_1: { total: 1, rate: 0 }, dwd_2: { total: 2, rate: 1 } } },
    };
    const found = await map();
    expect(arrows(found)).toEqual(["topic ods -> a", "a -> topic dwd_1", "a -> topic dwd_2"]);
    expect(found.flows[2]).toMatchObject({ node: "out", total: 2, rate: 1 });
  });

  it("shows a name that is both listed and written once, with its own rate", async () => {
    const params = { topicExpression: "CONCAT('dwd_', CAST(id AS STRING))", mayWrite: ["dwd_1", "dwd_9"] };
    await make("a", { in: source("ods"), out: { type: "topic-sink", name: "Out", params } });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    const run = served.host.runs[0] as { counts: object };
    const none = { dropped: {}, errors: 0, watermark: null, out: {} };
    run.counts = { out: { ...none, in: { in: { total: 30, rate: 10 } }, targets: { dwd_1: { total: 3, rate: 1 } } } };
    const found = await map();
    expect(arrows(found)).toEqual(["topic ods -> a", "a -> topic dwd_1", "a -> topic dwd_9"]);
    expect(found.flows[1]).toMatchObject({ total: 3, rate: 1 });
    expect(found.flows[2]).not.toHaveProperty("rate");
  });

  it("shows the collector where somebody reads what it takes, or posts to it", async () => {
    expect((await map()).jobs).toEqual([]);
    await make("a", { in: source("ods_base_log") });
    expect(arrows(await map())).toEqual(["/applog -> topic ods_base_log", "topic ods_base_log -> a"]);
  });

  it("says why a connection could not be asked, and shows all else", async () => {
    await make("a", { in: source("ods", { connection: "kafka" }), out: sink("dwd") }, { connections: { kafka: { role: "topic" } } });
    await served.call("PUT", "/api/connections/main", { kind: "built-in", role: "topic", settings: {} });
    await served.call("POST", "/api/pipelines/a/deploy", { connect: { kafka: "main" } });
    await served.call("DELETE", "/api/connections/main");
    expect((await map()).stores).toMatchObject([
      { name: "ods", connection: "main", failure: { en: expect.stringContaining('"main"') } },
      { name: "dwd", isThere: false },
    ]);
  });
});
