/**
 * What zod says of a document or of a node's params, as `Problem`s: the place, what was expected, the value that stood there and what to try.
 *
 * A `refine` in a spec says what it expects in both languages: `.refine(isEven, { params: { expected: { en: "an even number", zh: "偶数" } } })`.
 */
import type { z } from "zod";
import type { ParamMeta } from "../node/spec.ts";
import { didYouMean } from "./did-you-mean.ts";
import { ID, PARAMETER_NAME, PORT_REF } from "./document.ts";
import { EXPECTED_WORDS, type Expected } from "./expected-words.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";
import { valueAt } from "./value-at.ts";
import { knownKeys, metaAt } from "./zod-paths.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** One problem for each issue, at `base` and the issue's own path. `input` is what was parsed. */
export function formatProblems(schema: z.ZodType, input: unknown, issues: readonly Issue[], base: Path = []): Problem[] {
  return issues.slice(0, MAX_PROBLEMS).flatMap((issue) => one(schema, input, issue, base));
}

/** What more would not help anybody, and an attacker could use. */
const MAX_PROBLEMS = 100;

function one(schema: z.ZodType, input: unknown, issue: Issue, base: Path): Problem[] {
  const inner = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const path = [...base, ...inner];
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, inner, input);
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => {
      const suggestion = didYouMean(key, known);
      return problem("format.unknown-member", { member: key, known, ...(suggestion && { suggestion }) }, { path: [...path, key] });
    });
  }
  if (issue.code === "invalid_key") {
    const nested = issue.issues[0];
    const key = String(inner.at(-1));
    return [problem("format.key", { ...expectation(nested, undefined), got: quote(key) }, { path })];
  }
  const meta = metaAt(schema, inner);
  const got = quote(valueAt(input, inner));
  return [problem("format.expected", { ...expectation(issue, meta), got, examples: examplesFor(issue, meta) }, { path })];
}

type Expectation = { expected: Expected | "one-of" | "words" } & Record<string, string | number | readonly string[]>;

function expectation(issue: Issue | undefined, meta: ParamMeta | undefined): Expectation {
  if (!issue) return { expected: "valid" };
  switch (issue.code) {
    case "invalid_type":
      return meta?.kind === "duration" ? { expected: "duration" } : { expected: typeName(issue.expected) };
    case "invalid_value":
      return { expected: "one-of", values: issue.values.map((value) => JSON.stringify(value) ?? String(value)) };
    case "too_small":
      return bound(issue.origin, "atLeast", Number(issue.minimum), issue.inclusive ?? true);
    case "too_big":
      return bound(issue.origin, "atMost", Number(issue.maximum), issue.inclusive ?? true);
    case "invalid_format":
      return { expected: formatName(issue, meta) };
    case "invalid_union":
      return union(issue, meta);
    case "custom":
      return custom(issue, meta);
    default:
      return { expected: "valid" };
  }
}

/** The options' expectations, joined by "or"; with a discriminator, its values. */
function union(issue: Extract<Issue, { code: "invalid_union" }>, meta: ParamMeta | undefined): Expectation {
  const discriminated = issue as unknown as { options?: readonly unknown[] };
  if (discriminated.options)
    return { expected: "one-of", values: discriminated.options.map((value) => JSON.stringify(value) ?? String(value)) };
  // An option that fails deeper inside had the right outer type: what it says is what the person needs, but only its place would explain it.
  const outer = issue.errors.map((issues) => issues.find(({ path }) => path.length === 0)).filter((one) => one !== undefined);
  const values = new Set<string>();
  const kinds = new Set<Expected>();
  for (const option of outer) {
    const wanted = expectation(option, meta);
    if (wanted.expected === "one-of") for (const value of wanted["values"] as readonly string[]) values.add(value);
    else if (wanted.expected in EXPECTED_WORDS) kinds.add(wanted.expected as Expected);
  }
  if (values.size === 0 && kinds.size === 1) return { expected: [...kinds][0] as Expected };
  if (values.size + kinds.size === 0) return { expected: "valid" };
  return { expected: "one-of", values: [...values], kinds: [...kinds] };
}

function custom(issue: Extract<Issue, { code: "custom" }>, meta: ParamMeta | undefined): Expectation {
  const said = issue.params?.["expected"] as { en?: unknown; zh?: unknown } | undefined;
  if (typeof said?.en === "string" && typeof said.zh === "string") return { expected: "words", en: said.en, zh: said.zh };
  if (meta?.kind === "duration") return { expected: "duration-above-zero" };
  if (issue.message && issue.message !== "Invalid input") return { expected: "words", en: issue.message, zh: issue.message };
  return { expected: "valid" };
}

function bound(origin: string, side: "atLeast" | "atMost", limit: number, inclusive: boolean): Expectation {
  if (side === "atLeast" && limit === 1 && origin === "string") return { expected: "non-empty" };
  if (side === "atLeast" && limit === 1 && origin === "array") return { expected: "non-empty-list" };
  const of = origin === "string" ? "string" : origin === "array" || origin === "set" ? "array" : "number";
  return { expected: of, [inclusive ? side : side === "atLeast" ? "above" : "below"]: limit };
}

function typeName(expected: string): Expected {
  if (expected === "record" || expected === "map") return "object";
  return expected in EXPECTED_WORDS ? (expected as Expected) : "valid";
}

function formatName(issue: Extract<Issue, { code: "invalid_format" }>, meta: ParamMeta | undefined): Expected {
  const pattern = "pattern" in issue ? String(issue.pattern) : "";
  if (meta?.kind === "duration" || pattern.includes("minutes")) return "duration";
  return FORMATS[pattern] ?? "valid";
}

/** By the source of the expression that zod tested. */
const FORMATS: Readonly<Record<string, Expected>> = {
  [String(ID)]: "id",
  [String(PORT_REF)]: "port-ref",
  [String(PARAMETER_NAME)]: "parameter-name",
};

function examplesFor(issue: Issue, meta: ParamMeta | undefined): readonly string[] {
  if (meta?.examples?.length) return meta.examples.map((example) => JSON.stringify(example));
  const isDuration = expectation(issue, meta).expected;
  return isDuration === "duration" || isDuration === "duration-above-zero" ? ['"10 s"', '"1 min"'] : [];
}

/** A value as a person would write it, at most 80 characters; "" stands for a value that is not there. */
export function quote(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return shorten(JSON.stringify(value.slice(0, 200)));
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[… ${value.length}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.keys(value)
      .slice(0, 5)
      .map((key) => shorten(key, 20))
      .join(", ")}}`;
  return shorten(String(value));
}

function shorten(text: string, length = 80): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
