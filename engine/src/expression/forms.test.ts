import { describe, expect, it } from "vitest";
import { OPERATORS } from "./forms.ts";
import { evaluate } from "./test-support.ts";

describe.each(OPERATORS)("$form", ({ example, help }) => {
  it("gives what its example says", () => {
    expect(evaluate(example.text)).toBe(example.result);
  });

  it("is explained in both languages", () => {
    expect(help.en).toMatch(/\.$/);
    expect(help.zh).toMatch(/[\u4e00-\u9fff].*。$/);
  });
});
