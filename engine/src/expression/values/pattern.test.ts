import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern } from "./pattern.ts";

function groupsOf(source: string, text: string): readonly (string | undefined)[] | undefined {
  const pattern = compilePattern(source);
  if ("fault" in pattern) throw new Error(pattern.fault);
  return pattern.exec(text, 0)?.groups;
}

describe("patterns", () => {
  it.each([
    ["a|ab", "ab", ["a"]],
    ["(a*)(b?)", "aab", ["aab", "aa", "b"]],
    ["(a+?)(a*)", "aaa", ["aaa", "a", "aa"]],
    ["a{2,3}", "aaaa", ["aaa"]],
    ["a{2}", "a", undefined],
    ["^b", "ab", undefined],
    ["(?m)^b", "a\nb", ["b"]],
    ["a$", "a\n", ["a"]],
    ["a\\z", "a\n", undefined],
    ["a.b", "a\nb", undefined],
    ["(?s)a.b", "a\nb", ["a\nb"]],
    ["(?i)AbC", "aBc", ["aBc"]],
    ["a(?i:B)c", "abc", ["abc"]],
    ["[a-e&&[^ab]]", "abcde", ["c"]],
    ["[a-c[x-z]]+", "mabzy", ["abzy"]],
    ["[\\w-]+@\\d{2}", "x-y@42", ["x-y@42"]],
    ["\\p{IsHan}+", "abc流水线", ["流水线"]],
    ["\\bcat\\b", "a cat!", ["cat"]],
    ["(\\w)\\1", "hello", ["ll", "l"]],
    ["(?<year>\\d{4})-\\k<year>", "2024-2024", ["2024-2024", "2024"]],
    ["q(?=u)", "qiqu", ["q"]],
    ["q(?!u)", "quqi", ["q"]],
    ["(?<=\\$)\\d+", "a1$23", ["23"]],
    ["(?<!\\$)\\b\\d+", "$1 23", ["23"]],
    ["(?>a+)ab", "aaab", undefined],
    ["a++a", "aaa", undefined],
    ["\\Qa.b\\E", "a.b", ["a.b"]],
    ["😀.", "😀😁", ["😀😁"]],
    ["(a|b)*", "abx", ["ab", "b"]],
    ["(a*)*b", "aab", ["aab", ""]],
    ["x*", "aaa", [""]],
  ])("%s on %j", (source, text, groups) => {
    expect(groupsOf(source, text)).toEqual(groups);
  });

  it.each([
    ["(", "an unclosed ("],
    [")", "an unmatched )"],
    ["[a", "it ends too early"],
    ["*a", "a repetition of nothing"],
    ["a{2,1}", "a wrong { }"],
    ["a{99999}", "more than 1000 repetitions"],
    ["(a{1000}){1000}", "it is too long"],
    ["[z-a]", "a wrong range"],
    ["\\y", "an unknown \\y"],
    ["\\p{Nothing}", "an unknown property Nothing"],
    ["(?x)a", "an unknown flag x"],
    ["\\2(a)", "an unknown group"],
    ["(".repeat(1_000), "nested too deep"],
  ])("%s is refused", (source, fault) => {
    expect(compilePattern(source)).toEqual({ fault });
  });

  it("fails instead of hanging on patterns that explode", () => {
    expect(() => groupsOf("(a+)+b", "a".repeat(5_000))).toThrow(
      /^the pattern "\(a\+\)\+b" takes too many steps on "a{60}…" \(5000 characters\)\. Write it without nested repetitions\.$/,
    );
  });

  it("keeps its own stack on long texts", () => {
    expect(groupsOf("(?:a|b)*c", `${"ab".repeat(200_000)}c`)?.[0]?.length).toBe(400_001);
  });

  it("finds what JavaScript's own engine finds", () => {
    const piece = fc.constantFrom(
      "a",
      "b",
      "ab",
      "(a)",
      "(a|b)",
      "[ab]",
      "[^a]",
      "a*",
      "b+",
      "a?",
      "(?:ab)*",
      "(b+?)",
      "^",
      "$",
      ".",
      "a{1,2}",
      "|",
    );
    const source = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(source, fc.stringMatching(/^[abc]{0,10}$/), (one, text) => {
        const own = groupsOf(one, text);
        const theirs = new RegExp(one).exec(text);
        expect(own?.[0]).toBe(theirs?.[0]);
      }),
      { numRuns: 500 },
    );
  });
});
