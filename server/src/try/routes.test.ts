import type { PipelineDocument } from "@millrace/engine/pipeline";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Sample } from "../api.ts";
import { type Served, serve } from "../testing/serve.ts";

const node = (type: string) => ({ type, name: type, params: {} });
const DOCUMENT: PipelineDocument = {
  formatVersion: 1,
  name: "a",
  nodes: { logs: node("topic-source"), other: node("topic-source"), keep: node("filter"), pages: node("topic-sink") },
  edges: [
    { from: "logs.out", to: "keep.in" },
    { from: "other.out", to: "keep.in" },
    { from: "keep.out", to: "pages.in" },
  ],
};
const sample = (seq: number, text: string, more: Partial<Sample> = {}): Sample => ({
  seq,
  at: 0,
  time: seq * 10,
  kind: "+I",
  text,
  ...more,
});

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

it("plays given records", async () => {
  const { status, json } = await served.call("POST", "/api/try", { document: DOCUMENT, records: { logs: ["{}"] }, targets: ["keep.out"] });
  expect([status, json]).toEqual([200, { problems: [], ports: {}, counters: {}, inputs: {}, unread: {} }]);
  expect(served.host.tries).toEqual([
    { pipelineId: "", document: DOCUMENT, connections: {}, records: { logs: [{ text: "{}" }] }, targets: ["keep.out"], limit: 100 },
  ]);
});

it("takes what the run keeps of its sources where nothing is given, whole records only", async () => {
  await served.call("POST", "/api/pipelines", { document: DOCUMENT });
  await served.call("POST", "/api/pipelines/a/deploy", {});
  served.host.runs[0]?.kept.set("logs.out", [sample(1, '{"n":1}'), sample(2, '{"n":', { truncated: true }), sample(3, '{"n":3}')]);
  served.host.runs[0]?.kept.set("other.out", [sample(1, "{}")]);
  await served.call("POST", "/api/try", { document: DOCUMENT, pipelineId: "a", records: { other: ["given"] } });
  expect(served.host.tries[0]?.records).toEqual({
    logs: [
      { text: '{"n":1}', time: 10 },
      { text: '{"n":3}', time: 30 },
    ],
    other: [{ text: "given" }],
  });
});

it("reads through the connections with which the pipeline was deployed", async () => {
  const document = { ...DOCUMENT, connections: { topics: { role: "topic" as const } } };
  await served.call("PUT", "/api/connections/prod", { kind: "built-in", role: "topic", settings: {} });
  await served.call("PUT", "/api/environments/live", { connections: { topics: "prod" } });
  await served.call("POST", "/api/pipelines", { document });
  await served.call("POST", "/api/try", { document, pipelineId: "a" });
  await served.call("POST", "/api/pipelines/a/deploy", { environment: "live" });
  await served.call("POST", "/api/try", { document, pipelineId: "a" });
  expect(served.host.tries.map(({ pipelineId, connections }) => [pipelineId, Object.keys(connections)])).toEqual([
    ["a", []],
    ["a", ["topics"]],
  ]);
});

it("refuses what is no document or no pipeline", async () => {
  expect((await served.call("POST", "/api/try", { document: { formatVersion: 1 } })).status).toBe(422);
  expect((await served.call("POST", "/api/try", { document: DOCUMENT, pipelineId: "none" })).status).toBe(404);
  expect((await served.call("POST", "/api/try", { document: DOCUMENT, limit: 0 })).status).toBe(400);
});

it("proposes the schema of a source, and names it where there is none", async () => {
  served.host.proposal = { records: 1, unread: 0, text: "n BIGINT", fields: [] };
  await served.call("POST", "/api/pipelines", { document: DOCUMENT });
  await served.call("POST", "/api/pipelines/a/deploy", {});
  served.host.runs[0]?.kept.set("logs.out", [sample(1, '{"n":1}')]);
  const { status, json } = await served.call("POST", "/api/propose-schema", { document: DOCUMENT, pipelineId: "a", node: "logs" });
  expect([status, json]).toEqual([200, served.host.proposal]);
  expect(served.host.proposals).toMatchObject([{ pipelineId: "a", node: "logs", retained: ['{"n":1}'], limit: 500 }]);
  expect((await served.call("POST", "/api/propose-schema", { document: DOCUMENT, node: "none" })).status).toBe(404);
  served.host.proposal = undefined;
  expect(await served.call("POST", "/api/propose-schema", { document: DOCUMENT, node: "keep" })).toMatchObject({
    status: 400,
    json: { error: { code: "no-schema" } },
  });
});
