import type { Problem } from "@millrace/engine/pipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { documentOf, type Served, serve } from "../testing/serve.ts";

const PROBLEM: Problem = { code: "test", args: {}, severity: "error", nodeId: "broken" };

let served: Served;
beforeEach(async () => {
  served = await serve({ problems: (document) => (document.nodes.broken ? [PROBLEM] : []) });
});
afterEach(() => served.close());

const make = async (body: unknown) => (await served.call("POST", "/api/pipelines", body)).json;

describe("a new pipeline", () => {
  it("is made from a template, a document or nothing, with an id made from its name", async () => {
    expect(await make({ template: "base-log-app" })).toMatchObject({
      id: "base-log-app",
      name: "BaseLogApp",
      template: "base-log-app",
      revision: 1,
      changed: true,
    });
    expect(await make({ document: documentOf("My stream 2") })).toMatchObject({ id: "my-stream-2", draft: { name: "My stream 2" } });
    expect(await make({})).toMatchObject({ id: "pipeline", draft: { nodes: {}, edges: [] } });
    expect(await make({ template: "base-log-app", name: "新访客" })).toMatchObject({ id: "pipeline-2", name: "新访客" });
    expect(await make({ template: "base-log-app" })).toMatchObject({ id: "base-log-app-2" });
    const ids = (await served.call("GET", "/api/pipelines")).json;
    expect(Object.values(ids).map(({ id }) => id)).toEqual(["base-log-app", "base-log-app-2", "my-stream-2", "pipeline", "pipeline-2"]);
  });

  it("may have a document of an older format, which is brought to the present one", async () => {
    const old = { formatVersion: 0, name: "Old", nodes: [{ id: "a", type: "filter", name: "A", params: {}, x: 1, y: 2 }], edges: [] };
    expect(await make({ document: old })).toMatchObject({
      draft: { formatVersion: 1, nodes: { a: { type: "filter" } }, layout: { nodes: { a: { x: 1, y: 2 } } } },
    });
  });

  it("is refused with the problems when the document cannot be read", async () => {
    const { status, json } = await served.call("POST", "/api/pipelines", { document: { ...documentOf("x"), formatVersion: 99 } });
    expect(status).toBe(422);
    expect(json.error).toMatchObject({ code: "problems", problems: [{ code: "document.newer-format", severity: "error" }] });
  });

  it("is refused from a template that is not there, or from two things at once", async () => {
    expect((await served.call("POST", "/api/pipelines", { template: "none" })).json.error?.message?.en).toBe(
      'There is no template "none".',
    );
    expect((await served.call("POST", "/api/pipelines", { template: "base-log-app", document: documentOf("x") })).status).toBe(400);
  });
});

describe("a draft", () => {
  it("is saved under the next revision with its problems", async () => {
    await make({ document: documentOf("a") });
    const draft = documentOf("a", { broken: { type: "filter", name: "B", params: {} } });
    const { status, json } = await served.call("PUT", "/api/pipelines/a/draft", { document: draft, revision: 1 });
    expect(status).toBe(200);
    expect(json).toEqual({ revision: 2, problems: [PROBLEM], elsewhere: [], changed: true });
    expect((await served.call("GET", "/api/pipelines/a")).json).toMatchObject({ draft, revision: 2, problems: [PROBLEM] });
  });

  it("is not saved over one that came from elsewhere meanwhile", async () => {
    await make({ document: documentOf("a") });
    await served.call("PUT", "/api/pipelines/a/draft", { document: documentOf("first"), revision: 1 });
    const { status, json } = await served.call("PUT", "/api/pipelines/a/draft", { document: documentOf("second"), revision: 1 });
    expect(status).toBe(409);
    expect(json.error).toMatchObject({
      code: "stale-revision",
      message: { en: 'The draft of "a" is at revision 2; this one was made from 1. Load it again and repeat your change.' },
    });
    expect((await served.call("GET", "/api/pipelines/a")).json.draft?.name).toBe("first");
  });

  it("that only moved a node has not changed", async () => {
    const document = documentOf("a", { n: { type: "filter", name: "N", params: {} } });
    await make({ document });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    const moved = { ...document, layout: { nodes: { n: { x: 5, y: 5 } } } };
    expect((await served.call("PUT", "/api/pipelines/a/draft", { document: moved, revision: 1 })).json.changed).toBe(false);
    expect((await served.call("PUT", "/api/pipelines/a/draft", { document: { ...document, name: "b" }, revision: 2 })).json.changed).toBe(
      true,
    );
  });
});

