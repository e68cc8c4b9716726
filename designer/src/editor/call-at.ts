/** Which function's call a place of a half-written expression is in, and at which argument: what signature help shows. */

export interface CallAt {
  readonly name: string;
  /** From 0. */
  readonly argument: number;
}

/** The innermost call that is open at the end of `before`; undefined in none, and within a text or a comment. */
export function callAt(before: string): CallAt | undefined {
  const open: { name: string; argument: number }[] = [];
  const tokens = /'(?:[^']|'')*(?:'|$)|`(?:[^`]|``)*(?:`|$)|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|([A-Za-z_]\w*)\s*\(|[()[\],]/g;
  for (const match of before.matchAll(tokens)) {
    const [text, name] = match;
    if (isUnended(text) && match.index + text.length === before.length) return undefined;
    if (text.endsWith("(")) open.push({ name: name ?? "", argument: 0 });
    else if (text === "[") open.push({ name: "", argument: 0 });
    else if (text === ")" || text === "]") open.pop();
    else if (text === ",") {
      const call = open.at(-1);
      if (call) call.argument++;
    }
  }
  // Parentheses and brackets within a call's arguments belong to that argument.
  return open.findLast(({ name }) => name !== "");
}

/** Where a signature's parameters stand in its text, from 0, end exclusive: "ROUND(number, [digits])" has two. */
export function parametersOf(signature: string): [start: number, end: number][] {
  const begin = signature.indexOf("(") + 1;
  const end = signature.lastIndexOf(")");
  if (begin === 0 || end <= begin) return [];
  const parts = signature.slice(begin, end).split(",");
  let at = begin;
  return parts.map((part) => {
    const start = at + part.length - part.trimStart().length;
    at += part.length + 1;
    return [start, at - 1];
  });
}

function isUnended(text: string): boolean {
  if (text.startsWith("--")) return !text.endsWith("\n");
  if (text.startsWith("/*")) return !text.endsWith("*/") || text.length < 4;
  const quote = text[0] as string;
  return (quote === "'" || quote === "`") && (text.length === 1 || text.split(quote).length % 2 === 0);
}
