/** Functions of numbers. Exact numbers stay exact. */
import type { DataType, Value } from "../../schema/index.ts";
import { checkArithmetic } from "../check-operators.ts";
import { asDecimal, isApproximate, isInteger, roundedDecimal } from "../type-rules.ts";
import type { Compute, Typed } from "../typed-tree.ts";
import { decimalFromText, decimalToNumber, fit, negate, powerOfTen, rescale, truncate } from "../values/decimal.ts";
import { held, negateLong, type Whole, WRAP } from "../values/integer.ts";
import { constantNumber, DOUBLE, type FunctionDefinition, optional, param, type TypedCall } from "./define.ts";
import { roundingToUnit } from "./time-units.ts";

const value = param("number", "NUMBER");
const own = ({ types }: TypedCall): DataType => types[0] as DataType;

/** One of DOUBLE. */
function real(
  name: string,
  en: string,
  zh: string,
  example: FunctionDefinition["example"],
  compute: (x: number) => number,
): FunctionDefinition {
  return {
    name,
    group: "number",
    help: { en, zh },
    example,
    signatures: [{ params: [param("number", "DOUBLE")], returns: DOUBLE, compute: { make: () => compute } }],
  };
}

function absolute({ types }: TypedCall): Compute {
  const type = types[0] as DataType;
  if (type.type === "BIGINT") return { make: () => (x: Whole) => (x < 0 ? negateLong(x) : x) };
  if (type.type === "DECIMAL") return { make: () => (x: Whole) => (x < 0 ? negate(x) : x) };
  if (isApproximate(type)) return { make: () => (x: number) => Math.abs(x) };
  const wrap = WRAP[type.type as keyof typeof WRAP];
  return { make: () => (x: number) => wrap(Math.abs(x)) };
}

function sign({ types }: TypedCall): Compute {
  const type = types[0] as DataType;
  if (isApproximate(type)) return { make: () => (x: number) => Math.sign(x) };
  const scale = asDecimal(type).scale;
  return { make: () => (x: Whole) => rescale(x < 0 ? -1 : x > 0 ? 1 : 0, 0, scale) };
}

type Direction = "floor" | "ceil";

function whole(direction: Direction): (call: TypedCall) => Compute {
  return ({ types }) => {
    const type = types[0] as DataType;
    if (type.type === "DECIMAL") {
      const { scale } = type;
      return { make: () => (x: Whole) => wholeDecimal(x, scale, direction) };
    }
    if (isApproximate(type)) return { make: () => (x: number) => Math[direction](x) };
    return { make: () => (x: Whole) => x };
  };
}

function wholeDecimal(x: Whole, scale: number, direction: Direction): Whole {
  const down = truncate(x, scale, 0);
  if (rescale(down, 0, scale) === x) return down;
  if (direction === "floor") return x < 0 ? held(BigInt(down) - 1n) : down;
  return x > 0 ? held(BigInt(down) + 1n) : down;
}

const wholeType = ({ types }: TypedCall): DataType => {
  const type = types[0] as DataType;
  return type.type === "DECIMAL" ? { type: "DECIMAL", precision: type.precision, scale: 0 } : type;
};

function roundedType({ types, args }: TypedCall): DataType {
  const type = types[0] as DataType;
  if (type.type !== "DECIMAL") return type;
  const digits = args.length === 1 ? 0 : constantNumber(args[1]);
  return digits === undefined ? type : roundedDecimal(type, digits);
}

type Rounding = "half-up" | "truncate";

/** ROUND and TRUNCATE to some digits behind the point, or before it. */
function rounding(kind: Rounding): (call: TypedCall) => Compute {
  return (call) => {
    const type = call.types[0] as DataType;
    const to = roundedType(call);
    if (type.type === "DECIMAL" && to.type === "DECIMAL") {
      const make =
        () =>
        (x: Whole, digits: number | bigint = 0) =>
          fit(rescale(roundExact(x, type.scale, Number(digits), kind), type.scale, to.scale), to.precision);
      return { mayBeNull: "undeclared", make };
    }
    if (isInteger(type)) {
      const wrap = WRAP[type.type as keyof typeof WRAP];
      return {
        make:
          () =>
          (x: Whole, digits: number | bigint = 0) =>
            wrap(roundExact(x, 0, Number(digits), kind)),
      };
    }
    const isSingle = type.type === "FLOAT";
    return {
      make:
        () =>
        (x: number, digits: number | bigint = 0) =>
          roundReal(x, Number(digits), kind, isSingle),
    };
  };
}

