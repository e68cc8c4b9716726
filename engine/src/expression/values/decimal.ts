/**
 * DECIMAL arithmetic on unscaled whole numbers (12.34 with scale 2 is 1234), rounded HALF_UP. What does not fit the precision is NULL, as Flink's
 * `DecimalDataUtils` has it; division by zero is a row error.
 */
import { divisionByZero, held, type Whole } from "./integer.ts";

const POWERS: bigint[] = Array.from({ length: 120 }, (_, i) => 10n ** BigInt(i));
/** Powers of ten that a number holds exactly and that keep products checkable. */
const SMALL_POWERS: number[] = Array.from({ length: 16 }, (_, i) => 10 ** i);

export function powerOfTen(exponent: number): bigint {
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/** The value at another scale, rounded HALF_UP where digits go; not checked against a precision. */
export function rescale(value: Whole, from: number, to: number): Whole {
  if (from === to) return value;
  if (to > from) {
    const power = SMALL_POWERS[to - from];
    if (typeof value === "number" && power !== undefined) {
      const product = value * power;
      if (Number.isSafeInteger(product)) return product;
    }
    return held(BigInt(value) * powerOfTen(to - from));
  }
  return held(divideHalfUp(BigInt(value), powerOfTen(from - to)));
}

/** Digits behind the new scale are cut off. */
export function truncate(value: Whole, from: number, to: number): Whole {
  return to >= from ? rescale(value, from, to) : held(BigInt(value) / powerOfTen(from - to));
}

export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  const twice = (remainder < 0n ? -remainder : remainder) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** Null when it has more digits than the precision allows. */
export function fit(value: Whole, precision: number): Whole | null {
  const small = SMALL_POWERS[precision];
  if (typeof value === "number") return small === undefined || (value < small && value > -small) ? value : null;
  if (small !== undefined) return null;
  const limit = powerOfTen(precision);
  return value < limit && value > -limit ? value : null;
}

interface Shape {
  readonly precision: number;
  readonly scale: number;
}
type DecimalOperation = (a: Whole, b: Whole) => Whole | null;

export function decimalOperation(operator: "+" | "-" | "*" | "/" | "%", left: Shape, right: Shape, result: Shape): DecimalOperation {
  const scale = Math.max(left.scale, right.scale);
  const finish = (value: Whole, from: number) => fit(rescale(value, from, result.scale), result.precision);
  switch (operator) {
    case "+":
      return (a, b) => finish(add(rescale(a, left.scale, scale), rescale(b, right.scale, scale)), scale);
    case "-":
      return (a, b) => finish(add(rescale(a, left.scale, scale), negate(rescale(b, right.scale, scale))), scale);
    case "*":
      return (a, b) => finish(multiply(a, b), left.scale + right.scale);
    case "/":
      // Flink's `DecimalDataUtils.divide`: the quotient at the result's scale.
      return (a, b) => {
        if (b === 0) throw divisionByZero(decimalText(a, left.scale));
        const shift = result.scale + right.scale - left.scale;
        const dividend = BigInt(a) * powerOfTen(Math.max(shift, 0));
        const divisor = BigInt(b) * powerOfTen(Math.max(-shift, 0));
        return fit(held(divideHalfUp(dividend, divisor)), result.precision);
      };
    case "%":
      return (a, b) => {
        if (b === 0) throw divisionByZero(decimalText(a, left.scale));
        return finish(held(BigInt(rescale(a, left.scale, scale)) % BigInt(rescale(b, right.scale, scale))), scale);
      };
  }
}

/** The sum of two DECIMAL(38, s) of one scale; null when it has more digits. */
export function addDecimal(a: Whole, b: Whole): Whole | null {
  return fit(add(a, b), 38);
}

function add(a: Whole, b: Whole): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return held(BigInt(a) + BigInt(b));
}

function multiply(a: Whole, b: Whole): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return held(BigInt(a) * BigInt(b));
}

export function negate(value: Whole): Whole {
  return typeof value === "number" ? 0 - value : held(-value);
}

export function decimalToNumber(value: Whole, scale: number): number {
  if (scale === 0) return Number(value);
  const power = SMALL_POWERS[scale];
  // Correctly rounded: both are exact and there is one division.
  if (typeof value === "number" && power !== undefined) return value / power;
  return Number(decimalText(value, scale));
}

/** "12.30" for 1230 at scale 2. */
export function decimalText(unscaled: Whole, scale: number): string {
  const text = unscaled.toString();
  if (scale === 0) return text;
  const sign = text.startsWith("-") ? "-" : "";
  const digits = text.slice(sign.length).padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** The unscaled number of a text; undefined: it is no number; null: it does not fit the precision. */
export function decimalFromText(text: string, precision: number, scale: number): Whole | null | undefined {
  const match = NUMBER.exec(text.trim());
  const [, sign, whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (whole === "" && fraction === "") return undefined;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0;
  const shift = Number(exponent) - fraction.length + scale;
  if (digits.length + shift > precision + 1) return null;
  if (digits.length + shift < 0) return 0;
  const magnitude = shift >= 0 ? BigInt(digits) * powerOfTen(shift) : divideHalfUp(BigInt(digits), powerOfTen(-shift));
  return fit(held(sign === "-" ? -magnitude : magnitude), precision);
}
