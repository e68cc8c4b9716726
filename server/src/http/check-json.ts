import { ApiFailure, quote } from "./api-failure.ts";

/** Deeper than any document may be, shallow enough for recursive checks behind it. */
const MAX_DEPTH = 200;

/** Refuses what parsed JSON must not bring along: a `__proto__` member, and nesting that would overflow the stack of recursive checks. Walks without recursion. */
export function checkJson(root: unknown): void {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: "", depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth >= MAX_DEPTH) throw tooDeep(path);
    for (const key of Object.keys(value)) {
      if (key === "__proto__") throw forbidden(`${path}.${key}`);
      const inner = (value as Record<string, unknown>)[key];
      if (typeof inner === "object" && inner !== null)
        open.push({ value: inner, path: depth < 5 ? `${path}.${key}` : path, depth: depth + 1 });
    }
  }
}

function tooDeep(path: string): ApiFailure {
  return new ApiFailure(400, "too-deep", {
    en: `The body is nested more than ${MAX_DEPTH} levels deep at ${quote(`body${path}`)}. Send it flatter.`,
    zh: `请求体在 ${quote(`body${path}`)} 处嵌套超过 ${MAX_DEPTH} 层。请减少嵌套。`,
  });
}

function forbidden(path: string): ApiFailure {
  return new ApiFailure(400, "forbidden-key", {
    en: `The body has a key that is not allowed at ${quote(`body${path}`)}. Rename it.`,
    zh: `请求体在 ${quote(`body${path}`)} 处含有不允许的键名。请改名。`,
  });
}
