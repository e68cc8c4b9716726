import { RE2JS } from "re2js";

/** In RE2's dialect, which takes time linear in the text whatever the expression. `reason`: why the source is no regular expression. */
export function compileRegularExpression(source: string): { readonly compiled: RE2JS } | { readonly reason: string } {
  try {
    return { compiled: RE2JS.compile(source) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error) };
  }
}
