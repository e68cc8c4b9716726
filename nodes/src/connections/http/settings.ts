/** What an HTTP connection can be set to, read from what people stored. */
import { ConnectionError, quote } from "../connection-error.ts";

export interface HttpSettings {
  /** Paths are below it. */
  readonly base: URL;
  /** "host" or "host:port", in small letters: the base's, and the further ones that are allowed. */
  readonly hosts: ReadonlySet<string>;
  /** Sent with each request to the base's host, and to no other. */
  readonly authorization: string | undefined;
  readonly requestsAtOnce: number;
}

export const DEFAULT_BASE = "http://localhost:8080";
const DEFAULT_AT_ONCE = 50;

type Stored = Readonly<Record<string, unknown>>;

/** Throws a `ConnectionError` for a setting that cannot be. */
export function readHttpSettings(stored: Stored): HttpSettings {
  const given = (name: string) => (Object.hasOwn(stored, name) && stored[name] !== "" ? stored[name] : undefined);
  const base = baseOf(String(given("base") ?? DEFAULT_BASE));
  const more = String(given("hosts") ?? "")
    .split(/[\s,;]+/)
    .filter((host) => host !== "");
  return {
    base,
    hosts: new Set([base.host, ...more.map(hostOf)]),
    authorization: authorizationOf(given("authorization")),
    requestsAtOnce: atOnceOf(given("requestsAtOnce")),
  };
}

function baseOf(text: string): URL {
  const base = URL.canParse(text) ? new URL(text) : undefined;
  if (!base || !isHttp(base) || base.username !== "" || base.search !== "" || base.hash !== "")
    throw badSetting(
      "base",
      text,
      'an address that begins with "http://" or "https://", without user, query and fragment',
      "以 http:// 或 https:// 开头、不含用户、查询和片段的地址",
    );
  return base;
}

export function isHttp({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

function hostOf(text: string): string {
  const url = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : undefined;
  if (url?.pathname !== "/" || url.username !== "" || url.search !== "" || url.hash !== "" || text.endsWith("/"))
    throw badSetting("hosts", text, 'hosts such as "api.example.com" or "10.0.0.5:8080"', "主机名，例如 api.example.com 或 10.0.0.5:8080");
  return url.host;
}

function authorizationOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a header has none.
  if (typeof value === "string" && !/[\u0000-\u001f\u007f-\uffff]/.test(value)) return value;
  // Not the value: it is a secret.
  throw new ConnectionError("connection.bad-setting", {
    en: "authorization: expected one line of ASCII. Enter it again.",
    zh: "authorization：应为单行 ASCII 文本。请重新输入。",
  });
}

function atOnceOf(value: unknown): number {
  const number = value === undefined ? DEFAULT_AT_ONCE : Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw badSetting("requestsAtOnce", String(value), "a whole number from 1 to 10000", "1 到 10000 的整数");
}

function badSetting(name: string, value: string, en: string, zh: string): ConnectionError {
  return new ConnectionError("connection.bad-setting", {
    en: `${name}: expected ${en}, got ${quote(value)}.`,
    zh: `${name}：应为${zh}，实际为 ${quote(value)}。`,
  });
}
