import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentOf, type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const document = { ...documentOf("a"), connections: { logs: { role: "topic" } } };

async function deployed(): Promise<void> {
  await served.call("POST", "/api/pipelines", { document });
  expect((await served.call("POST", "/api/pipelines/a/deploy", {})).status).toBe(200);
}

describe("savepoints", () => {
  it("are made while the run goes on, listed, planned from, gone on from and deleted", async () => {
    await deployed();
    const made = await served.call("POST", "/api/pipelines/a/savepoints");
    expect([made.status, made.json]).toMatchObject([201, { kind: "savepoint", version: 1, retained: true }]);
    expect((await served.call("GET", "/api/pipelines/a/savepoints")).json).toEqual([made.json]);

    served.host.plan = [{ nodeId: "n", state: "mapped", how: { en: "by name", zh: "按名称" }, keys: 3 }];
    const from = { savepoint: String(made.json.id) };
    expect((await served.call("POST", "/api/pipelines/a/restore-plan", { from })).json).toEqual({
      from: made.json,
      nodes: served.host.plan,
    });
    expect((await served.call("POST", "/api/pipelines/a/deploy", { from, force: true })).status).toBe(200);
    expect(served.host.runs.at(-1)?.request).toMatchObject({ restoreFrom: from, force: true, version: 2 });

    expect((await served.call("DELETE", `/api/pipelines/a/savepoints/${from.savepoint}`)).status).toBe(204);
    expect((await served.call("DELETE", `/api/pipelines/a/savepoints/${from.savepoint}`)).status).toBe(404);
    expect((await served.call("POST", "/api/pipelines/a/restore-plan", { from })).status).toBe(404);
    expect((await served.call("POST", "/api/pipelines/a/deploy", { from })).status).toBe(404);
  });

  it("are not there of a pipeline that never ran", async () => {
    await served.call("POST", "/api/pipelines", { document });
    expect((await served.call("GET", "/api/pipelines/a/savepoints")).json).toEqual([]);
    expect((await served.call("POST", "/api/pipelines/a/savepoints")).json.error?.code).toBe("never-deployed");
    expect((await served.call("POST", "/api/pipelines/a/restore-plan", {})).json.error?.message?.en).toBe(
      'Nothing is saved of pipeline "a": a run of it begins without state.',
    );
  });

  it("are named as the schema wants it", async () => {
    await deployed();
    for (const from of ["newest", { savepoint: "" }, { savepoint: 5 }, { checkpoint: "1" }])
      expect((await served.call("POST", "/api/pipelines/a/deploy", { from })).status).toBe(400);
  });
});

describe("the nodes of a run", () => {
  it("are told as the live stream tells them, with the failure at the node that failed, and stay readable after the end", async () => {
    await served.call("POST", "/api/pipelines", { document });
    expect((await served.call("GET", "/api/pipelines/a/nodes")).json.error?.code).toBe("never-deployed");
    expect((await served.call("GET", "/api/pipelines/b/nodes")).status).toBe(404);
    await served.call("POST", "/api/pipelines/a/deploy", {});
    const run = served.host.runs[0] as (typeof served.host.runs)[number];
    const join = {
      in: { left: { total: 9, rate: 3 } },
      out: { joined: { total: 0, rate: 0 } },
      dropped: { late: 2 },
      errors: 0,
      watermark: 1_000,
      inputs: { left: { lastAt: 5, lastTime: 4, watermark: 1_000, idle: false } },
      partitions: [{ origin: "t", partition: 0, lastAt: 5, watermark: null, idle: true }],
      holdings: { left: 7 },
    };
    run.counts = { join };
    expect((await served.call("GET", "/api/pipelines/a/nodes")).json).toMatchObject({
      run: { pipelineId: "a", state: "running" },
      nodes: { join },
    });
    run.end({ state: "failed", failure: { message: { en: "No disk.", zh: "无磁盘。" }, nodeId: "join", permanent: true } });
    await expect
      .poll(async () => (await served.call("GET", "/api/pipelines/a/nodes")).json)
      .toMatchObject({ run: { state: "failed" }, nodes: { join: { holdings: { left: 7 }, failure: { message: { en: "No disk." } } } } });
  });
});

describe("logs", () => {
  it("tell what happened to the pipeline's runs, a page at a time, and go with the pipeline", async () => {
    await deployed();
    served.host.runs[0]?.end({ state: "failed", failure: { message: { en: "No disk.", zh: "无磁盘。" }, nodeId: "out", permanent: true } });
    await expect.poll(async () => Object.keys((await served.call("GET", "/api/pipelines/a/logs")).json.lines ?? {}).length).toBe(2);
    const first = (await served.call("GET", "/api/pipelines/a/logs?after=0&limit=1")).json;
    expect(first).toMatchObject({ lines: [{ text: "version 1 runs, from its newest state" }] });
    const rest = (await served.call("GET", `/api/pipelines/a/logs?after=${String(first.next)}`)).json;
    expect(rest).toMatchObject({ lines: [{ text: "failed at node out: No disk. Trying again cannot help." }] });
    expect((await served.call("GET", `/api/pipelines/a/logs?after=${String(rest.next)}`)).json).toEqual({ lines: [], next: rest.next });

    await served.call("DELETE", "/api/pipelines/a");
    expect((await served.call("GET", "/api/pipelines/a/logs")).status).toBe(404);
    await served.call("POST", "/api/pipelines", { document });
    expect((await served.call("GET", "/api/pipelines/a/logs")).json.lines).toEqual([]);
  });
});

describe("a deploy", () => {
  it("takes connections for aliases, and refuses an alias that the pipeline does not have", async () => {
    await served.call("PUT", "/api/connections/kafka", { kind: "built-in", role: "topic", settings: { address: "here" } });
    await served.call("POST", "/api/pipelines", { document });
    await served.call("POST", "/api/pipelines/a/deploy", { connect: { logs: "kafka" } });
    expect(served.host.runs[0]?.request.connections).toEqual({ logs: { kind: "built-in", role: "topic", settings: { address: "here" } } });
    const refused = await served.call("POST", "/api/pipelines/a/deploy", { connect: { log: "kafka" } });
    expect([refused.status, refused.json.error?.message?.en]).toEqual([422, 'The pipeline has no connection alias "log". It has: "logs".']);
    expect((await served.call("POST", "/api/pipelines/a/deploy", { connect: { logs: "none" } })).status).toBe(404);
  });

  it("keeps its connections when the run is started again", async () => {
    await served.call("PUT", "/api/connections/kafka", { kind: "built-in", role: "topic", settings: {} });
    await served.call("POST", "/api/pipelines", { document });
    await served.call("POST", "/api/pipelines/a/deploy", { connect: { logs: "kafka" } });
    await served.call("POST", "/api/pipelines/a/stop", {});
    await served.call("POST", "/api/pipelines/a/start", {});
    expect(served.host.runs.at(-1)?.request.connections).toHaveProperty("logs");
  });
});
