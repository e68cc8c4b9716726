/** What a Kafka connection can be set to, read from what people stored. */
import { ConnectionError, quote } from "../connection-error.ts";

export interface KafkaSettings {
  /** Where the cluster is asked first; it names its brokers itself. */
  readonly brokers: readonly Address[];
  readonly clientId: string;
  readonly sasl: { readonly mechanism: SaslMechanism; readonly user: string; readonly password: string } | undefined;
  /** `ca`: PEM of the authorities that are trusted; undefined: those of Node.js. */
  readonly tls: { readonly ca: string | undefined } | undefined;
  /** How long a transaction may stay uncommitted before the broker gives it up. */
  readonly transactionTimeoutMs: number;
  /** A request that is not answered within this counts as failed. */
  readonly requestTimeoutMs: number;
  /** What fails is tried again for this long. */
  readonly giveUpMs: number;
  readonly compression: Compression;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const SASL_MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export const COMPRESSIONS = ["none", "lz4", "zstd", "snappy", "gzip"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

export const DEFAULT_BROKERS = "localhost:9092";
const DEFAULT_PORT = 9092;

type Stored = Readonly<Record<string, unknown>>;

/** Throws a `ConnectionError` for a setting that cannot be. */
export function readSettings(stored: Stored): KafkaSettings {
  const given = (name: string) => (Object.hasOwn(stored, name) && stored[name] !== "" ? stored[name] : undefined);
  const mechanism = choice("sasl", given("sasl"), ["none", ...SASL_MECHANISMS] as const, "none");
  const ca = text("ca", given("ca"));
  const tls = choice("tls", given("tls"), ["off", "on"], "off");
  return {
    brokers: addresses(text("brokers", given("brokers")) ?? DEFAULT_BROKERS),
    clientId: text("clientId", given("clientId")) ?? "millrace",
    sasl:
      mechanism === "none"
        ? undefined
        : { mechanism, user: required("user", given("user")), password: required("password", given("password")) },
    tls: tls === "on" ? { ca } : undefined,
    transactionTimeoutMs: seconds("transactionTimeout", given("transactionTimeout"), 15 * 60),
    requestTimeoutMs: seconds("requestTimeout", given("requestTimeout"), 30),
    giveUpMs: seconds("giveUp", given("giveUp"), 60),
    compression: choice("compression", given("compression"), COMPRESSIONS, "none"),
  };
}

/** "kafka1:9092, kafka2" and the like; IPv6 in brackets. */
function addresses(list: string): Address[] {
  const found = list.split(/[\s,;]+/).filter((one) => one !== "");
  if (found.length === 0) throw badSetting("brokers", list, ADDRESSES);
  return found.map((one) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\\@]+))(?::(\d{1,5}))?$/.exec(one);
    const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
    if (!match || port < 1 || port > 65_535) throw badSetting("brokers", one, ADDRESSES);
    return { host: (match[1] ?? match[2]) as string, port };
  });
}

const ADDRESSES = { en: 'hosts with ports, for example "kafka1:9092, kafka2:9092"', zh: '主机与端口，例如 "kafka1:9092, kafka2:9092"' };

function text(name: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && !value.includes("\0"))) return value;
  throw badSetting(name, value, { en: "a text", zh: "文本" });
}

function required(name: string, value: unknown): string {
  const found = text(name, value);
  if (found === undefined) throw badSetting(name, "", { en: `a text, because "sasl" is set`, zh: `文本，因为已设置 "sasl"` });
  return found;
}

function choice<T extends string>(name: string, value: unknown, options: readonly T[], byDefault: T): T {
  if (value === undefined) return byDefault;
  const found = options.find((one) => one === value);
  if (found !== undefined) return found;
  const list = options.map(quote).join(", ");
  throw badSetting(name, value, { en: `one of ${list}`, zh: `以下之一：${list}` });
}

function seconds(name: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault * 1_000;
  const number = typeof value === "string" ? Number(value) : value;
  if (typeof number === "number" && number > 0 && number * 1_000 <= 0x7fff_ffff) return Math.ceil(number * 1_000);
  throw badSetting(name, value, { en: "a number of seconds above 0", zh: "大于 0 的秒数" });
}

function badSetting(name: string, value: unknown, expected: { readonly en: string; readonly zh: string }): ConnectionError {
  // A secret must not come back in a message.
  const got = name === "password" ? "" : quote(String(value));
  return new ConnectionError("connection.bad-setting", {
    en: `${name}: expected ${expected.en}${got && `, got ${got}`}.`,
    zh: `${name}：应为${expected.zh}${got && `，实际为 ${got}`}。`,
  });
}
