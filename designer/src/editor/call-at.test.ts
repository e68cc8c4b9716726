import { describe, expect, test } from "vitest";
import { callAt, parametersOf } from "./call-at.ts";

describe("the call at a place", () => {
  test("is the innermost open one, with the argument that is being written", () => {
    expect(callAt("SUBSTRING(page.page_id, ")).toEqual({ name: "SUBSTRING", argument: 1 });
    expect(callAt("CONCAT(a, UPPER(")).toEqual({ name: "UPPER", argument: 0 });
    expect(callAt("CONCAT(a, UPPER(b), ")).toEqual({ name: "CONCAT", argument: 2 });
  });
  test("is none before the first and after the last parenthesis", () => {
    expect([callAt("a > 1"), callAt("UPPER(a)"), callAt(")")]).toEqual([undefined, undefined, undefined]);
  });
  test("goes on over parentheses, lists and texts within an argument", () => {
    expect(callAt("IF((a + 1) > 2, ")).toEqual({ name: "IF", argument: 1 });
    expect(callAt("COALESCE(a[1, 2")).toEqual({ name: "COALESCE", argument: 0 });
    expect(callAt("REPLACE(a, ',)', ")).toEqual({ name: "REPLACE", argument: 2 });
  });
  test("is none within a text or a comment", () => {
    expect([callAt("UPPER('it''s "), callAt("UPPER(-- "), callAt("UPPER(/* ")]).toEqual([undefined, undefined, undefined]);
  });
});

test("a signature's parameters are found in its text", () => {
  const named = (signature: string) => parametersOf(signature).map(([start, end]) => signature.slice(start, end));
  expect([named("ROUND(number, [digits])"), named("CONCAT(text …)"), named("UNIX_TIMESTAMP()"), named("LOCALTIME")]).toEqual([
    ["number", "[digits]"],
    ["text …"],
    [],
    [],
  ]);
});
