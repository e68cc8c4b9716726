import { describe, expect, it } from "vitest";
import { compilePattern, type Pattern } from "./pattern.ts";

function match(source: string, text: string) {
  const pattern = compilePattern(source);
  if ("reason" in pattern) throw new Error(pattern.reason);
  return (pattern satisfies Pattern).match(text);
}

describe("patterns", () => {
  it("give their named groups, null for one that took no part", () => {
    expect(match("(?<a>x)(?<b>y)?", "..x..")).toEqual({ a: "x", b: null });
  });

  it("take both ways of naming a group", () => {
    expect(match("(?P<a>\\d+)-(?<b>\\d+)", "12-34")).toEqual({ a: "12", b: "34" });
  });

  it("know letters beyond ASCII", () => {
    expect(match("^(?<city>\\p{Han}+)$", "北京")).toEqual({ city: "北京" });
  });

  it("say why they cannot be used", () => {
    for (const source of ["(", "(?=a)", "(?<a>.)\\1", "a{2000}"]) expect(compilePattern(source), source).toHaveProperty("reason");
  });

  it("take time linear in the text, whatever the pattern", () => {
    expect(match("^(?<all>(a|a)*)*$", `${"a".repeat(20_000)}!`)).toBeUndefined();
  });
});
