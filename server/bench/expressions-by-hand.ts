/** What a person would write for the benchmark's expressions, with the same answers for NULL, overflow and rounding. */
import type { Value, Values } from "@millrace/engine/schema";

export const byHand = {
  condition(row: Values): boolean | null {
    const amount = row.amount as number | bigint | null;
    const large = amount === null ? null : amount > 100;
    if (large === false) return false;
    const page = row.page as Values | null;
    const id = page?.page_id ?? null;
    const detail = id === null ? null : id === "good_detail";
    if (detail === false) return false;
    return large === null || detail === null ? null : true;
  },

  dateFormat(row: Values): string | null {
    const at = row.at as number | null;
    return at === null ? null : new Date(at).toISOString().slice(0, 19).replace("T", " ");
  },

  /** DECIMAL(16, 2) × DECIMAL(3, 2) is DECIMAL(19, 4); all are held as whole numbers, so nothing is rounded and nothing is too large. */
  decimalMultiply(row: Values): number | bigint | null {
    const price = row.price as number | bigint | null;
    if (price === null) return null;
    if (typeof price === "number") {
      const product = price * 115;
      if (Number.isSafeInteger(product)) return product;
    }
    const exact = BigInt(price) * 115n;
    return exact >= Number.MIN_SAFE_INTEGER && exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
  },

  like(row: Values): boolean | null {
    const id = ((row.page as Values | null)?.page_id ?? null) as string | null;
    return id === null ? null : /^g.*d.d.*l$/su.test(id);
  },

  likePart(row: Values): boolean | null {
    const id = ((row.page as Values | null)?.page_id ?? null) as string | null;
    return id === null ? null : id.includes("detail");
  },

  /** NULL for what is no JSON, not there, or no single value. */
  jsonValue(row: Values): string | null {
    const text = row.extra as string | null;
    if (text === null) return null;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return null;
    }
    const item = own(parsed, "item");
    const id = own(item, "id");
    if (id === undefined || id === null || typeof id === "object") return null;
    return String(id);
  },
} satisfies Readonly<Record<string, (row: Values) => Value>>;

function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
