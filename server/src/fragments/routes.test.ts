// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters are written so
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { analyzeDocument } from "../documents.ts";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve({ problems: (document, options) => analyzeDocument(document, { ...options, mostNodes: 1_000 }) });
});
afterEach(() => served.close());

const SCHEMA = "mid STRING, n BIGINT";

/** Keeps rows above a number that its user says. */
const large = (when = "n > ${least}", more: Partial<PipelineDocument> = {}): PipelineDocument => ({
  formatVersion: 1,
  name: "Large ones",
  parameters: { least: { type: "integer", default: 10 } },
  nodes: {
    in: { type: "fragment-input", name: "In", params: { schema: SCHEMA } },
    keep: { type: "filter", name: "Keep", params: { when } },
    out: { type: "fragment-output", name: "Out", params: {} },
  },
  edges: [
    { from: "in.out", to: "keep.in" },
    { from: "keep.out", to: "out.in" },
  ],
  ...more,
});

const user = (document: PipelineDocument | undefined = large(), params = {}): PipelineDocument => ({
  formatVersion: 1,
  name: "User",
  fragments: { "large-ones": { version: 1, ...(document && { document }) } },
  nodes: {
    logs: { type: "topic-source", name: "Logs", params: { topic: "t", schema: SCHEMA } },
    use: { type: "fragment:large-ones", name: "Use", params },
    sink: { type: "topic-sink", name: "Sink", params: { topic: "u" } },
  },
  edges: [
    { from: "logs.out", to: "use.in" },
    { from: "use.out", to: "sink.in" },
  ],
});

const make = (body: unknown) => served.call("POST", "/api/fragments", body);
const create = async (document: PipelineDocument) => (await served.call("POST", "/api/pipelines", { document })).json;

describe("a fragment", () => {
  it("is made with a first version, and listed with those who use it", async () => {
    expect(await make({ document: large() })).toMatchObject({
      status: 201,
      json: { id: "large-ones", version: 1, changed: false, users: {} },
    });
    await create(user());
    const { json } = await served.call("GET", "/api/fragments");
    expect(json).toEqual({
      fragments: [{ id: "large-ones", name: "Large ones", version: 1, document: large(), changed: false, users: { user: 1 } }],
      mostNodes: 1_000,
    });
  });

  it("is a pipeline as any other, but for being run", async () => {
    await make({ document: large() });
    const { json } = await served.call("GET", "/api/pipelines");
    expect(json).toMatchObject([{ id: "large-ones", fragment: true, changed: false }]);
    const refused = await served.call("POST", "/api/pipelines/large-ones/deploy", {});
    expect(refused.status).toBe(422);
    expect(refused.json.error?.problems).toMatchObject([{ code: "fragment.not-run" }]);
  });

  it("becomes one when a draft of a pipeline gains ports", async () => {
    const { id } = await create(large());
    expect((await served.call("GET", "/api/fragments")).json.fragments).toMatchObject([{ id, changed: true, users: {} }]);
    expect(await served.call("POST", `/api/fragments/${id}/versions`, { revision: 1 })).toMatchObject({
      status: 201,
      json: { version: 1 },
    });
  });

  it("is refused without ports, with errors, or under an id that is taken", async () => {
    const { parameters: _, ...plain } = user();
    expect(await make({ document: { ...plain, fragments: {}, nodes: { logs: plain.nodes.logs }, edges: [] } })).toMatchObject({
      status: 422,
      json: { error: { code: "no-fragment" } },
    });
    const wrong = await make({ document: large("nope > 1") });
    expect(wrong.status).toBe(422);
    expect(wrong.json.error?.problems).toMatchObject([{ nodeId: "keep" }]);
    expect((await served.call("GET", "/api/fragments")).json.fragments).toEqual([]);
    await make({ document: large() });
    expect(await make({ document: large(), id: "large-ones" })).toMatchObject({ status: 409, json: { error: { code: "id-taken" } } });
    expect(await make({ document: large(), id: "Large Ones!" })).toMatchObject({ status: 400 });
  });

  it("is taken over as a document carries it, under its id and version", async () => {
    expect((await make({ document: large(), id: "theirs", version: 7 })).json).toMatchObject({ id: "theirs", version: 7 });
    await served.call("PUT", "/api/pipelines/theirs/draft", { document: large("n > 1"), revision: 1 });
    expect((await served.call("POST", "/api/fragments/theirs/versions", { revision: 2 })).json.version).toBe(8);
  });
});

