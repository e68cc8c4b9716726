/** Paths of fields as text: `page.page_id`, `items[].id`, names that need them in backticks. */
import { quoteName } from "./quote-name.ts";

const STEP = /(?:^|\.)(?:`((?:[^`]|``)+)`|([^.[\]`]+))|\.?(\[\])/y;

/** Names and "[]" for an array's elements; undefined when the text is no path. */
export function parseFieldPath(text: string): string[] | undefined {
  const path: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match) return undefined;
    const [, quoted, plain, elements] = match;
    path.push(elements ?? plain?.trim() ?? (quoted as string).replaceAll("``", "`"));
  }
  return path.length === 0 || path[0] === "[]" ? undefined : path;
}

export function formatFieldPath(path: readonly string[]): string {
  return path.map((name, i) => (name === "[]" ? name : `${i === 0 ? "" : "."}${quoteName(name)}`)).join("");
}
