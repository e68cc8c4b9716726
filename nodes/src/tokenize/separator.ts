import { RE2JS } from "re2js";

/** Parts a text where the separator matches; takes time linear in the text, whatever the separator. */
export type Parts = (text: string) => readonly string[];

/** `reason`: why the source is no regular expression. */
export function compileSeparator(source: string): { readonly parts: Parts } | { readonly reason: string } {
  try {
    const compiled = RE2JS.compile(source);
    return { parts: (text) => compiled.split(text, -1) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error) };
  }
}
