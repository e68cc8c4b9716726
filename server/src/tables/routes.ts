import type { TableStore } from "@millrace/engine/node";
import { type ChdbState, ConnectionError } from "@millrace/nodes/connections";
import { z } from "zod";
import { analyticalTable, clickHouseState, queryRequest, queryResult, tableDescription } from "../api.ts";
import { ApiFailure, notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";

export interface TableRouteDeps {
  /** The tables of a connection; undefined: the built-in ones. Throws `ApiFailure` for a name that is none. */
  readonly open: (connection: string | undefined) => Promise<TableStore>;
  /** How far the built-in ClickHouse is, and how it is fetched. */
  readonly clickHouse: { state(): ChdbState; fetch(): Promise<unknown> };
  /** Bounds of a query of a person's. */
  readonly limits: { readonly rows: number; readonly timeoutMs: number };
  readonly log: (line: string) => void;
}

const connectionQuery = z.object({ connection: z.string().optional() });

export function tableRoutes({ open, clickHouse, limits, log }: TableRouteDeps): Route[] {
  let failure: ConnectionError | undefined;

  /** To look fetches nothing: that is asked for. */
  async function there(connection: string | undefined): Promise<TableStore> {
    if (connection === undefined && clickHouse.state().state !== "there")
      throw new ApiFailure(409, "clickhouse-absent", {
        en: "The built-in ClickHouse is not there yet. It comes with the first run that needs it, or by POST /api/clickhouse/fetch.",
        zh: "内置 ClickHouse 尚未就绪。首个需要它的运行会自动获取，也可调用 POST /api/clickhouse/fetch。",
      });
    return open(connection);
  }

  function stateNow() {
    const state = clickHouse.state();
    if (state.state !== "absent") failure = undefined;
    return { ...state, words: state.words ?? failure?.words };
  }

  return [
    route({
      method: "get",
      path: "/clickhouse",
      tag: "Analytical tables",
      summary: "How far the built-in ClickHouse is",
      answer: clickHouseState,
      handle: stateNow,
    }),
    route({
      method: "post",
      path: "/clickhouse/fetch",
      tag: "Analytical tables",
      summary: "Begins to fetch the built-in ClickHouse",
      answer: clickHouseState,
      handle: () => {
        failure = undefined;
        clickHouse.fetch().catch((error: unknown) => {
          failure = error instanceof ConnectionError ? error : undefined;
          log(String(error));
        });
        return { ...clickHouse.state(), ...(clickHouse.state().state === "absent" && { state: "fetching" as const }) };
      },
    }),
    route({
      method: "get",
      path: "/tables",
      tag: "Analytical tables",
      summary: "Tables of a connection (default: the built-in ones)",
      query: connectionQuery,
      answer: z.array(analyticalTable),
      errors: { 404: "no such connection", 409: "the built-in ClickHouse is not there yet" },
      handle: async ({ query }) => (await there(query.connection)).listTables(),
    }),
    route({
      method: "get",
      path: "/tables/:table",
      tag: "Analytical tables",
      summary: "A table with its columns",
      query: connectionQuery,
      answer: tableDescription,
      errors: { 404: "no such connection or table", 409: "the built-in ClickHouse is not there yet" },
      handle: async ({ params, query }) => {
        const found = await (await there(query.connection)).describeTable(params.table as string);
        if (!found) throw notFound({ en: "table", zh: "表" }, params.table ?? "");
        return { ...found, columns: [...found.columns] };
      },
    }),
    route({
      method: "delete",
      path: "/tables/:table",
      tag: "Analytical tables",
      summary: "Removes a table with its rows",
      query: connectionQuery,
      errors: { 404: "no such connection or table", 409: "the built-in ClickHouse is not there yet" },
      handle: async ({ params, query }) => {
        const store = await there(query.connection);
        if (!(await store.describeTable(params.table as string))) throw notFound({ en: "table", zh: "表" }, params.table ?? "");
        await store.dropTable(params.table as string);
      },
    }),
    route({
      method: "post",
      path: "/tables/query",
      tag: "Analytical tables",
      summary: "Runs one statement that reads",
      body: queryRequest,
      answer: queryResult,
      errors: {
        400: "not a statement that reads, or a wrong one",
        404: "no such connection",
        408: "it took too long",
        409: "the built-in ClickHouse is not there yet",
      },
      handle: async ({ body }) => {
        const store = await there(body.connection);
        try {
          const result = await store.query(body.sql, {
            rows: Math.min(body.rows ?? limits.rows, limits.rows),
            timeoutMs: limits.timeoutMs,
          });
          return { ...result, columns: [...result.columns], rows: result.rows.map((row) => [...row]) };
        } catch (error) {
          if (!(error instanceof ConnectionError) || error.code === "table.unavailable") throw error;
          throw new ApiFailure(error.code === "table.too-long" ? 408 : 400, error.code, error.words);
        }
      },
    }),
  ];
}
