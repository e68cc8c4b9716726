/** Floating-point numbers as Java prints them, for Flink's CAST to STRING does: "1.0", "1.0E10", "1.0E-5". */

export function doubleText(value: number): string {
  return layOut(value, wholeDigits(Math.abs(value), 53) ?? String(Math.abs(value)));
}

export function floatText(value: number): string {
  return layOut(value, wholeDigits(Math.abs(value), 24) ?? shortestSingle(Math.abs(value)));
}

/**
 * Up to version 18, Java prints whole numbers below 2^62 not by the shortest digits that read back, but exactly, without those that the type's bits
 * cannot tell apart (`jdk.internal.math.FloatingDecimal`). Flink runs on such versions.
 */
function wholeDigits(value: number, bits: number): string | undefined {
  if (!Number.isInteger(value) || value < 1e7 || value >= 2 ** 62) return undefined;
  const exponent = BigInt(value).toString(2).length - 1;
  // How many decimal digits 2^n is sure to cover.
  const dropped = Math.floor(Math.max(exponent - bits - 1, 0) * Math.log10(2));
  if (dropped === 0) return BigInt(value).toString();
  const power = 10n ** BigInt(dropped);
  const [kept, rest] = [BigInt(value) / power, BigInt(value) % power];
  return ((rest * 2n >= power ? kept + 1n : kept) * power).toString();
}

/** The shortest digits that read back as the same single-precision number. */
function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function layOut(value: number, magnitude: string): string {
  if (Number.isNaN(value)) return "NaN";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  if (value === 0) return `${sign}0.0`;
  const [mantissa = "", exponentText = "0"] = magnitude.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const all = whole + fraction;
  const digits = all.replace(/^0+/, "").replace(/0+$/, "");
  // value = 0.digits · 10^point
  const point = whole.length + Number(exponentText) - (all.length - all.replace(/^0+/, "").length);
  if (point > -3 && point <= 7) {
    if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
    const padded = digits.padEnd(point, "0");
    return `${sign}${padded.slice(0, point)}.${padded.slice(point) || "0"}`;
  }
  return `${sign}${digits[0]}.${digits.slice(1) || "0"}E${point - 1}`;
}
