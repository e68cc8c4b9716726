/** From names to open connections: which connection an alias means, and the drivers that the server itself reads and writes. */
import type { DimensionStore, RoleName, Roles, TableStore, TopicLog } from "@millrace/engine/node";
import { connectionAliases, type PipelineDocument } from "@millrace/engine/pipeline";
import { ApiFailure, notFound, quote } from "../http/api-failure.ts";
import type { Deployment } from "../pipelines/store.ts";
import type { ConnectionConfig } from "../runs/run-host.ts";
import type { ConnectionStore } from "./store.ts";

/** Opens a driver of the config's role. */
export type OpenConnection = (config: ConnectionConfig) => Promise<Roles[RoleName] & { close?(): Promise<void> }>;

/** Drivers of one role, each opened when it is first asked for. */
interface OpenDrivers<D> {
  /** Undefined: the built-in one. Stays open; throws `ApiFailure` for a name that is none, or of another role. */
  open(connection: string | undefined): Promise<D>;
  /** Closes it, if it is open: its settings changed. */
  forget(connection: string): Promise<void>;
  close(): Promise<void>;
}

export type TopicLogs = OpenDrivers<TopicLog>;
export type DimensionStores = OpenDrivers<DimensionStore>;
export type TableStores = OpenDrivers<TableStore>;

export function createTopicLogs(store: ConnectionStore, open: OpenConnection): TopicLogs {
  return openDrivers(store, open, "topic");
}

export function createDimensionStores(store: ConnectionStore, open: OpenConnection): DimensionStores {
  return openDrivers(store, open, "dimension");
}

export function createTableStores(store: ConnectionStore, open: OpenConnection): TableStores {
  return openDrivers(store, open, "table");
}

const ROLES = {
  topic: { en: "topics", zh: "主题" },
  dimension: { en: "dimension tables", zh: "维表" },
  table: { en: "analytical tables", zh: "分析表" },
} as const;

function openDrivers<R extends keyof typeof ROLES>(store: ConnectionStore, openConnection: OpenConnection, role: R): OpenDrivers<Roles[R]> {
  const opened = new Map<string, Promise<Roles[R]>>();

  async function forget(name: string): Promise<void> {
    const driver = opened.get(name);
    opened.delete(name);
    await (await driver?.catch(() => undefined))?.close();
  }

  return {
    open(connection) {
      const name = connection ?? "";
      const known = opened.get(name);
      if (known) return known;
      const config = connection === undefined ? { kind: "built-in", role, settings: {} } : configOfRole(store, connection, role);
      const opening = openConnection(config) as Promise<Roles[R]>;
      opened.set(name, opening);
      opening.catch(() => opened.delete(name));
      return opening;
    },
    forget,
    close: async () => void (await Promise.all([...opened.keys()].map(forget))),
  };
}

function configOfRole(store: ConnectionStore, name: string, role: keyof typeof ROLES): ConnectionConfig {
  const config = store.config(name);
  if (!config) throw notFound({ en: "connection", zh: "连接" }, name);
  if (config.role === role) return config;
  throw new ApiFailure(400, "wrong-role", {
    en: `Connection ${quote(name)} is for ${config.role}, not for ${ROLES[role].en}.`,
    zh: `连接 ${quote(name)} 用于 ${config.role},不是${ROLES[role].zh}连接。`,
  });
}

/**
 * What the aliases of a document mean: what `connect` says, else the environment. Aliases that neither lists are left out: the built-in driver of their role. An environment may list
 * aliases that the document does not have, `connect` may not.
 */
export function connectionsOf(
  store: ConnectionStore,
  document: PipelineDocument,
  environment: string | undefined,
  connect: Readonly<Record<string, string>> = {},
): Record<string, ConnectionConfig> {
  const declared = connectionAliases(document);
  for (const alias of Object.keys(connect)) if (!Object.hasOwn(declared, alias)) throw noSuchAlias(alias, Object.keys(declared));
  const aliases = Object.entries({ ...environmentOf(store, environment), ...connect }).filter(([alias]) => Object.hasOwn(declared, alias));
  return Object.fromEntries(aliases.map(([alias, name]) => [alias, configOf(store, declared[alias]?.role, alias, name)]));
}

/** Name of the connection that an alias was deployed with; undefined: the built-in driver, also where the environment is gone. */
export function connectionName(store: ConnectionStore, alias: string, { environment, connect = {} }: Deployment): string | undefined {
  const named = { ...(environment === undefined ? {} : store.environment(environment)?.connections), ...connect };
  return Object.hasOwn(named, alias) ? named[alias] : undefined;
}

function environmentOf(store: ConnectionStore, name: string | undefined): Readonly<Record<string, string>> {
  if (name === undefined) return {};
  const found = store.environment(name);
  if (!found) throw notFound({ en: "environment", zh: "环境" }, name);
  return found.connections;
}

function noSuchAlias(alias: string, known: readonly string[]): ApiFailure {
  const all = known.map(quote).join(", ");
  return new ApiFailure(422, "no-such-alias", {
    en: `The pipeline has no connection alias ${quote(alias)}. ${known.length === 0 ? "It uses none." : `It has: ${all}.`}`,
    zh: `流水线没有连接别名 ${quote(alias)}。${known.length === 0 ? "它未使用别名。" : `现有别名:${all}。`}`,
  });
}

type Role = ConnectionConfig["role"];

function configOf(store: ConnectionStore, role: Role | undefined, alias: string, name: string): ConnectionConfig {
  const config = store.config(name);
  if (!config) throw notFound({ en: "connection", zh: "连接" }, name);
  if (config.role === role) return config;
  throw new ApiFailure(422, "wrong-role", {
    en: `Alias ${quote(alias)} is for ${role}, but connection ${quote(name)} is for ${config.role}. Choose another connection for it.`,
    zh: `别名 ${quote(alias)} 用于 ${role},而连接 ${quote(name)} 用于 ${config.role}。请为其选择其他连接。`,
  });
}
