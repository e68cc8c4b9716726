/** What `JSON.parse` lets pass without a word: a member that stands twice in one object, of which only the last would be seen. */
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

/** At most 20 problems. `text` must be valid JSON. */
export function findDuplicateKeys(text: string): Problem[] {
  const problems: Problem[] = [];
  const open: (Set<string> | undefined)[] = [];
  let line = 1;
  for (let at = 0; at < text.length && problems.length < 20; at++) {
    const char = text[at];
    if (char === "\n") line++;
    else if (char === "{") open.push(new Set());
    else if (char === "[") open.push(undefined);
    else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (keys.has(key)) problems.push(problem("document.duplicate-key", { key, line }));
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return problems;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isKey(text: string, after: number): boolean {
  let at = after;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text[at] === ":";
}
