import type { ByteRange, DimensionStore } from "@millrace/engine/node";
import { z } from "zod";
import { dimensionPage, dimensionTable } from "../api.ts";
import { notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";

/** The dimension store of a connection; undefined: the built-in one. Throws `ApiFailure` for a name that is none. */
export type OpenDimensions = (connection: string | undefined) => Promise<DimensionStore>;

const connectionQuery = z.object({ connection: z.string().optional() });
const rowsQuery = connectionQuery.extend({
  prefix: z.string().optional().describe("Only rows whose key begins so"),
  after: z.string().optional().describe("Rows behind this key: the `next` of the page before"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export function dimensionRoutes(openDimensions: OpenDimensions): Route[] {
  async function find(name: string | undefined, connection: string | undefined): Promise<DimensionStore> {
    const store = await openDimensions(connection);
    if (!(await store.listTables()).some((table) => table.name === name)) throw notFound({ en: "dimension table", zh: "维表" }, name ?? "");
    return store;
  }

  return [
    route({
      method: "get",
      path: "/dimensions",
      tag: "Dimension tables",
      summary: "Dimension tables of a connection (default: the built-in ones)",
      query: connectionQuery,
      answer: z.array(dimensionTable),
      errors: { 404: "no such connection" },
      handle: async ({ query }) => (await openDimensions(query.connection)).listTables(),
    }),
    route({
      method: "get",
      path: "/dimensions/:table/rows",
      tag: "Dimension tables",
      summary: "Rows of a dimension table in the order of their keys",
      query: rowsQuery,
      answer: dimensionPage,
      errors: { 404: "no such connection or table" },
      handle: async ({ params, query: { connection, limit, ...range } }) => {
        const store = await find(params.table, connection);
        // One more tells whether there is a next page.
        const rows = await store.scan(params.table as string, { ...range, limit: limit + 1 });
        const shown = rows.slice(0, limit);
        return {
          rows: shown.map(({ key, value }) => ({ key, text: textOf(value) })),
          ...(rows.length > limit && { next: shown.at(-1)?.key }),
        };
      },
    }),
    route({
      method: "delete",
      path: "/dimensions/:table",
      tag: "Dimension tables",
      summary: "Removes a dimension table with its rows",
      query: connectionQuery,
      errors: { 404: "no such connection or table" },
      handle: async ({ params, query }) => (await find(params.table, query.connection)).deleteTable(params.table as string),
    }),
  ];
}

function textOf({ bytes, start, end }: ByteRange): string {
  return Buffer.from(bytes.subarray(start, end)).toString();
}
