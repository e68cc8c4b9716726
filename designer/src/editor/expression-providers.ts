import type { languages } from "monaco-editor/editor/editor.api";
import type { ContextOf } from "./expression-support.ts";
import type { Monaco } from "./monaco.ts";

export function completionProvider(_monaco: Monaco, _contextOf: ContextOf): languages.CompletionItemProvider {
  return { provideCompletionItems: () => ({ suggestions: [] }) };
}
export function hoverProvider(_contextOf: ContextOf): languages.HoverProvider {
  return { provideHover: () => undefined };
}
export function signatureProvider(): languages.SignatureHelpProvider {
  return { provideSignatureHelp: () => undefined };
}