describe("a new version", () => {
  const next = large("n > ${least}", {
    parameters: { most: { type: "integer", default: 5 } },
    nodes: { ...large("n > ${most}").nodes, rest: { type: "fragment-output", name: "Rest", params: {} } },
    edges: [...large().edges, { from: "in.out", to: "rest.in" }],
  });

  it("changes nobody, and says what it would change for each user before and after it is saved", async () => {
    await make({ document: large() });
    await create(user(large(), { least: 3 }));
    await served.call("PUT", "/api/pipelines/large-ones/draft", { document: next, revision: 1 });
    const before = (await served.call("GET", "/api/fragments/large-ones/users")).json;
    const saved = await served.call("POST", "/api/fragments/large-ones/versions", { revision: 2 });
    expect(saved).toMatchObject({ status: 201, json: { version: 2, document: next } });
    expect(saved.json.users).toEqual(before);
    expect(saved.json.users).toMatchObject([{ id: "user", name: "User", version: 1, mended: [] }]);
    const [changes] = Object.values(saved.json.users ?? {});
    expect(Object.values(changes?.changes ?? {}).map(({ en }) => en)).toEqual([
      'output "rest" comes',
      'parameter "least" goes',
      'parameter "most" comes; without a value it is 5',
    ]);
    expect(Object.values(changes?.problems ?? {})).toMatchObject([
      { code: "format.unknown-member", nodeId: "use" },
      { code: "graph.output-unused", nodeId: "use" },
    ]);
    expect((await served.call("GET", "/api/pipelines/user")).json.draft).toEqual(user(large(), { least: 3 }));
    expect((await served.call("GET", "/api/pipelines/user")).json.elsewhere).toMatchObject([
      { code: "fragment.outdated", nodeId: "use", args: { version: 1, latest: 2 } },
    ]);
    expect((await served.call("GET", "/api/fragments/large-ones/users?version=1")).json).toMatchObject([{ changes: [], problems: [] }]);
    expect((await served.call("GET", "/api/fragments/large-ones/users?version=9")).status).toBe(404);
    expect((await served.call("GET", "/api/pipelines/large-ones/versions")).json).toMatchObject([{ version: 2 }, { version: 1 }]);
  });

  it("is refused when the draft was saved meanwhile, is what the last one is, has errors, or is no fragment", async () => {
    await make({ document: large() });
    expect(await served.call("POST", "/api/fragments/large-ones/versions", { revision: 1 })).toMatchObject({
      status: 409,
      json: { error: { code: "unchanged" } },
    });
    await served.call("PUT", "/api/pipelines/large-ones/draft", { document: large("nope"), revision: 1 });
    expect(await served.call("POST", "/api/fragments/large-ones/versions", { revision: 1 })).toMatchObject({
      status: 409,
      json: { error: { code: "stale-revision" } },
    });
    expect((await served.call("POST", "/api/fragments/large-ones/versions", { revision: 2 })).status).toBe(422);
    await create(user());
    expect((await served.call("POST", "/api/fragments/user/versions", { revision: 1 })).status).toBe(404);
    expect((await served.call("POST", "/api/fragments/none/versions", { revision: 1 })).status).toBe(404);
  });
});

describe("a pipeline with fragments", () => {
  it("is deployed with what it carries, whatever becomes of the fragment", async () => {
    await make({ document: large() });
    await create(user());
    await served.call("DELETE", "/api/pipelines/large-ones");
    expect((await served.call("POST", "/api/pipelines/user/deploy", {})).status).toBe(200);
    expect(served.host.runs[0]?.request.document).toEqual(user());
  });

  it("is not deployed without the version that it names", async () => {
    await create(user(undefined));
    const { fragments: _, ...rest } = user();
    await served.call("PUT", "/api/pipelines/user/draft", {
      document: { ...rest, fragments: { "large-ones": { version: 4 } } },
      revision: 1,
    });
    const refused = await served.call("POST", "/api/pipelines/user/deploy", {});
    expect(refused.json.error?.problems).toMatchObject([{ code: "fragment.missing", nodeId: "use" }]);
  });

  it("asks for the connections that its fragments name", async () => {
    const remote = large("n > 1", {
      connections: { far: { role: "topic" } },
      nodes: {
        src: { type: "topic-source", name: "Far", params: { topic: "t", schema: SCHEMA, connection: "far" } },
        out: large().nodes.out as never,
      },
      edges: [{ from: "src.out", to: "out.in" }],
    });
    const document = { ...user(remote), edges: [{ from: "use.out", to: "sink.in" }] };
    expect((await create(document)).connections).toEqual({ far: { role: "topic" } });
    const refused = await served.call("POST", "/api/pipelines/user/deploy", { connect: { far: "nowhere" } });
    expect(refused.status).toBe(404);
    expect((await served.call("POST", "/api/pipelines/user/deploy", { connect: { near: "x" } })).json.error?.code).toBe("no-such-alias");
  });
});
