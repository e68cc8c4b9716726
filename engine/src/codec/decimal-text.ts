/** DECIMAL values between text and the unscaled integer that rows hold (number while safe, else bigint). Exact, rounding HALF_UP as Flink does. */

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/** The unscaled integer of a number's text at the scale; undefined when it is no number or has more digits than the precision allows. */
export function decimalFromText(text: string, precision: number, scale: number): number | bigint | undefined {
  const match = NUMBER.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (whole === "" && fraction === "") return undefined;
  if (digits === "") return 0;
  // value = digits · 10^(exponent − fraction.length); the last kept digit stands at 10^−scale.
  const shift = Number(exponent) - fraction.length + scale;
  if (digits.length + shift > precision + 1) return undefined;
  const unscaled = shift >= 0 ? BigInt(digits + "0".repeat(shift)) : roundedOff(digits, -shift);
  if (unscaled >= 10n ** BigInt(precision)) return undefined;
  return held(sign === "-" ? -unscaled : unscaled);
}

/** The digits without their last `count`, rounded away from zero at a half. */
function roundedOff(digits: string, count: number): bigint {
  if (count > digits.length) return 0n;
  const kept = digits.slice(0, digits.length - count);
  const up = (digits[digits.length - count] as string) >= "5" ? 1n : 0n;
  return BigInt(kept || "0") + up;
}

/** A whole number as rows hold it. */
export function held(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** "12.30" for 1230 at scale 2. */
export function decimalToText(unscaled: number | bigint, scale: number): string {
  const text = unscaled.toString();
  if (scale === 0) return text;
  const sign = text.startsWith("-") ? "-" : "";
  const digits = text.slice(sign.length).padStart(scale + 1, "0");
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
