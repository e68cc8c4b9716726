/** The driver of role "table": ClickHouse over HTTP, by one client for a server of one's own and for what is built in. */
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  createClient,
  drainStream,
  type ClickHouseSettings as Settings,
} from "@clickhouse/client";
import type { AnalyticalTable, QueryResult, TableColumn, TableDescription, TableStore, Words } from "@millrace/engine/node";
import { sorted, sortedQuery } from "./errors.ts";
import { createTableStatement, literal, place, quoted, readingStatement } from "./statements.ts";

export interface Endpoint {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface ClickHouseOptions {
  /** Where it is now. Called before each request; gives the same object while nothing has changed. */
  readonly endpoint: () => Promise<Endpoint>;
  readonly waitsFor: () => Words | undefined;
  readonly database: string;
  readonly requestTimeoutMs: number;
  readonly giveUpMs: number;
  readonly onClose: () => void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Of an answer: rows are counted, but may be long. */
const MOST_RESULT_BYTES = 64 << 20;
/** Longer than the server needs to say that time is up. */
const ANSWER_MS = 2_000;

/** Dates in ISO's form, with or without zone; a NULL for a column that takes none is the column's default; no row waits for others. */
const INSERT_SETTINGS: Settings = {
  date_time_input_format: "best_effort",
  input_format_null_as_default: 1,
  input_format_defaults_for_omitted_fields: 1,
  input_format_skip_unknown_fields: 0,
  async_insert: 0,
};

const READ_SETTINGS: Settings = { output_format_json_quote_64bit_integers: 1, output_format_json_quote_decimals: 1 };

export function openClickHouse(options: ClickHouseOptions): TableStore {
  const { database, requestTimeoutMs, giveUpMs } = options;
  let opened: { readonly endpoint: Endpoint; readonly client: ClickHouseClient } | undefined;
  let isClosed = false;

  async function connect() {
    const endpoint = await options.endpoint();
    if (opened?.endpoint !== endpoint) {
      await opened?.client.close();
      const { url, user: username, password } = endpoint;
      const client = createClient({
        url,
        username,
        password,
        request_timeout: requestTimeoutMs,
        application: "millrace",
        keep_alive: { idle_socket_ttl: 2_000 },
        log: { level: ClickHouseLogLevel.OFF },
      });
      opened = { endpoint, client };
    }
    return opened;
  }

  /** Again and again while it may pass by itself, for as long as the connection's settings say. */
  async function persist<T>(what: string, work: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    const end = Date.now() + giveUpMs;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      let url = "";
      try {
        const { endpoint, client } = await connect();
        url = endpoint.url;
        return await work(client);
      } catch (error) {
        const known = sorted(error, what, url);
        if (known.code !== "table.unavailable" || isClosed || Date.now() + wait > end) throw known;
      }
      await pause(wait);
    }
  }

  async function rows<T>(client: ClickHouseClient, query: string): Promise<T[]> {
    const result = await client.query({ query, format: "JSONEachRow", clickhouse_settings: READ_SETTINGS });
    return (await result.json()) as T[];
  }

  async function tables(client: ClickHouseClient, name?: string): Promise<(StoredTable & { name: string })[]> {
    const one = name === undefined ? "" : ` AND name = ${literal(name)}`;
    return rows(
      client,
      `SELECT name, engine, total_rows, total_bytes, sorting_key, partition_key FROM system.tables WHERE database = ${literal(database)} AND NOT is_temporary${one} ORDER BY name`,
    );
  }

  return {
    listTables: () => persist("the list of tables", async (client) => (await tables(client)).map(viewOf)),
    describeTable: (name) =>
      persist(name, async (client): Promise<TableDescription | undefined> => {
        const [found] = await tables(client, name);
        if (found === undefined) return undefined;
        const columns = await rows<TableColumn>(
          client,
          `SELECT name, type FROM system.columns WHERE database = ${literal(database)} AND table = ${literal(name)} AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY position`,
        );
        return { ...viewOf(found), columns, sortKey: found.sorting_key, partitionBy: found.partition_key };
      }),
    async createTable(name, definition) {
      const query = createTableStatement(database, name, definition);
      return persist(name, async (client) => {
        if ((await tables(client, name)).length > 0) return false;
        // Of two that make it at once one is told that it is there.
        await client.command({ query }).catch((error: { code?: string }) => {
          if (error.code !== TABLE_IS_THERE) throw error;
        });
        return true;
      });
    },
    dropTable: (name) =>
      persist(name, async (client) => void (await client.command({ query: `DROP TABLE IF EXISTS ${place(database, name)} SYNC` }))),
    insert: (name, { columns, lines, token }) =>
      persist(name, async (client) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${place(database, name)} (${columns.map(quoted).join(", ")}) FORMAT JSONEachRow`,
          values: Readable.from([lines], { objectMode: false }),
          clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: token, insert_deduplicate: 1 },
        });
        await drainStream(stream);
      }),
    async query(sql, limits) {
      const { text: query, isSelect } = readingStatement(sql);
      const begun = performance.now();
      let url = "";
      try {
        const { endpoint, client } = await connect();
        url = endpoint.url;
        const abort = AbortSignal.timeout(limits.timeoutMs + ANSWER_MS);
        const result = await client.query({
          query,
          format: "JSONCompact",
          abort_signal: abort,
          clickhouse_settings: {
            ...READ_SETTINGS,
            readonly: "1",
            max_execution_time: limits.timeoutMs / 1000,
            ...(isSelect && { limit: String(limits.rows + 1) }),
            max_result_bytes: String(MOST_RESULT_BYTES),
            result_overflow_mode: "break",
          },
        });
        const { meta = [], data } = (await result.json()) as { meta?: TableColumn[]; data: unknown[][] };
        const isCut = data.length > limits.rows;
        return {
          columns: meta,
          rows: isCut ? data.slice(0, limits.rows) : data,
          isCut,
          tookMs: Math.round(performance.now() - begun),
        } satisfies QueryResult;
      } catch (error) {
        throw sortedQuery(error, url, limits.timeoutMs);
      }
    },
    ready: () => persist("its tables", async () => undefined),
    waitsFor: options.waitsFor,
    async close() {
      if (isClosed) return;
      isClosed = true;
      await opened?.client.close();
      options.onClose();
    },
  };
}

const TABLE_IS_THERE = "57";

interface StoredTable {
  readonly engine: string;
  readonly total_rows: string | null;
  readonly total_bytes: string | null;
  readonly sorting_key: string;
  readonly partition_key: string;
}

function viewOf({ name, engine, total_rows: rows, total_bytes: bytes }: StoredTable & { readonly name: string }): AnalyticalTable {
  return { name, engine, ...(rows !== null && { rows: Number(rows) }), ...(bytes !== null && { bytes: Number(bytes) }) };
}
