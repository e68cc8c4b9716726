import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const start = (name: string) => served.call("POST", `/api/warehouses/${name}/start`);
const pipelines = async () => Object.values((await served.call("GET", "/api/pipelines")).json).map(({ id, run }) => [id, run?.state]);

describe("a warehouse", () => {
  it("is listed with its jobs", async () => {
    expect((await served.call("GET", "/api/warehouses")).json).toMatchObject([{ name: "logs", jobs: ["base-log-app"] }]);
  });

  it("is started as a whole, and once", async () => {
    for (const _ of [1, 2]) {
      expect((await start("logs")).json).toEqual([{ id: "base-log-app", template: "base-log-app" }]);
      expect(await pipelines()).toEqual([["base-log-app", "running"]]);
    }
    expect(served.host.runs).toHaveLength(1);
  });

  it("goes on with what of it was stopped", async () => {
    await start("logs");
    await served.call("POST", "/api/pipelines/base-log-app/stop", {});
    await start("logs");
    expect(await pipelines()).toEqual([["base-log-app", "running"]]);
    expect(served.host.runs).toHaveLength(2);
  });

  it("says which job does not start, and why", async () => {
    await served.close();
    served = await serve({ problems: () => [{ code: "graph.empty", args: {}, severity: "error" }] });
    const { status, json } = await start("logs");
    expect(status).toBe(200);
    expect(json).toMatchObject([{ id: "base-log-app", failure: { en: expect.stringMatching(/./) } }]);
  });

  it("is refused when there is none of that name", async () => {
    expect((await start("none")).json.error?.message?.en).toBe('There is no warehouse "none".');
  });
});
