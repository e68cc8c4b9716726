/** Whole numbers with Java's wrap-around. A BIGINT is a number while that is exact, else a bigint; these keep it so. */
import { RowError } from "../../node/operator.ts";

export type Whole = number | bigint;

/** A whole number as rows hold it. */
export function held(value: bigint): Whole {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** As Java takes a long for an int. */
export function asInt(value: Whole): number {
  return typeof value === "number" && value === (value | 0) ? value : Number(BigInt.asIntN(32, BigInt(value)));
}

/** The bigint as a BIGINT: its last 64 bits. */
export function wrapLong(value: bigint): Whole {
  return held(BigInt.asIntN(64, value));
}

export function addLong(a: Whole, b: Whole): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    // A sum that was rounded is at least 2^53, hence not safe.
    if (Number.isSafeInteger(sum)) return sum;
  }
  return wrapLong(BigInt(a) + BigInt(b));
}

export function subtractLong(a: Whole, b: Whole): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return wrapLong(BigInt(a) - BigInt(b));
}

export function multiplyLong(a: Whole, b: Whole): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return wrapLong(BigInt(a) * BigInt(b));
}

export function divideLong(a: Whole, b: Whole): Whole {
  if (b === 0) throw divisionByZero(a);
  // a / b itself may round up to the next whole number; what the remainder leaves divides exactly.
  if (typeof a === "number" && typeof b === "number") return (a - (a % b)) / b + 0;
  return wrapLong(BigInt(a) / BigInt(b));
}

export function remainderLong(a: Whole, b: Whole): Whole {
  if (b === 0) throw divisionByZero(a);
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  return held(BigInt(a) % BigInt(b));
}

export function negateLong(a: Whole): Whole {
  return typeof a === "number" ? 0 - a : wrapLong(-a);
}

export function divideInt(a: number, b: number): number {
  if (b === 0) throw divisionByZero(a);
  return (a / b) | 0;
}

export function remainderInt(a: number, b: number): number {
  if (b === 0) throw divisionByZero(a);
  return (a % b) | 0;
}

export function divisionByZero(dividend: Whole | string): RowError {
  return new RowError("expression.division-by-zero", {
    en: `division by zero: ${dividend} / 0. Guard it, for example with NULLIF(divisor, 0).`,
    zh: `除数为零：${dividend} / 0。请加保护，例如 NULLIF(除数, 0)。`,
  });
}

/** The last bits of a whole number, as Java narrows. */
export const WRAP = {
  TINYINT: (value: Whole): number => (typeof value === "number" ? narrow(value) << 24 : Number(BigInt.asIntN(8, value)) << 24) >> 24,
  SMALLINT: (value: Whole): number => (typeof value === "number" ? narrow(value) << 16 : Number(BigInt.asIntN(16, value)) << 16) >> 16,
  INT: (value: Whole): number => (typeof value === "number" ? narrow(value) : Number(BigInt.asIntN(32, value))),
  BIGINT: (value: Whole): Whole => (typeof value === "bigint" ? wrapLong(value) : value),
} as const;

/** Safe integers keep their last 32 bits through `| 0`, which works modulo 2^32. */
function narrow(value: number): number {
  return value | 0;
}
