/** Compares what an expression gives here with what Flink was seen to give. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value, Values } from "../../schema/index.ts";
import type { ExpressionSettings } from "../api.ts";
import { check } from "../check.ts";
import { compile } from "../compile.ts";
import { formatType } from "../format-type.ts";
import { EXPRESSION_PROBLEM_WORDS, type ExpressionProblemCode } from "../problem-words.ts";
import { parseType } from "../types.ts";
import { formatValue, ownMember } from "../values/format-value.ts";

/** An expression without fields; its type and value in Flink, or neither where it is refused or fails. The value is null for NULL. */
export type FlinkAnswer = readonly [sql: string, type?: string, value?: string | null];

/** The zone in which each file's answers were asked. */
export const ANSWER_ZONES = {
  numbers: "UTC",
  casts: "Asia/Shanghai",
  texts: "UTC",
  times: "America/Los_Angeles",
  collections: "UTC",
  conditions: "UTC",
  json: "UTC",
  forms: "UTC",
  covering: "UTC",
} as const satisfies Readonly<Record<string, string>>;
export type AnswerFile = keyof typeof ANSWER_ZONES;

const NO_FIELDS = { type: "ROW", fields: [] } as const;
const NOW = Date.UTC(2024, 4, 31, 12, 30);

/** "flink …, here …"; undefined where both are the same. */
export function differenceTo([sql, type, value]: FlinkAnswer, timeZone: string): string | undefined {
  const settings = { timeZone };
  const { checked, problems } = check(sql, NO_FIELDS, settings);
  const words = ({ code, args }: (typeof problems)[number]) => EXPRESSION_PROBLEM_WORDS[code as ExpressionProblemCode](args).en;
  if (!checked) return type === undefined ? undefined : `flink ${shown(value)}, here refused: ${problems.map(words).join(" ")}`;
  let ours: string | null;
  try {
    ours = printed(compile(checked, settings)({}, { time: 0, now: () => NOW }), checked.dataType, settings);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    return type === undefined ? undefined : `flink ${shown(value)}, here an error: ${error.message}`;
  }
  if (type === undefined) return `flink refuses or fails, here ${shown(ours)}`;
  if (ours !== value && !isNear(value ?? null, ours, checked.dataType)) return `flink ${shown(value)}, here ${shown(ours)}`;
  return differentType(type, checked.declaredType);
}

function shown(value: string | null | undefined): string {
  return value === null || value === undefined ? "NULL" : JSON.stringify(value);
}

function differentType(expected: string, got: DataType): string | undefined {
  if (expected === "" || got.type === "NULL") return undefined;
  const read = parseType(expected);
  const flink = "problem" in read ? expected : formatType(read.dataType);
  return flink === formatType(got) ? undefined : `flink's type ${flink}, here ${formatType(got)}`;
}

/** Java's Math may be off by a unit or two in the last place. */
function isNear(a: string | null, b: string | null, { type }: DataType): boolean {
  if (a === null || b === null || type !== "DOUBLE") return false;
  return Math.abs(Number(a) - Number(b)) <= Math.abs(Number(a)) * 2 ** -51;
}

/** As the gateway prints a value: bytes as x'0a'. */
function printed(value: Value, dataType: DataType, settings: ExpressionSettings): string | null {
  if (value === null) return null;
  const inner = (part: Value, of: DataType) => printed(part, of, settings) ?? "NULL";
  switch (dataType.type) {
    case "BYTES":
    case "BINARY":
    case "VARBINARY":
      return `x'${Array.from(value as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
    case "ARRAY":
      return `[${(value as readonly Value[]).map((item) => inner(item, dataType.element)).join(", ")}]`;
    case "MAP":
      return `{${Array.from(value as ReadonlyMap<Value, Value>, ([k, v]) => `${inner(k, dataType.key)}=${inner(v, dataType.value)}`).join(", ")}}`;
    case "ROW":
      return `(${dataType.fields.map((field) => inner(ownMember(value as Values, field.name), field.dataType)).join(", ")})`;
    default:
      return formatValue(value, dataType, settings);
  }
}
