/** The drivers behind the engine's roles, by kind and role. */
import { join } from "node:path";
import type { Millis, RoleName, Roles } from "@millrace/engine/node";
import { openBuiltInTopics } from "./built-in-topics/index.ts";
import { ConnectionError, quote } from "./connection-error.ts";
import { openFileStore } from "./files/index.ts";

export { type BuiltInTopicLog, type CommitTransaction, commitBuiltIn, openBuiltInTopics, readRecord } from "./built-in-topics/index.ts";
export { ConnectionError, isDiskFull } from "./connection-error.ts";

export interface ConnectionSettings {
  /** "built-in" is all there is so far. */
  readonly kind: string;
  readonly role: RoleName;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Surroundings {
  readonly dataFolder: string;
  readonly now: () => Millis;
}

export type Driver = Roles[RoleName] & { close?(): Promise<void> };

type Open = (settings: ConnectionSettings["settings"], surroundings: Surroundings) => Promise<Driver>;

const DRIVERS: Readonly<Record<string, Readonly<Record<RoleName, Open>>>> = {
  "built-in": {
    // Always those of the data folder, with which checkpoints commit.
    topic: (_settings, { dataFolder, now }) => openBuiltInTopics({ folder: join(dataFolder, "topics"), now }),
    files: async (settings, { dataFolder }) => openFileStore(folderSetting(settings, "root", join(dataFolder, "files"))),
  },
};

/** Opens a connection. Whoever opens it closes it. Rejects with a `ConnectionError` for settings that cannot be used. */
export async function openConnection({ kind, role, settings }: ConnectionSettings, surroundings: Surroundings): Promise<Driver> {
  const open = Object.hasOwn(DRIVERS, kind) ? DRIVERS[kind]?.[role] : undefined;
  if (!open) throw unknownKind(kind, role);
  return open(settings, surroundings);
}

function folderSetting(settings: ConnectionSettings["settings"], name: string, byDefault: string): string {
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (value === undefined) return byDefault;
  if (typeof value === "string" && value !== "" && !value.includes("\0")) return value;
  throw new ConnectionError("connection.bad-setting", {
    en: `${name}: expected a folder's path, got ${quote(String(value))}. Leave it out for the one in the data folder.`,
    zh: `${name}：应为文件夹路径，实际为 ${quote(String(value))}。不填则使用数据文件夹中的默认位置。`,
  });
}

function unknownKind(kind: string, role: string): ConnectionError {
  const known = Object.keys(DRIVERS).map(quote).join(", ");
  return new ConnectionError("connection.unknown-kind", {
    en: `There is no driver ${quote(kind)} for role ${quote(role)}. Known kinds: ${known}.`,
    zh: `没有用于角色 ${quote(role)} 的驱动 ${quote(kind)}。已知类型：${known}。`,
  });
}
