/**
 * Paths into JSON as Flink reads them, after 'lax' or 'strict' (default), with the library Jayway JsonPath: `$.a['b'][0]`, `[1,2]`, `[0:2]`, `*`, `..`, filters
 * `[?(@.price < 10 && @.name)]`, and `length()`, `size()`, `keys()`. A path that names one place finds its value or fails; one that may find several always
 * finds a list.
 */

import { doubleText } from "./java-number.ts";
import { type Json, JsonNumber } from "./json-document.ts";
import { type Condition, parseCondition } from "./json-filter.ts";
import { PathReader } from "./json-path-reader.ts";

export interface JsonPath {
  readonly strict: boolean;
  /** What it finds: one value, or a list of them where it may find several; undefined when there is nothing at a step. */
  find(root: Json): Json | undefined;
}

export type Step =
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  | { readonly kind: "slice"; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: "all" }
  | { readonly kind: "scan" }
  | { readonly kind: "filter"; readonly condition: Condition }
  | { readonly kind: "function"; readonly name: string };

const MODE = /^\s*(strict|lax)\s+([\s\S]+)$/i;

/** Undefined when the text is no path. */
export function jsonPath(text: string): JsonPath | undefined {
  const [, mode = "strict", rest = text] = MODE.exec(text) ?? [];
  const steps = stepsOf(rest);
  if (!steps) return undefined;
  const strict = mode.toLowerCase() === "strict";
  // A lax path that may find several things finds none of them rather than nothing.
  const none = !strict && isIndefinite(steps) && steps.at(-1)?.kind !== "function" ? [] : undefined;
  const find = (root: Json) => {
    const found = follow(root, root, steps);
    return found === undefined ? none : found;
  };
  return { strict, find };
}

/** A path without a mode; what starts neither with $ nor with @ is read behind "$.". */
export function stepsOf(text: string): readonly Step[] | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const reader = new PathReader(/^[$@]/.test(trimmed) ? trimmed : `$.${trimmed}`);
  reader.at = 1;
  const steps: Step[] = [];
  while (!reader.isDone()) {
    const step = stepAt(reader);
    if (!step) return undefined;
    steps.push(...step);
  }
  return steps.at(-1)?.kind === "scan" ? undefined : steps;
}

function stepAt(reader: PathReader): readonly Step[] | undefined {
  reader.skipSpace();
  if (reader.take("..")) {
    if (reader.peek() === "[") return [{ kind: "scan" }];
    const next = nameAt(reader);
    return next && [{ kind: "scan" }, next];
  }
  if (reader.take(".")) {
    // "$.['a']" is "$['a']".
    if (reader.peek() === "[") return bracketAt(reader);
    const name = nameAt(reader);
    return name && [name];
  }
  return reader.peek() === "[" ? bracketAt(reader) : undefined;
}

