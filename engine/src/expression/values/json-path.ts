/** SQL/JSON paths: '$.a.b[0]', '$["a b"]', '$.*', '$[*]', after 'lax' (default) or 'strict'. Filters and functions are not part of them. */
import type { JsonObject, Value } from "../../schema/index.ts";

export interface JsonPath {
  readonly strict: boolean;
  /** True when it may find several values. */
  readonly many: boolean;
  /** What it finds; undefined when in strict mode a step does not fit. */
  find(value: Value): readonly Value[] | undefined;
}

type Step = { readonly member: string } | { readonly index: number } | { readonly all: "members" | "elements" };

const STEP =
  /\s*(?:\.\s*(?:([\p{L}_$][\p{L}\p{N}_$-]*)|"((?:[^"\\]|\\.)*)"|(\*))|\[\s*(?:(-?\d{1,9})|(\*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\])/uy;

/** Undefined when the text is no path. */
export function jsonPath(text: string): JsonPath | undefined {
  const head = /^\s*(?:(lax|strict)\s+)?\$/i.exec(text);
  if (!head) return undefined;
  const steps: Step[] = [];
  let at = head[0].length;
  while (at < text.trimEnd().length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (!match) return undefined;
    steps.push(stepOf(match));
    at = STEP.lastIndex;
  }
  const strict = head[1]?.toLowerCase() === "strict";
  return { strict, many: steps.some((step) => "all" in step), find: (value) => walk(value, steps, strict) };
}

function stepOf([, plain, quoted, members, index, elements, single, double]: RegExpExecArray): Step {
  const name = plain ?? quoted ?? single ?? double;
  if (name !== undefined) return { member: plain ?? name.replace(/\\(.)/g, "$1") };
  if (index !== undefined) return { index: Number(index) };
  return { all: members !== undefined ? "members" : elements !== undefined ? "elements" : "members" };
}

function walk(value: Value, steps: readonly Step[], strict: boolean): readonly Value[] | undefined {
  let found: readonly Value[] = [value];
  for (const step of steps) {
    const next: Value[] = [];
    for (const one of found) {
      const inside = take(one, step);
      if (inside === undefined && strict) return undefined;
      next.push(...(inside ?? []));
    }
    found = next;
  }
  return found;
}

function take(value: Value, step: Step): readonly Value[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    if ("index" in step) {
      const at = step.index < 0 ? value.length + step.index : step.index;
      return at >= 0 && at < value.length ? [value[at] as Value] : undefined;
    }
    return "all" in step ? value : undefined;
  }
  const object = value as JsonObject;
  if ("member" in step) return Object.hasOwn(object, step.member) ? [object[step.member] as Value] : undefined;
  return "all" in step && step.all === "members" ? Object.values(object) : undefined;
}
