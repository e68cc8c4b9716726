import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { PAGES } from "./pages.ts";

describe.each(PAGES.map((page) => ({ ...page, name: basename(page.file) })))("docs/$name", ({ file, text }) => {
  it("is what the language says of itself; `pnpm docs:expressions` writes it", () => {
    expect(readFileSync(file, "utf8")).toBe(text());
  });
});