/** At the same scale, with zeros behind the kept digits. */
function roundExact(x: Whole, scale: number, digits: number, kind: Rounding): Whole {
  if (digits >= scale) return x;
  if (scale - digits > 60) return 0;
  const shift = scale - digits;
  const kept = kind === "truncate" ? truncate(x, shift, 0) : rescale(x, shift, 0);
  return held(BigInt(kept) * powerOfTen(shift));
}

/** As Java's `BigDecimal.valueOf(x).setScale(digits, HALF_UP)`: by the digits that are printed. */
function roundReal(x: number, digits: number, kind: Rounding, isSingle: boolean): number {
  if (!Number.isFinite(x) || digits > 300) return x;
  const [mantissa = "", exponent = "0"] = String(x).split("e");
  const scale = Math.max((mantissa.split(".")[1]?.length ?? 0) - Number(exponent), 0);
  if (scale <= digits) return x;
  const exact = decimalFromText(String(x), 400, scale);
  if (exact === null || exact === undefined) return x;
  const rounded = decimalToNumber(roundExact(exact, scale, digits, kind), scale);
  return isSingle ? Math.fround(rounded) : rounded;
}

function rounder(
  name: string,
  kind: Rounding,
  help: FunctionDefinition["help"],
  example: FunctionDefinition["example"],
): FunctionDefinition {
  return {
    name,
    group: "number",
    help,
    example,
    signatures: [{ params: [value, optional("digits", "INTEGER")], returns: roundedType, compute: rounding(kind) }],
  };
}

function roundingUnit(name: "FLOOR" | "CEIL", en: string, zh: string, result: string): FunctionDefinition {
  const direction = name === "FLOOR" ? "floor" : "ceil";
  return {
    name,
    group: "number",
    help: { en, zh },
    example: { text: `${name}(2.5)`, result },
    signatures: [{ params: [value], returns: wholeType, compute: whole(direction) }, roundingToUnit(name, direction)],
  };
}

