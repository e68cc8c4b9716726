/** JSON as the plain computation reads and compares it. It shares no code with the product. */

export type Json = null | boolean | number | string | bigint | readonly Json[] | Row;
export interface Row {
  readonly [name: string]: Json | undefined;
}

/** The value of a text; whole numbers beyond 2^53 become a bigint. Undefined: it is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
      typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
        ? BigInt(context?.source as string)
        : value,
    ) as Json;
  } catch {
    return undefined;
  }
}

export function isRow(value: Json | undefined): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** With sorted members and without nulls, for comparing by value. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === "bigint") return `${member}n`;
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return withoutNulls(Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) as Row);
  });
}

export function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined));
}

/** Amounts have two decimals: in hundredths, sums of them are exact. */
export function hundredths(amount: Json | undefined): number {
  return Math.round(Number(amount ?? 0) * 100);
}

export function amount(inHundredths: number): number {
  return inHundredths / 100;
}

const HOUR = 3_600_000;

/** UTC+8, which has had no daylight saving since 1991. */
export function shanghaiText(time: number): string {
  return new Date(time + 8 * HOUR).toISOString().slice(0, 19).replace("T", " ");
}

/** `yyyyMMdd`. */
export function shanghaiDay(time: number): string {
  return shanghaiText(time).slice(0, 10).replaceAll("-", "");
}

export function fromShanghai(text: Json | undefined): number {
  return Date.parse(`${String(text).replace(" ", "T")}Z`) - 8 * HOUR;
}
