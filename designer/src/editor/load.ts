/** Loads Monaco once, when the page is idle or when an editor is first shown, with the interface's language at that time. */
import type { ExpressionSupport } from "./expression-support.ts";
import type { Monaco } from "./monaco.ts";

export interface LoadedEditor {
  readonly monaco: Monaco;
  readonly support: ExpressionSupport;
}

let loading: Promise<LoadedEditor> | undefined;

export function loadMonaco(language: string): Promise<LoadedEditor> {
  loading ??= load(language).catch((error: unknown) => {
    // A failed download may succeed at the next editor that is opened.
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Fetches the editor in the background so that the first expression opens at once. */
export function loadMonacoWhenIdle(language: string): void {
  const start = () => void loadMonaco(language).catch(() => undefined);
  if (typeof requestIdleCallback === "function") requestIdleCallback(start, { timeout: 5_000 });
  else setTimeout(start, 1_500);
}

async function load(language: string): Promise<LoadedEditor> {
  // Monaco reads its words while its modules are evaluated, so they must be there before.
  if (language.startsWith("zh")) await import("monaco-editor/nls/lang/zh-cn");
  const [{ monaco }, { expressionSupport }] = await Promise.all([import("./monaco.ts"), import("./expression-support.ts")]);
  return { monaco, support: expressionSupport(monaco) };
}
