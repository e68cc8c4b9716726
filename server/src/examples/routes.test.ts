import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeTypes } from "../documents.ts";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

interface Example {
  readonly name: string;
  readonly steps: readonly {
    readonly in: readonly { readonly port: string; readonly time: number | null; readonly text: string }[];
    readonly watermarks: readonly unknown[];
    readonly out: readonly { readonly port: string; readonly time: number | null; readonly text: string }[];
  }[];
}
const exampleOf = async (type: string) => (await served.call("GET", `/api/node-types/${type}/example`)).json as unknown as Example;

it("plays a case of a node and tells it step by step", async () => {
  const { name, steps } = await exampleOf("window");
  expect(name).toBe("counts rows per key when the window is complete");
  expect(steps[0]).toMatchObject({ in: [{ port: "in", time: 1_000, text: '{"user":"ann"}' }], watermarks: [], out: [] });
  expect(steps.at(-1)).toMatchObject({ in: [], watermarks: [{ port: "in", time: 9_999 }] });
  expect(steps.at(-1)?.out.map(({ port, time, text }) => [port, time, JSON.parse(text)])).toEqual([
    ["out", 9_999, { user: "ann", count: 2, start: "00:00:00" }],
    ["out", 9_999, { user: "bob", count: 1, start: "00:00:00" }],
  ]);
});

it("has one of every node that takes rows and gives some", async () => {
  const inner = [...nodeTypes.values()].filter(
    ({ spec, createOperator, createLookup }) => !spec.internal && spec.category !== "sink" && (createOperator ?? createLookup),
  );
  expect(inner.length).toBeGreaterThan(15);
  for (const { spec } of inner) expect((await exampleOf(spec.type)).steps, spec.type).toBeDefined();
  expect((await served.call("GET", "/api/node-types/nothing/example")).status).toBe(404);
});
