import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DOCS_FOLDER, pages } from "./pages.ts";

describe("docs/nodes", () => {
  it.each([...pages()])("%s is up to date (else: pnpm docs:nodes)", (file, text) => {
    const path = new URL(file, DOCS_FOLDER);
    expect(existsSync(path), `docs/nodes/${file} is there`).toBe(true);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("has no page of a node type that is gone", () => {
    expect(readdirSync(DOCS_FOLDER).sort()).toEqual([...pages().keys()].sort());
  });
});
