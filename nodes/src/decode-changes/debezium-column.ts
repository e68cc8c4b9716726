/**
 * A column's value as Debezium writes it, brought to what Maxwell has: days and moments as texts, decimals as numbers. What is known of a column stands in the schema around the payload; without
 * one, or where a value does not look like its type, it stays as it is.
 */

export interface ColumnSchema {
  /** The logical type: "io.debezium.time.Timestamp". */
  readonly name?: string | null | undefined;
  readonly parameters?: Readonly<Record<string, string>> | null | undefined;
}

const WHOLE = /^-?\d+$/;
const DAY_MS = 86_400_000n;

/** How many make a millisecond, of what counts moments or times of the day. */
const PER_MS: Readonly<Record<string, { readonly per: bigint; readonly of: "moment" | "day" }>> = {
  "io.debezium.time.Timestamp": { per: 1n, of: "moment" },
  "org.apache.kafka.connect.data.Timestamp": { per: 1n, of: "moment" },
  "io.debezium.time.MicroTimestamp": { per: 1_000n, of: "moment" },
  "io.debezium.time.NanoTimestamp": { per: 1_000_000n, of: "moment" },
  "io.debezium.time.Time": { per: 1n, of: "day" },
  "org.apache.kafka.connect.data.Time": { per: 1n, of: "day" },
  "io.debezium.time.MicroTime": { per: 1_000n, of: "day" },
  "io.debezium.time.NanoTime": { per: 1_000_000n, of: "day" },
};

/** `json`: the value in JSON, not null. Gives JSON. */
export function debeziumColumn(json: string, column: ColumnSchema | undefined): string {
  const name = column?.name ?? "";
  const counted = PER_MS[name];
  if (counted) return WHOLE.test(json) ? (timeText(BigInt(json), counted) ?? json) : json;
  switch (name) {
    case "io.debezium.time.Date":
    case "org.apache.kafka.connect.data.Date":
      return WHOLE.test(json) ? (quoted(momentText(BigInt(json) * DAY_MS)?.slice(0, 10)) ?? json) : json;
    case "org.apache.kafka.connect.data.Decimal":
      return json.startsWith('"') ? (decimalText(JSON.parse(json) as string, Number(column?.parameters?.["scale"] ?? 0)) ?? json) : json;
    case "io.debezium.data.VariableScaleDecimal": {
      const { scale, value } = JSON.parse(json) as { scale?: unknown; value?: unknown };
      return typeof value === "string" ? (decimalText(value, Number(scale ?? 0)) ?? json) : json;
    }
    case "io.debezium.data.Json":
      return json.startsWith('"') ? jsonIn(json) : json;
    case "io.debezium.data.EnumSet":
      return json.startsWith('"') ? JSON.stringify((JSON.parse(json) as string).split(",").filter((one) => one !== "")) : json;
    default:
      return json;
  }
}

function timeText(count: bigint, { per, of }: { readonly per: bigint; readonly of: "moment" | "day" }): string | undefined {
  const ms = floor(count, per);
  // "…12.34" of 120 ms and 340 µs: what is not there is not written.
  const fraction = String(count - floor(count, per * 1_000n) * per * 1_000n)
    .padStart(String(per * 1_000n).length - 1, "0")
    .replace(/0+$/, "");
  if (of === "day" && (ms < 0n || ms >= DAY_MS)) return undefined;
  const text = momentText(ms);
  return text && quoted(`${of === "day" ? text.slice(11) : text}${fraction === "" ? "" : `.${fraction}`}`);
}

/** "2021-02-22 10:00:00", of the years 0 to 9999. */
function momentText(ms: bigint): string | undefined {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return undefined;
  const text = date.toISOString();
  return text.length === 24 ? text.slice(0, 19).replace("T", " ") : undefined;
}

function floor(count: bigint, per: bigint): bigint {
  const whole = count / per;
  return count < 0n && whole * per !== count ? whole - 1n : whole;
}

function quoted(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}

/** The bytes of a whole number, the greatest first, negative ones in two's complement. */
function decimalText(base64: string, scale: number): string | undefined {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || !Number.isInteger(scale) || scale < 0 || scale > 1_000) return undefined;
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const sign = unscaled < 0n ? "-" : "";
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function jsonIn(json: string): string {
  const text = JSON.parse(json) as string;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return json;
  }
}
