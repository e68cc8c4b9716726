/** The connections of one run (or of the server's own use): built-in topics always, others as the aliases say. */
import { join } from "node:path";
import type { Roles } from "@millrace/engine/node";
import type { TypedNode } from "@millrace/engine/pipeline";
import { type BuiltInTopicLog, openBuiltInTopics, openConnection } from "@millrace/nodes/connections";
import type { ConnectionConfig } from "../runs/run-host.ts";

type Driver = Roles[keyof Roles] & { close?(): Promise<void> };

export interface Connections {
  /** The data folder's own topics, where checkpoints count. */
  readonly topics: BuiltInTopicLog;
  /** What a node's alias means; undefined for nodes that need none. */
  of(node: TypedNode): Driver | undefined;
  close(): Promise<void>;
}

/** Opens the built-in topics and every connection that the aliases name. `isRunsThread`: only a run reads and writes with them, in a thread of its own. */
export async function openConnections(
  dataFolder: string,
  aliases: Readonly<Record<string, ConnectionConfig>>,
  isRunsThread = false,
): Promise<Connections> {
  const topics = await openTopics(dataFolder, isRunsThread);
  const opened = new Map<string, Driver>();
  const byRole = new Map<keyof Roles, Driver>([["topic", topics]]);
  try {
    for (const role of ["files", "dimension", "table"] as const)
      byRole.set(role, await openBuiltIn(dataFolder, { kind: "built-in", role, settings: {} }));
    for (const [alias, config] of Object.entries(aliases)) opened.set(alias, await openBuiltIn(dataFolder, config));
  } catch (error) {
    await closeAll();
    throw error;
  }
  async function closeAll(): Promise<void> {
    for (const driver of [...opened.values(), ...byRole.values()]) await driver.close?.();
  }
  return {
    topics,
    of(node) {
      const role = node.spec.connection;
      if (role === undefined) return undefined;
      const alias = node.params.connection;
      return (typeof alias === "string" ? opened.get(alias) : undefined) ?? byRole.get(role);
    },
    close: closeAll,
  };
}

/** The data folder's own topics. */
export function openTopics(dataFolder: string, isRunsThread = false): Promise<BuiltInTopicLog> {
  return openBuiltInTopics({ folder: join(dataFolder, "topics"), now: Date.now, isRunsThread });
}

/** Opens a driver by its settings. */
export function openBuiltIn(dataFolder: string, config: ConnectionConfig): Promise<Driver> {
  return openConnection(config, { dataFolder, now: Date.now });
}
