/** What a ClickHouse connection can be set to, read from what people stored. */
import { ConnectionError, quote } from "../connection-error.ts";

export interface ClickHouseSettings {
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** A request that is not answered within this counts as failed. */
  readonly requestTimeoutMs: number;
  /** What may pass by itself is tried again for this long. */
  readonly giveUpMs: number;
}

export const DEFAULT_URL = "http://localhost:8123";
export const DEFAULT_DATABASE = "default";
const DEFAULT_USER = "default";
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
export const DEFAULT_GIVE_UP_MS = 30_000;

type Stored = Readonly<Record<string, unknown>>;

/** Throws a `ConnectionError` for a setting that cannot be. */
export function readClickHouseSettings(stored: Stored): ClickHouseSettings {
  const given = (name: string) => (Object.hasOwn(stored, name) && stored[name] !== "" ? stored[name] : undefined);
  return {
    url: urlOf(String(given("url") ?? DEFAULT_URL)),
    database: databaseOf(String(given("database") ?? DEFAULT_DATABASE)),
    user: String(given("user") ?? DEFAULT_USER),
    password: String(given("password") ?? ""),
    requestTimeoutMs: secondsOf("requestTimeout", given("requestTimeout"), DEFAULT_REQUEST_TIMEOUT_MS),
    giveUpMs: secondsOf("giveUp", given("giveUp"), DEFAULT_GIVE_UP_MS),
  };
}

function urlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.search === "" && url.hash === "") return url.href;
  throw badSetting(
    "url",
    text,
    `an address that begins with "http://" or "https://", without user, query and fragment, as "${DEFAULT_URL}"`,
    `以 http:// 或 https:// 开头、不含用户、查询和片段的地址，例如 ${DEFAULT_URL}`,
  );
}

function databaseOf(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text)) return text;
  throw badSetting(
    "database",
    text,
    "a letter or underscore, then letters, digits and underscores",
    "以字母或下划线开头，其后为字母、数字或下划线",
  );
}

function secondsOf(name: string, value: unknown, byDefaultMs: number): number {
  if (value === undefined) return byDefaultMs;
  const seconds = Number(value);
  if (seconds > 0 && seconds <= 3_600) return seconds * 1_000;
  throw badSetting(name, String(value), "seconds, from above 0 to 3600", "秒数，大于 0 且不超过 3600");
}

function badSetting(name: string, value: string, en: string, zh: string): ConnectionError {
  return new ConnectionError("connection.bad-setting", {
    en: `${name}: expected ${en}, got ${quote(value)}.`,
    zh: `${name}：应为${zh}，实际为 ${quote(value)}。`,
  });
}
