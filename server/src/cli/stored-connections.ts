/** Connections that a server of the data folder has stored, for commands that run without one. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createConnectionStore } from "../connections/store.ts";
import { UsageError } from "../data-folder.ts";
import { openMetadata } from "../metadata/database.ts";
import { createSecretBox } from "../metadata/secrets.ts";
import type { ConnectionConfig } from "../runs/run-host.ts";

/** Throws a `UsageError` with the names that there are. */
export function storedConnection(name: string, dataFolder: string): ConnectionConfig {
  const file = join(dataFolder, "metadata.db");
  const database = existsSync(file) ? openMetadata(file) : undefined;
  try {
    const store = database && createConnectionStore(database, createSecretBox(`${dataFolder}.key`, process.env.MILLRACE_SECRET_KEY));
    const config = store?.config(name);
    if (config) return config;
    const names = (store?.list() ?? []).map((one) => one.name);
    throw new UsageError(
      `There is no connection ${JSON.stringify(name)} in ${dataFolder}. ${names.length === 0 ? "None is stored there." : `There are: ${names.join(", ")}.`}`,
    );
  } finally {
    database?.close();
  }
}
