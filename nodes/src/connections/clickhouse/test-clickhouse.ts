/** Tries a ClickHouse step by step: the address, the login and version, the database, what the user may do. */
import { lookup } from "node:dns/promises";
import type { TableStore, Words } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import type { Attempt } from "../test-connection.ts";
import { chdbState } from "./built-in/fetch-chdb.ts";
import { openClickHouseServer } from "./server.ts";
import type { ClickHouseSettings } from "./settings.ts";
import { literal } from "./statements.ts";

/** People wait for it. */
const GIVE_UP_MS = 3_000;
const LIMITS = { rows: 1_000, timeoutMs: 10_000 };

export async function testClickHouse(attempt: Attempt, settings: ClickHouseSettings): Promise<void> {
  const { url, user, database } = settings;
  const { hostname } = new URL(url);
  const store = openClickHouseServer({ ...settings, giveUpMs: GIVE_UP_MS });
  const first = async (sql: string) => String((await store.query(sql, LIMITS)).rows[0]?.[0] ?? "");
  try {
    await attempt({ en: `Resolve ${hostname}`, zh: `解析 ${hostname}` }, async () =>
      same((await lookup(hostname.replace(/^\[|\]$/g, ""))).address),
    );
    await attempt({ en: `Log in at ${url} as ${user}`, zh: `以 ${user} 登录 ${url}` }, async () => {
      const version = await first("SELECT version()");
      return { en: `ClickHouse ${version}`, zh: `ClickHouse ${version}` };
    });
    await attempt({ en: `Find the database ${database}`, zh: `查找数据库 ${database}` }, async () => {
      if ((await first(`SELECT count() FROM system.databases WHERE name = ${literal(database)}`)) === "0")
        throw new ConnectionError("table.refused", {
          en: `There is no database ${database} that ${user} can see. Make it, or choose another.`,
          zh: `没有 ${user} 可见的数据库 ${database}。请创建，或选择其他数据库。`,
        });
      return counted((await store.listTables()).length);
    });
    await attempt({ en: "See what the user may do", zh: "查看用户权限" }, async () => {
      const { rows } = await store.query("SHOW GRANTS", LIMITS);
      return same(rows.map(([grant]) => String(grant)).join("; "));
    });
  } finally {
    await store.close();
  }
}

/** Fetches nothing: that is asked for by a sink, or by a person. */
export async function testBuiltIn(attempt: Attempt, store: TableStore): Promise<void> {
  try {
    await attempt({ en: "Look whether ClickHouse (chDB) is there", zh: "查看 ClickHouse（chDB）是否已就绪" }, async () => {
      const { state, version, folder, words } = chdbState();
      if (words) throw new ConnectionError("table.no-build", words);
      if (state === "there") return same(`chDB ${version}, ${folder}`);
      throw new ConnectionError("table.absent", {
        en: `chDB ${version} is not there yet. It comes with the first run that needs it, or now by \`pnpm millrace install clickhouse\`.`,
        zh: `尚未安装 chDB ${version}。首个需要它的运行会自动获取，也可现在执行 \`pnpm millrace install clickhouse\`。`,
      });
    });
    await attempt({ en: "List the tables of the data folder", zh: "列出数据文件夹中的表" }, async () =>
      counted((await store.listTables()).length),
    );
  } finally {
    await store.close();
  }
}

function counted(length: number): Words {
  return { en: length === 1 ? "1 table" : `${length} tables`, zh: `${length} 张表` };
}

function same(text: string): Words {
  return { en: text, zh: text };
}