export const NUMBER_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "ABS",
    group: "number",
    help: { en: "The number without its sign.", zh: "绝对值。" },
    example: { text: "ABS(-3)", result: "3" },
    signatures: [{ params: [value], returns: own, compute: absolute }],
  },
  {
    name: "SIGN",
    group: "number",
    help: { en: "1, 0 or -1 for a positive number, zero or a negative number.", zh: "正数、零、负数分别为 1、0、-1。" },
    example: { text: "SIGN(-3)", result: "-1" },
    signatures: [{ params: [value], returns: own, compute: sign }],
  },
  roundingUnit("FLOOR", "The whole number at or below; of a time, the start of its unit.", "向下取整；对时间取所在单位的开始。", "2"),
  {
    ...roundingUnit(
      "CEIL",
      "The whole number at or above; of a time, the start of the next unit.",
      "向上取整；对时间取下一单位的开始。",
      "3",
    ),
    aliases: ["CEILING"],
  },
  rounder(
    "ROUND",
    "half-up",
    { en: "Rounded to some digits, half away from zero.", zh: "四舍五入到指定位数。" },
    { text: "ROUND(2.345, 2)", result: "2.35" },
  ),
  rounder(
    "TRUNCATE",
    "truncate",
    { en: "Cut off after some digits.", zh: "截断到指定位数。" },
    { text: "TRUNCATE(2.345, 2)", result: "2.34" },
  ),
  {
    name: "MOD",
    group: "number",
    help: { en: "The remainder; its sign is that of the first number.", zh: "余数；符号与第一个数相同。" },
    example: { text: "MOD(7, 3)", result: "1" },
    signatures: [
      {
        params: [value, param("divisor", "NUMBER")],
        returns: DOUBLE,
        build: ({ scope, args, range }) => checkArithmetic(scope, "%", args[0] as Typed, args[1] as Typed, range),
      },
    ],
  },
  {
    name: "POWER",
    group: "number",
    help: { en: "The first number to the power of the second.", zh: "第一个数的第二个数次幂。" },
    example: { text: "POWER(2, 10)", result: "1024.0" },
    signatures: [
      {
        params: [param("base", "DOUBLE"), param("exponent", "DOUBLE")],
        returns: DOUBLE,
        compute: {
          make:
            () =>
            (base: number, exponent: number): Value =>
              base ** exponent,
        },
      },
    ],
  },
  real("SQRT", "The square root.", "平方根。", { text: "SQRT(9)", result: "3.0" }, Math.sqrt),
  real("EXP", "e to that power.", "e 的幂。", { text: "EXP(0)", result: "1.0" }, Math.exp),
  real("LN", "The natural logarithm.", "自然对数。", { text: "LN(1)", result: "0.0" }, Math.log),
  real("LOG2", "The logarithm to base 2.", "以 2 为底的对数。", { text: "LOG2(8)", result: "3.0" }, Math.log2),
  real("LOG10", "The logarithm to base 10.", "以 10 为底的对数。", { text: "LOG10(100)", result: "2.0" }, Math.log10),
  {
    name: "LOG",
    group: "number",
    help: { en: "The logarithm, natural or to the given base.", zh: "对数，自然对数或以给定数为底。" },
    example: { text: "LOG(10, 100)", result: "2.0" },
    signatures: [
      { params: [param("number", "DOUBLE")], returns: DOUBLE, compute: { make: () => (x: number) => Math.log(x) } },
      {
        params: [param("base", "DOUBLE"), param("number", "DOUBLE")],
        returns: DOUBLE,
        compute: { make: () => (base: number, x: number) => Math.log(x) / Math.log(base) },
      },
    ],
  },
  real("SIN", "The sine.", "正弦。", { text: "SIN(0)", result: "0.0" }, Math.sin),
  real("COS", "The cosine.", "余弦。", { text: "COS(0)", result: "1.0" }, Math.cos),
  real("TAN", "The tangent.", "正切。", { text: "TAN(0)", result: "0.0" }, Math.tan),
  real("COT", "The cotangent.", "余切。", { text: "COT(1)", result: "0.6420926159343306" }, (x) => 1 / Math.tan(x)),
  real("ASIN", "The arc sine.", "反正弦。", { text: "ASIN(0)", result: "0.0" }, Math.asin),
  real("ACOS", "The arc cosine.", "反余弦。", { text: "ACOS(1)", result: "0.0" }, Math.acos),
  real("ATAN", "The arc tangent.", "反正切。", { text: "ATAN(0)", result: "0.0" }, Math.atan),
  real("SINH", "The hyperbolic sine.", "双曲正弦。", { text: "SINH(0)", result: "0.0" }, Math.sinh),
  real("COSH", "The hyperbolic cosine.", "双曲余弦。", { text: "COSH(0)", result: "1.0" }, Math.cosh),
  real("TANH", "The hyperbolic tangent.", "双曲正切。", { text: "TANH(0)", result: "0.0" }, Math.tanh),
  real("DEGREES", "Radians as degrees.", "弧度转角度。", { text: "DEGREES(0)", result: "0.0" }, (x) => x * 57.29577951308232),
  real(
    "RADIANS",
    "Degrees as radians.",
    "角度转弧度。",
    { text: "RADIANS(180)", result: "3.141592653589793" },
    (x) => x * 0.017453292519943295,
  ),
  {
    name: "ATAN2",
    group: "number",
    help: { en: "The angle of the point (x, y).", zh: "点 (x, y) 的角度。" },
    example: { text: "ATAN2(0, 1)", result: "0.0" },
    signatures: [
      {
        params: [param("y", "DOUBLE"), param("x", "DOUBLE")],
        returns: DOUBLE,
        compute: { make: () => (y: number, x: number) => Math.atan2(y, x) },
      },
    ],
  },
  ...(["PI", "E"] as const).map(
    (name): FunctionDefinition => ({
      name,
      group: "number",
      help: name === "PI" ? { en: "The number pi.", zh: "圆周率。" } : { en: "Euler's number.", zh: "自然常数 e。" },
      example: { text: `${name}()`, result: String(Math[name]) },
      signatures: [{ params: [], returns: DOUBLE, compute: { make: () => () => Math[name] } }],
    }),
  ),
  {
    name: "BIN",
    group: "number",
    help: { en: "A whole number in binary digits.", zh: "整数的二进制文本。" },
    example: { text: "BIN(4)", result: "100" },
    signatures: [
      {
        params: [param("number", "INTEGER")],
        returns: { type: "STRING" },
        compute: { make: () => (x: Whole) => BigInt.asUintN(64, BigInt(x)).toString(2) },
      },
    ],
  },
];
