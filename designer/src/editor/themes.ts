/** Editor colours in the page's two schemes; each token has a contrast of at least 4.5 to 1 on its background. */
import type { editor } from "monaco-editor/editor/editor.api";

export const LIGHT_THEME = "millrace-light";
export const DARK_THEME = "millrace-dark";

export const THEMES: Readonly<Record<string, editor.IStandaloneThemeData>> = {
  [LIGHT_THEME]: theme("vs", "#ffffff", {
    keyword: "1864ab",
    function: "7a3e9d",
    type: "0b6e75",
    string: "2b6a1f",
    number: "a33a00",
    constant: "a33a00",
    comment: "6a6f75",
    operator: "495057",
    variable: "212529",
    parameter: "9c36b5",
  }),
  [DARK_THEME]: theme("vs-dark", "#1b1f26", {
    keyword: "74c0fc",
    function: "d0a9f5",
    type: "66d9e8",
    string: "a9e34b",
    number: "ffc078",
    constant: "ffc078",
    comment: "9aa0a6",
    operator: "ced4da",
    variable: "f1f3f5",
    parameter: "e599f7",
  }),
};

function theme(base: "vs" | "vs-dark", background: string, colors: Readonly<Record<string, string>>): editor.IStandaloneThemeData {
  return {
    base,
    inherit: true,
    rules: Object.entries(colors).map(([token, foreground]) => ({ token, foreground })),
    colors: {
      "editor.placeholder.foreground": base === "vs" ? "#5b6675" : "#9ba7b6",
      "editorLineNumber.foreground": base === "vs" ? "#5b6675" : "#9ba7b6",
      "editor.background": background,
      "editorWidget.background": base === "vs" ? "#ffffff" : "#232831",
    },
  };
}
