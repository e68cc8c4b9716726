import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

async function fill(table: string, keys: readonly string[]): Promise<void> {
  const store = await served.deps.dimensions.open(undefined);
  const rows = keys.map((key) => {
    const bytes = Buffer.from(JSON.stringify({ id: key }));
    return { key, value: { bytes, start: 0, end: bytes.length } };
  });
  await store.upsert(table, rows);
}

describe("dimension tables", () => {
  it("are listed with their rows, read page by page, and removed", async () => {
    await fill("dim_sku", ["1", "2", "26", "3"]);
    expect((await served.call("GET", "/api/dimensions")).json).toEqual([{ name: "dim_sku", rows: 4 }]);
    const page = async (query: string) => (await served.call("GET", `/api/dimensions/dim_sku/rows${query}`)).json;
    expect(await page("?limit=2")).toEqual({
      rows: [
        { key: "1", text: '{"id":"1"}' },
        { key: "2", text: '{"id":"2"}' },
      ],
      next: "2",
    });
    expect(await page("?limit=2&after=2")).toMatchObject({ rows: [{ key: "26" }, { key: "3" }] });
    expect(await page("?prefix=2")).toMatchObject({ rows: [{ key: "2" }, { key: "26" }] });
    expect((await served.call("DELETE", "/api/dimensions/dim_sku")).status).toBe(204);
    expect((await served.call("GET", "/api/dimensions")).json).toEqual([]);
  });

  it("that are not there, and connections of another role, are said to be so", async () => {
    const { status, json } = await served.call("GET", "/api/dimensions/dim_spu/rows");
    expect([status, json.error?.message?.en]).toEqual([404, 'There is no dimension table "dim_spu".']);
    expect((await served.call("DELETE", "/api/dimensions/dim_spu")).status).toBe(404);
    await served.call("PUT", "/api/connections/logs", { kind: "built-in", role: "topic", settings: {} });
    const wrong = await served.call("GET", "/api/dimensions?connection=logs");
    expect([wrong.status, wrong.json.error?.message?.en]).toEqual([400, 'Connection "logs" is for topic, not for dimension tables.']);
  });
});
