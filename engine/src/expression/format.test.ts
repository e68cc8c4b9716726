import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyExpression, shapeOf } from "./any-expression.testing.ts";
import { parse } from "./check.ts";
import { formatExpression } from "./format.ts";

describe("formatting", () => {
  it.each([
    ["a+b*c- -d", "a + b * c - -d"],
    ["not a=b and (c or d)", "NOT a = b AND (c OR d)"],
    ["case a when 1 then 'x' end", "CASE a WHEN 1 THEN 'x' END"],
    ["((a)) is  not null", "a IS NOT NULL"],
    ["upper ( `name` )", "UPPER(name)"],
    ["a-(b-c)", "a - (b - c)"],
    ["(a=b)=c", "(a = b) = c"],
  ])("%s", (text, formatted) => {
    expect(formatExpression(text)).toBe(formatted);
  });

  it("puts what is too long for a line on several", () => {
    const text = "page_id = 'home' and (item_type = 'sku_id' or item_type = 'promotion') and upper(channel) in ('oppo', 'xiaomi')";
    expect(formatExpression(text, 60)).toBe(
      ["page_id = 'home'", "AND (item_type = 'sku_id' OR item_type = 'promotion')", "AND UPPER(channel) IN ('oppo', 'xiaomi')"].join("\n"),
    );
    expect(formatExpression(text, 30)).toBe(
      [
        "page_id = 'home'",
        "AND (",
        "  item_type = 'sku_id'",
        "  OR item_type = 'promotion'",
        ")",
        "AND UPPER(channel) IN (",
        "  'oppo',",
        "  'xiaomi'",
        ")",
      ].join("\n"),
    );
    expect(formatExpression("case when amount > 100 then coalesce(vip, 'gold') else 'none' end", 40)).toBe(
      ["CASE", "  WHEN amount > 100 THEN COALESCE(vip, 'gold')", "  ELSE 'none'", "END"].join("\n"),
    );
  });

  it("leaves alone what it cannot write again", () => {
    expect(formatExpression("a +")).toBeUndefined();
    expect(formatExpression("a -- why\n + b")).toBeUndefined();
    expect(formatExpression("a /* why */ + b")).toBeUndefined();
    expect(formatExpression("'-- no comment'")).toBe("'-- no comment'");
  });

  it("means the same at any width, and formats once and for all", () => {
    fc.assert(
      fc.property(anyExpression(), fc.integer({ min: 1, max: 60 }), (text, width) => {
        const formatted = formatExpression(text, width) as string;
        expect(shapeOf(parse(formatted))).toEqual(shapeOf(parse(text)));
        expect(formatExpression(formatted, width)).toBe(formatted);
      }),
      { numRuns: 300 },
    );
  });
});
