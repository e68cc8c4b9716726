/** The data folder's own ClickHouse, as a driver: fetched and started when it is first asked. */
import { join } from "node:path";
import type { TableStore } from "@millrace/engine/node";
import { type Endpoint, openClickHouse } from "../index.ts";
import { DEFAULT_DATABASE, DEFAULT_GIVE_UP_MS, DEFAULT_REQUEST_TIMEOUT_MS } from "../settings.ts";
import { DOOR_USER, type DoorAddress } from "./door-files.ts";
import { chdbState, fetchChdb, fetchingWords } from "./fetch-chdb.ts";
import { createDoorFinder } from "./find-door.ts";

export function builtInTablesFolder(dataFolder: string): string {
  return join(dataFolder, "clickhouse");
}

export function openBuiltInTables(dataFolder: string): TableStore {
  const finder = createDoorFinder(builtInTablesFolder(dataFolder), () => fetchChdb());
  let known: { readonly door: DoorAddress; readonly endpoint: Endpoint } | undefined;
  return openClickHouse({
    async endpoint() {
      const door = await finder.find();
      if (known?.door !== door) known = { door, endpoint: { url: `http://127.0.0.1:${door.port}`, user: DOOR_USER, password: door.token } };
      return known.endpoint;
    },
    waitsFor() {
      if (known !== undefined) return undefined;
      const state = chdbState();
      if (state.state === "fetching" || state.state === "absent") return fetchingWords(state);
      return { en: "the built-in ClickHouse is being started", zh: "正在启动内置 ClickHouse" };
    },
    database: DEFAULT_DATABASE,
    requestTimeoutMs: DEFAULT_REQUEST_TIMEOUT_MS,
    giveUpMs: DEFAULT_GIVE_UP_MS,
    onClose: () => finder.close(),
  });
}
