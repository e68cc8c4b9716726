/** The drivers behind the engine's roles, by kind and role. */
import { join } from "node:path";
import type { Millis, RoleName, Roles } from "@millrace/engine/node";
import { openBuiltInDimensions } from "./built-in-dimensions/index.ts";
import { openBuiltInTopics } from "./built-in-topics/index.ts";
import { readClickHouseSettings } from "./clickhouse/settings.ts";
import { ConnectionError, quote } from "./connection-error.ts";
import { openFileStore } from "./files/index.ts";
import { testFolder } from "./files/test-folder.ts";
import { openHttpClient } from "./http/index.ts";
import { readHttpSettings } from "./http/settings.ts";
import { type Attempt, type TestedStep, trySteps } from "./test-connection.ts";

export { copyTopics, type TopicsCopy } from "./built-in-topics/copy.ts";
export { type BuiltInTopicLog, type CommitTransaction, commitBuiltIn, openBuiltInTopics, readRecord } from "./built-in-topics/index.ts";
export { type ChdbState, chdbState, fetchChdb } from "./clickhouse/built-in/fetch-chdb.ts";
export { ConnectionError, isDiskFull } from "./connection-error.ts";
export type { TestedStep } from "./test-connection.ts";

export interface ConnectionSettings {
  readonly kind: string;
  readonly role: RoleName;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Surroundings {
  readonly dataFolder: string;
  readonly now: () => Millis;
}

export type Driver = Roles[RoleName] & { close?(): Promise<void> };

interface Kind {
  readonly open: (settings: ConnectionSettings["settings"], surroundings: Surroundings) => Promise<Driver>;
  readonly test: (attempt: Attempt, settings: ConnectionSettings["settings"], surroundings: Surroundings) => Promise<void>;
}

const TEST_TIMEOUT_MS = 10_000;
const TEST_BYTES = 10 << 20;

// Always those of the data folder, with which checkpoints commit.
const openTopics = (dataFolder: string, now: Surroundings["now"]) => openBuiltInTopics({ folder: join(dataFolder, "topics"), now });
const openDimensions = (dataFolder: string, now: Surroundings["now"]) => openBuiltInDimensions({ folder: join(dataFolder, "topics"), now });
const defaultFiles = (dataFolder: string) => join(dataFolder, "files");

// Loaded when it is needed, as Kafka's.
const builtInTables = () => import("./clickhouse/built-in/index.ts");

const DRIVERS: Readonly<Record<string, Readonly<Partial<Record<RoleName, Kind>>>>> = {
  "built-in": {
    topic: {
      open: (_settings, { dataFolder, now }) => openTopics(dataFolder, now),
      test: (attempt, _settings, { dataFolder, now }) =>
        attempt({ en: "List the topics of the data folder", zh: "列出数据文件夹中的主题" }, async () => {
          const topics = await openTopics(dataFolder, now);
          try {
            const { length } = await topics.listTopics();
            return { en: length === 1 ? "1 topic" : `${length} topics`, zh: `${length} 个主题` };
          } finally {
            await topics.close();
          }
        }),
    },
    dimension: {
      open: (_settings, { dataFolder, now }) => openDimensions(dataFolder, now),
      test: (attempt, _settings, { dataFolder, now }) =>
        attempt({ en: "List the dimension tables of the data folder", zh: "列出数据文件夹中的维表" }, async () => {
          const dimensions = await openDimensions(dataFolder, now);
          try {
            const { length } = await dimensions.listTables();
            return { en: length === 1 ? "1 table" : `${length} tables`, zh: `${length} 张维表` };
          } finally {
            await dimensions.close();
          }
        }),
    },
    table: {
      open: async (_settings, { dataFolder }) => (await builtInTables()).openBuiltInTables(dataFolder),
      test: async (attempt, _settings, { dataFolder }) => {
        const { openBuiltInTables } = await builtInTables();
        await (await import("./clickhouse/test-clickhouse.ts")).testBuiltIn(attempt, openBuiltInTables(dataFolder));
      },
    },
    files: {
      open: async (settings, { dataFolder }) => openFileStore(folderSetting(settings, "root", defaultFiles(dataFolder))),
      test: (attempt, settings, { dataFolder }) => {
        const root = folderSetting(settings, "root", defaultFiles(dataFolder));
        return testFolder(attempt, root, root === defaultFiles(dataFolder));
      },
    },
  },
  clickhouse: {
    table: {
      open: async (settings) => (await import("./clickhouse/server.ts")).openClickHouseServer(readClickHouseSettings(settings)),
      test: async (attempt, settings) => {
        await (await import("./clickhouse/test-clickhouse.ts")).testClickHouse(attempt, readClickHouseSettings(settings));
      },
    },
  },
  http: {
    http: {
      open: async (settings) => openHttpClient(readHttpSettings(settings)),
      test: async (attempt, settings) => {
        const read = readHttpSettings(settings);
        const client = openHttpClient(read);
        try {
          await attempt({ en: `Ask ${read.base.href}`, zh: `请求 ${read.base.href}` }, async () => {
            const { status } = await client.request({ method: "GET", path: "", timeoutMs: TEST_TIMEOUT_MS, mostBytes: TEST_BYTES });
            return { en: `answered with status ${status}`, zh: `应答状态码 ${status}` };
          });
        } finally {
          await client.close();
        }
      },
    },
  },
  kafka: {
    topic: {
      // Loaded when it is needed: each thread of a run would pay for it in time and memory.
      open: async (settings, { now }) => {
        const [{ openKafkaTopics }, { readSettings }] = await Promise.all([import("./kafka/index.ts"), import("./kafka/settings.ts")]);
        return openKafkaTopics({ settings: readSettings(settings), now });
      },
      test: async (attempt, settings) => {
        const [{ testKafka }, { readSettings }] = await Promise.all([import("./kafka/test-kafka.ts"), import("./kafka/settings.ts")]);
        await testKafka(attempt, readSettings(settings));
      },
    },
  },
};

/** Opens a connection. Whoever opens it closes it. Rejects with a `ConnectionError` for settings that cannot be used. */
export async function openConnection(config: ConnectionSettings, surroundings: Surroundings): Promise<Driver> {
  return kindOf(config).open(config.settings, surroundings);
}

/** Tries a connection and says what was tried, up to the first step that failed. Rejects with a `ConnectionError` for settings that cannot be used. */
export async function testConnection(config: ConnectionSettings, surroundings: Surroundings): Promise<readonly TestedStep[]> {
  const { test } = kindOf(config);
  return trySteps(async (attempt) => test(attempt, config.settings, surroundings));
}

function kindOf({ kind, role }: ConnectionSettings): Kind {
  const found = Object.hasOwn(DRIVERS, kind) ? DRIVERS[kind]?.[role] : undefined;
  if (!found) throw unknownKind(kind, role);
  return found;
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

function unknownKind(kind: string, role: RoleName): ConnectionError {
  const known = Object.keys(DRIVERS)
    .filter((one) => DRIVERS[one]?.[role] !== undefined)
    .map(quote)
    .join(", ");
  return new ConnectionError("connection.unknown-kind", {
    en: `There is no driver ${quote(kind)} for role ${quote(role)}. Known kinds: ${known}.`,
    zh: `没有用于角色 ${quote(role)} 的驱动 ${quote(kind)}。已知类型：${known}。`,
  });
}
