/** chDB as one process has it: each request in a session of its own, as over ClickHouse's HTTP, so that no setting stays for the next. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { literal } from "../statements.ts";

/** The part of chDB 3.4 that is used here. */
interface Chdb {
  readonly Session: new (path: string) => ChdbSession;
  drainPending(): Promise<void>;
}
interface ChdbSession {
  queryAsync(sql: string, options: { readonly format: string }): Promise<{ bytes(): Uint8Array }>;
  close(): void;
}

export interface Statement {
  readonly text: string;
  readonly database: string | undefined;
  readonly settings: ReadonlyMap<string, string>;
  /** Of query parameters, `{name:Type}` in the text. */
  readonly values: ReadonlyMap<string, string>;
  readonly format: string;
}

export interface ChdbSessions {
  run(statement: Statement): Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function openChdb(modules: string, data: string): Promise<ChdbSessions> {
  const chdb = createRequire(join(modules, "package.json"))("chdb") as Chdb;
  // Keeps the engine, which ends with its last session.
  const first = new chdb.Session(data);
  await first.queryAsync("SELECT 1", { format: "Null" });
  return {
    async run({ text, database, settings, values, format }) {
      const session = new chdb.Session(data);
      const set = (pairs: readonly string[]) => session.queryAsync(`SET ${pairs.join(", ")}`, { format: "Null" });
      try {
        if (database !== undefined) await session.queryAsync(`USE \`${database.replaceAll("`", "")}\``, { format: "Null" });
        for (const [name, value] of values) await set([`param_${name} = ${literal(value)}`]);
        const before = [...settings].filter(([name]) => name !== "readonly");
        if (before.length > 0) await set(before.map(([name, value]) => `${name} = ${literal(value)}`));
        // The last one: it lets no other be set.
        const readOnly = settings.get("readonly");
        if (readOnly !== undefined && readOnly !== "0") await set([`readonly = ${literal(readOnly)}`]);
        return (await session.queryAsync(text, { format })).bytes();
      } finally {
        session.close();
      }
    },
    async close() {
      await chdb.drainPending();
      first.close();
    },
  };
}
