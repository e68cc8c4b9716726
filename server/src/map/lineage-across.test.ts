import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LineageAcross } from "../api.ts";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
  // orders -> ods_orders -> wide (amount * 2 AS doubled) -> dwm_wide -> stats (renames it) -> dws_stats
  await make("orders", {
    in: { type: "file-source", name: "In", params: { path: "orders.jsonl", schema: "id INT, amount INT" } },
    out: sink("ods_orders"),
  });
  await make("wide", { in: source("ods_orders", "id INT, amount INT"), pick: select("doubled", "amount * 2"), out: sink("dwm_wide") });
  await make("stats", { in: source("dwm_wide", "doubled INT"), pick: select("total", "doubled"), out: sink("dws_stats") });
});
afterEach(() => served.close());

function source(topic: string, schema: string) {
  return { type: "topic-source", name: "In", params: { topic, schema } };
}

function select(name: string, value: string) {
  return { type: "select", name: "Pick", params: { fields: [{ name, value }] } };
}

function sink(topic: string) {
  return { type: "topic-sink", name: "Out", params: { topic } };
}

/** Nodes in a row. */
async function make(name: string, nodes: object): Promise<void> {
  const ids = Object.keys(nodes);
  const edges = ids.slice(1).map((id, i) => ({ from: `${ids[i]}.out`, to: `${id}.in` }));
  const answer = await served.call("POST", "/api/pipelines", { document: { formatVersion: 1, name, nodes, edges } });
  expect(answer.status).toBe(201);
}

async function across(pipeline: string, port: string, field: string) {
  const { status, json } = await served.call("GET", `/api/pipelines/${pipeline}/lineage/across?port=${port}&field=${field}`);
  expect(status).toBe(200);
  const told = (stages: LineageAcross["upstream"]) =>
    stages.map((one) => `${one.steps} ${one.store.name} ${one.pipeline.id}: ${one.field.node}.${one.field.path.join(".")}`);
  const { upstream, downstream } = json as unknown as LineageAcross;
  return { upstream: told(upstream), downstream: told(downstream) };
}

describe("lineage over all pipelines", () => {
  it("leads from a statistic back to the file that its field was first read from", async () => {
    expect(await across("stats", "pick.out", "total")).toEqual({
      upstream: ["1 dwm_wide wide: pick.doubled", "2 ods_orders orders: in.amount"],
      downstream: [],
    });
  });

  it("leads from a raw field to all that is made of it", async () => {
    expect(await across("orders", "in.out", "amount")).toEqual({
      upstream: [],
      downstream: ["1 ods_orders wide: in.amount", "2 dwm_wide stats: in.doubled"],
    });
  });

  it("ends where the next pipeline does not know the field", async () => {
    expect(await across("orders", "in.out", "id")).toMatchObject({ downstream: ["1 ods_orders wide: in.id"] });
  });

  it("goes through a sink that writes a row in its rows, to one of several topics that it names", async () => {
    await make("base", {
      in: source("changes", "target STRING, data ROW<id INT>"),
      out: {
        type: "topic-sink",
        name: "Out",
        params: { topicExpression: "target", part: "data", mayWrite: ["dwd_a", "dwd_b"] },
      },
    });
    await make("reader", { in: source("dwd_b", "id INT, more INT"), out: sink("dwm_b") });
    expect(await across("reader", "in.out", "id")).toMatchObject({ upstream: ["1 dwd_b base: in.data.id"] });
    // A member that no schema knows came with the row.
    expect(await across("reader", "in.out", "more")).toMatchObject({ upstream: ["1 dwd_b base: in.data"] });
    expect(await across("base", "in.out", "data.id")).toMatchObject({ downstream: ["1 dwd_b reader: in.id"] });
  });

  it("comes to an end in a ring of pipelines", async () => {
    await make("back", { in: source("dws_stats", "total INT"), pick: select("amount", "total"), out: sink("ods_orders") });
    const { upstream, downstream } = await across("stats", "pick.out", "total");
    expect(upstream).toContain("3 dws_stats stats: pick.total");
    expect(new Set(upstream).size).toBe(upstream.length);
    expect(new Set(downstream).size).toBe(downstream.length);
  });

  it("refuses a field that is none, with a suggestion", async () => {
    const { status, text } = await served.call("GET", "/api/pipelines/orders/lineage/across?port=in.out&field=amont");
    expect(status).toBe(404);
    expect(text).toContain("amount");
  });
});
