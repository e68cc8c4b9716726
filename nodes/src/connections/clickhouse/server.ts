/** A ClickHouse server of somebody's. */
import type { TableStore } from "@millrace/engine/node";
import { type Endpoint, openClickHouse } from "./index.ts";
import type { ClickHouseSettings } from "./settings.ts";

export function openClickHouseServer({ url, user, password, ...rest }: ClickHouseSettings): TableStore {
  const endpoint: Endpoint = { url, user, password };
  return openClickHouse({ ...rest, endpoint: async () => endpoint, waitsFor: () => undefined, onClose: () => undefined });
}
