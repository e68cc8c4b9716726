/** Floating-point numbers as Java prints them, for Flink's CAST to STRING does: "1.0", "1.0E10", "1.0E-5". */

export function doubleText(value: number): string {
  return layOut(value, String(Math.abs(value)));
}

export function floatText(value: number): string {
  return layOut(value, shortestSingle(Math.abs(value)));
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