describe("a pipeline", () => {
  it("keeps every deployed version", async () => {
    await make({ document: documentOf("a") });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    await served.call("PUT", "/api/pipelines/a/draft", {
      document: documentOf("a", { n: { type: "filter", name: "N", params: {} } }),
      revision: 1,
    });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    expect((await served.call("GET", "/api/pipelines/a/versions")).json).toMatchObject([
      { version: 2, nodes: 1 },
      { version: 1, nodes: 0 },
    ]);
    expect((await served.call("GET", "/api/pipelines/a/versions/1")).json).toEqual({ document: documentOf("a") });
    expect((await served.call("GET", "/api/pipelines/a/versions/3")).status).toBe(404);
    expect((await served.call("GET", "/api/pipelines/a/versions/x")).status).toBe(404);
  });

  it("is removed with its run and its state", async () => {
    await make({ document: documentOf("a") });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    expect((await served.call("DELETE", "/api/pipelines/a")).status).toBe(204);
    expect(served.host.runs[0]?.status().state).toBe("stopped");
    expect(served.host.states.has("a")).toBe(false);
    expect((await served.call("GET", "/api/pipelines/a")).status).toBe(404);
    expect((await served.call("DELETE", "/api/pipelines/a")).status).toBe(404);
    expect((await make({ document: documentOf("a") })).revision).toBe(1);
  });
});

describe("lineage", () => {
  const document = {
    formatVersion: 1,
    name: "a",
    nodes: {
      s: { type: "topic-source", name: "S", params: { topic: "t", schema: "a INT, page ROW<id STRING>" } },
      f: { type: "select", name: "F", params: { fields: [{ name: "x", value: "page.id" }] } },
    },
    edges: [{ from: "s.out", to: "f.in" }],
  };
  const ask = (query: string) => served.call("GET", `/api/pipelines/a/lineage?${query}`);

  it("says of a field of the draft where it comes from and what becomes of it", async () => {
    await make({ document });
    expect((await ask("port=f.out&field=x")).json).toEqual({
      field: { node: "f", port: "out", path: ["x"], type: "STRING" },
      upstream: [
        {
          from: { node: "s", port: "out", path: ["page", "id"] },
          to: { node: "f", port: "out", path: ["x"] },
          how: "copied",
          expression: "page.id",
        },
      ],
      downstream: [],
      origins: [{ node: "s", port: "out", path: ["page", "id"], targets: [{ kind: "topic", name: "t" }] }],
    });
    expect((await ask("port=s.out&field=page.id")).json.downstream).toHaveLength(1);
  });

  it("is of a deployed version where that is asked", async () => {
    await make({ document });
    await served.call("POST", "/api/pipelines/a/deploy", {});
    const changed = { ...document, nodes: { s: document.nodes.s }, edges: [] };
    await served.call("PUT", "/api/pipelines/a/draft", { document: changed, revision: 1 });
    expect((await ask("port=f.out&field=x")).status).toBe(404);
    expect((await ask("port=f.out&field=x&version=1")).status).toBe(200);
    expect((await ask("port=f.out&field=x&version=7")).status).toBe(404);
  });

  it("names a field that is not there, and the one that was probably meant", async () => {
    await make({ document });
    expect(await ask("port=s.out&field=page.ide")).toMatchObject({
      status: 404,
      json: { error: { message: { en: 'there is no field "page.ide" here; did you mean "page.id"?' } } },
    });
    expect((await ask("port=s&field=a")).status).toBe(404);
    expect((await ask("port=s.out&field=[[")).status).toBe(404);
    expect((await ask("port=s.out")).status).toBe(400);
  });
});
