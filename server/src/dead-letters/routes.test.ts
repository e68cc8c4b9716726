import { afterEach, beforeEach, expect, it } from "vitest";
import type { DeadLetter } from "../api.ts";
import { documentOf, type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
  await served.call("POST", "/api/pipelines", { document: documentOf("a") });
  served.host.letters.set("a", [letter("3", "split"), letter("2", "source"), letter("1", "source")]);
});
afterEach(() => served.close());

function letter(id: string, nodeId: string): DeadLetter {
  return {
    id,
    nodeId,
    port: "in",
    at: 1,
    time: null,
    code: "codec.not-json",
    message: { en: "not JSON", zh: "不是 JSON" },
    text: "{",
    encoding: "utf8",
  };
}

const list = async (query: string) => (await served.call("GET", `/api/pipelines/a/dead-letters${query}`)).json;
const replay = (body: unknown) => served.call("POST", "/api/pipelines/a/dead-letters/replay", body);

it("lists letters newest first, a page at a time, by node", async () => {
  const first = await list("?limit=2");
  expect(first).toMatchObject({ total: 3, letters: [{ id: "3" }, { id: "2" }], next: "2" });
  expect(await list("?limit=2&before=2")).toEqual({ total: 3, removed: 0, letters: [letter("1", "source")] });
  expect(await list("?node=split")).toMatchObject({ total: 1, letters: [{ id: "3" }] });
});

it("replays letters into the run, with a repaired text for a single one", async () => {
  await served.call("POST", "/api/pipelines/a/deploy", {});
  expect((await replay({ ids: ["1", "2"] })).json).toEqual({ replayed: 2 });
  expect((await replay({ ids: ["3"], text: "{}" })).json).toEqual({ replayed: 1 });
  expect(served.host.runs[0]?.replayed).toEqual([
    { ids: ["1", "2"], text: undefined },
    { ids: ["3"], text: "{}" },
  ]);
  expect((await replay({ ids: ["1", "2"], text: "{}" })).json.error?.message?.en).toBe(
    "A repaired text is for a single letter, got 2 ids.",
  );
  expect((await replay({ ids: [] })).status).toBe(400);
});

it("says that a pipeline must run to replay into it", async () => {
  const { status, json } = await replay({ ids: ["1"] });
  expect([status, json.error?.message?.en]).toEqual([
    409,
    'Pipeline "a" does not run, so nothing can be replayed into it. Start it first.',
  ]);
});
