/**
 * Pipeline parameters: `${name}` in a param's text stands for the value that deploy, command line, test or the user of a fragment set, or for the default. A text that is nothing
 * but `${name}` becomes the value itself, so a number stays a number. `$${` is the characters `${`.
 *
 * Within a longer text an expression stands in parentheses, so that it is one operand there, whatever operators are in it; that it is one whole expression is checked first.
 */
import { ExpressionFailure, parse, parseFieldPath } from "../expression/index.ts";
import { toMillis } from "../node/spec.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { PipelineDocument, PipelineParameter } from "./document.ts";
import { durationText } from "./document-parts.ts";
import { quote } from "./format-problems.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

export type ParameterValues = ReadonlyMap<string, ParameterValue>;

export interface ParameterValue {
  readonly value: string | number | boolean;
  /** Within a longer text. */
  readonly pasted: string;
}

/** Each parameter's value; `set` may give numbers and booleans as text, as a command line does. A value of the wrong type gives a problem, and the default. */
export function parameterValues(
  parameters: PipelineDocument["parameters"],
  set: Readonly<Record<string, unknown>>,
): { values: ParameterValues; problems: Problem[] } {
  const declared = new Map(Object.entries(parameters ?? {}));
  const values = new Map<string, ParameterValue>();
  const problems: Problem[] = [];
  const wrongType = (name: string, type: PipelineParameter["type"], got: unknown, path: readonly string[]) =>
    problems.push(problem("parameters.type", { name, expected: type, got: quote(got) }, { path }));
  for (const [name, parameter] of declared) {
    const fallback = typed(parameter.default, parameter.type);
    if (fallback === undefined) wrongType(name, parameter.type, parameter.default, ["parameters", name, "default"]);
    values.set(name, parameterValue(fallback ?? parameter.default, parameter.type));
    if (!Object.hasOwn(set, name)) continue;
    const value = typed(set[name], parameter.type);
    if (value === undefined) wrongType(name, parameter.type, set[name], ["set", name]);
    else values.set(name, parameterValue(value, parameter.type));
  }
  for (const name of Object.keys(set)) {
    if (declared.has(name)) continue;
    const suggestion = didYouMean(name, declared.keys());
    problems.push(problem("parameters.unknown", { name, ...(suggestion && { suggestion }) }, { path: ["set", name] }));
  }
  return { values, problems };
}

const PLAIN_NAME = /^[\w.`]+$/;

/** As a param has it and as a longer text has it. */
export function parameterValue(value: string | number | boolean, type: PipelineParameter["type"]): ParameterValue {
  const isOperand = (type !== "expression" && type !== "condition") || PLAIN_NAME.test(String(value));
  // The line break ends a comment that the expression may end with.
  return { value, pasted: isOperand ? String(value) : `(${value}${String(value).includes("--") ? "\n" : ""})` };
}

/** The value as its type has it; undefined where it is of another type. */
function typed(value: unknown, type: PipelineParameter["type"]): string | number | boolean | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number) ? number : undefined;
    }
    case "integer": {
      const number = typed(value, "number");
      return Number.isSafeInteger(number) ? number : undefined;
    }
    case "boolean":
      if (value === "true" || value === true) return true;
      return value === "false" || value === false ? false : undefined;
    case "duration":
      return durationText.safeParse(value).success && Number.isFinite(toMillis(value as string)) ? (value as string) : undefined;
    case "expression":
    case "condition":
      return typeof value === "string" && isExpression(value) ? value : undefined;
    case "field":
      return typeof value === "string" && parseFieldPath(value) ? value : undefined;
  }
}

function isExpression(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (error instanceof ExpressionFailure) return false;
    throw error;
  }
}

/** The params with parameters filled in; unchanged parts are the same objects. `raise` gets the path into the params. */
export function fillIn(
  params: unknown,
  values: ParameterValues,
  raise: (found: Problem) => void,
  path: readonly (string | number)[] = [],
): unknown {
  if (typeof params === "string") return params.includes("${") ? fillText(params, values, raise, path) : params;
  if (typeof params !== "object" || params === null) return params;
  if (Array.isArray(params)) {
    const filled = params.map((inner, i) => fillIn(inner, values, raise, [...path, i]));
    return filled.some((inner, i) => inner !== params[i]) ? filled : params;
  }
  let filled: Record<string, unknown> | undefined;
  for (const [name, inner] of Object.entries(params)) {
    const next = fillIn(inner, values, raise, [...path, name]);
    if (next === inner) continue;
    filled ??= { ...params };
    filled[name] = next;
  }
  return filled ?? params;
}

const PLACEHOLDER = /\$(\$?)\{([^{}]*)\}/g;
const WHOLE = /^\$\{([^{}]*)\}$/;

function fillText(text: string, values: ParameterValues, raise: (found: Problem) => void, path: readonly (string | number)[]): unknown {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined && values.has(whole)) return values.get(whole)?.value;
  return text.replace(PLACEHOLDER, (placeholder, escaped: string, name: string) => {
    if (escaped) return placeholder.slice(1);
    const value = values.get(name);
    if (value !== undefined) return value.pasted;
    const suggestion = didYouMean(name, values.keys());
    raise(problem("params.unknown-parameter", { name, ...(suggestion && { suggestion }) }, { path }));
    return placeholder;
  });
}
