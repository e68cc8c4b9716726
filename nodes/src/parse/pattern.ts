import { compileRegularExpression } from "../regular-expression.ts";

/** A pattern whose groups have names. Matching takes time linear in the text, whatever the pattern. */
export interface Pattern {
  readonly groups: readonly string[];
  /** Texts of the groups by name (null for one that took no part) of the first match; undefined when there is none. */
  match(text: string): Readonly<Record<string, string | null>> | undefined;
}

export function compilePattern(source: string): Pattern | { readonly reason: string } {
  const found = compileRegularExpression(source);
  if ("reason" in found) return found;
  const { compiled } = found;
  const groups = Object.keys(compiled.namedGroups());
  return {
    groups,
    match(text) {
      const matcher = compiled.matcher(text);
      return matcher.find() ? Object.fromEntries(groups.map((name) => [name, matcher.group(name)])) : undefined;
    },
  };
}