function nameAt(reader: PathReader): Step | undefined {
  if (reader.take("*")) return { kind: "all" };
  const name = reader.match(/[^.[\](){}\s,'"?*@]+/y);
  if (name === undefined) return undefined;
  if (!reader.take("(")) return { kind: "names", names: [name] };
  reader.skipSpace();
  return reader.take(")") && FUNCTIONS.has(name) ? { kind: "function", name } : undefined;
}

const FUNCTIONS: ReadonlySet<string> = new Set(["length", "size", "keys", "min", "max", "avg", "sum", "stddev"]);

function bracketAt(reader: PathReader): readonly Step[] | undefined {
  reader.take("[");
  reader.skipSpace();
  const step = insideBracket(reader);
  reader.skipSpace();
  return step && reader.take("]") ? [step] : undefined;
}

function insideBracket(reader: PathReader): Step | undefined {
  if (reader.take("*")) return { kind: "all" };
  if (reader.peek() === "'" || reader.peek() === '"') {
    const names = reader.list(() => reader.quoted());
    return names && { kind: "names", names };
  }
  if (reader.take("?")) {
    reader.skipSpace();
    if (!reader.take("(")) return undefined;
    const condition = parseCondition(reader);
    reader.skipSpace();
    return condition && reader.take(")") ? { kind: "filter", condition } : undefined;
  }
  const slice = reader.match(/-?\d*\s*:\s*-?\d*(?=\s*\])/y);
  if (slice !== undefined) {
    const [from = "", to = ""] = slice.split(":").map((part) => part.trim());
    return { kind: "slice", from: from === "" ? undefined : Number(from), to: to === "" ? undefined : Number(to) };
  }
  const indexes = reader.list(() => {
    const digits = reader.match(/-?\d{1,9}/y);
    return digits === undefined ? undefined : Number(digits);
  });
  return indexes && { kind: "indexes", indexes };
}

/** Whether a path may find several values, so that its result is a list. Several names at its end give one object. */
function isIndefinite(steps: readonly Step[]): boolean {
  return steps.some((step, i) => {
    switch (step.kind) {
      case "names":
        return step.names.length > 1 && i < steps.length - 1;
      case "indexes":
        return step.indexes.length > 1;
      default:
        return step.kind !== "function";
    }
  });
}

export function follow(start: Json, root: Json, steps: readonly Step[]): Json | undefined {
  if (!isIndefinite(steps)) {
    let value: Json | undefined = start;
    for (const step of steps) {
      value = value === undefined ? undefined : one(value, step);
      if (value === undefined) return undefined;
    }
    return value;
  }
  let found: readonly Json[] = [start];
  // What must be there: steps before the first that may find several things.
  let isDefinite = true;
  for (const [i, step] of steps.entries()) {
    if (isDefinite && found[0] !== undefined && isMissing(found[0], step)) return undefined;
    isDefinite &&= !isIndefinite([step, END]);
    if (step.kind === "function") {
      const value = one(found, step);
      return i === steps.length - 1 ? value : undefined;
    }
    found = found.flatMap((value) => several(value, root, step));
  }
  return found;
}

const END: Step = { kind: "names", names: [""] };

/** Whether the step looks for a member or for elements where there can be none. */
function isMissing(value: Json, step: Step): boolean {
  if (step.kind === "names") return step.names.length === 1 ? memberOf(value, step.names[0] as string) === undefined : !isObject(value);
  return (step.kind === "indexes" || step.kind === "slice") && !Array.isArray(value);
}

/** The value that a step names; undefined when there is none. */
function one(value: Json, step: Step): Json | undefined {
  switch (step.kind) {
    case "names":
      return step.names.length > 1 ? several(value, value, step)[0] : memberOf(value, step.names[0] as string);
    case "indexes":
      return elementOf(value, step.indexes[0] as number);
    case "function":
      return computed(value, step.name);
    default:
      return undefined;
  }
}

function several(value: Json, root: Json, step: Step): readonly Json[] {
  switch (step.kind) {
    case "names": {
      if (step.names.length === 1) return present(memberOf(value, step.names[0] as string));
      if (!isObject(value)) return [];
      return [Object.fromEntries(step.names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name] as Json]))];
    }
    case "indexes":
      return step.indexes.flatMap((index) => present(elementOf(value, index)));
    case "slice": {
      if (!Array.isArray(value)) return [];
      return value.slice(step.from, step.to) as Json[];
    }
    case "all":
      return children(value);
    case "scan":
      return [value, ...children(value).flatMap((child) => several(child, root, step))];
    case "filter": {
      const tested: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : isObject(value) ? [value] : [];
      return tested.filter((item) => step.condition(item, root));
    }
    case "function":
      return present(computed(value, step.name));
  }
}

function present(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

function children(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return isObject(value) ? (Object.values(value) as Json[]) : [];
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

function memberOf(value: Json, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function elementOf(value: Json, index: number): Json | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as readonly Json[])[index < 0 ? value.length + index : index];
}

function computed(value: Json, name: string): Json | undefined {
  if (name === "keys") return isObject(value) ? Object.keys(value) : undefined;
  if (name !== "length" && name !== "size") return Array.isArray(value) ? statistic(value as readonly Json[], name) : undefined;
  if (Array.isArray(value)) return new JsonNumber(String(value.length));
  if (isObject(value)) return new JsonNumber(String(Object.keys(value).length));
  return typeof value === "string" && name === "length" ? new JsonNumber(String(value.length)) : undefined;
}

/** Over the numbers of an array, as a DOUBLE; undefined without any. */
function statistic(values: readonly Json[], name: string): Json | undefined {
  const numbers = values.flatMap((value) =>
    value instanceof JsonNumber ? [Number(value.text)] : typeof value === "number" ? [value] : [],
  );
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  const mean = sum / numbers.length;
  const results: Readonly<Record<string, number>> = {
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    avg: mean,
    sum,
    stddev: Math.sqrt(numbers.reduce((total, number) => total + (number - mean) ** 2, 0) / numbers.length),
  };
  return new JsonNumber(doubleText(results[name] as number));
}
