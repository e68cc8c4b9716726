import type { NodeType } from "@millrace/engine/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentOf, INGEST_KEY, type Served, serve } from "../testing/serve.ts";

const NODE_TYPES = new Map([
  [
    "http-push",
    {
      spec: {
        targets: (_: unknown, node: { pipelineId: string; nodeId: string }) => [
          { kind: "topic", name: `push.${node.pipelineId}.${node.nodeId}` },
        ],
      },
    } as unknown as NodeType,
  ],
]);

let served: Served;
beforeEach(async () => {
  served = await serve({ nodeTypes: NODE_TYPES });
  const nodes = { door: { type: "http-push", name: "Door", params: {} }, other: { type: "filter", name: "Other", params: {} } };
  await served.call("POST", "/api/pipelines", { document: documentOf("a", nodes) });
});
afterEach(() => served.close());

const post = (path: string, body: string) => served.raw("POST", path, { "content-type": "application/json" }, body);

it("appends posts to the topic of the node, also while the pipeline is stopped", async () => {
  await served.call("POST", "/api/pipelines/a/deploy", {});
  expect((await post("/in/a/door", '{"n":1}')).json).toEqual({ records: 1 });
  expect((await post("/in/a/door", '[{"n":2},{"n":3}]')).json).toEqual({ records: 2 });
  await served.call("POST", "/api/pipelines/a/stop", {});
  expect((await post(`/in/a/door/${INGEST_KEY}`, "no json")).json).toEqual({ records: 1 });
  expect(served.topics.texts("push.a.door")).toEqual(['{"n":1}', '{"n":2}', '{"n":3}', "no json"]);
});

it("is not there before a deploy, for other nodes and for what only sounds like one", async () => {
  expect((await post("/in/a/door", "{}")).json.error?.message?.en).toBe(
    'No deployed pipeline "a" has an HTTP push source "door". Deploy it first; the address is /in/<pipeline\'s id>/<node\'s id>.',
  );
  await served.call("POST", "/api/pipelines/a/deploy", {});
  for (const path of ["/in/a/other", "/in/a/none", "/in/none/door", "/in/a/constructor", "/in/a/__proto__"])
    expect((await post(path, "{}")).status).toBe(404);
});

it("goes with its pipeline", async () => {
  await served.call("POST", "/api/pipelines/a/deploy", {});
  await post("/in/a/door", "{}");
  await served.call("DELETE", "/api/pipelines/a");
  expect(await served.topics.describeTopic("push.a.door")).toBeUndefined();
});

it("refuses an empty post", async () => {
  await served.call("POST", "/api/pipelines/a/deploy", {});
  expect((await post("/in/a/door", "")).status).toBe(400);
});
