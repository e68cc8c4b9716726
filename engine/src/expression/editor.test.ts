import { describe, expect, it } from "vitest";
import { check } from "./check.ts";
import { describeAt } from "./describe-at.ts";
import { fixesOf } from "./fixes.ts";
import { formatType } from "./format-type.ts";
import { OPERATORS } from "./forms.ts";
import { allFunctionHelp } from "./help.ts";
import { signatureAt } from "./signature-at.ts";
import { SETTINGS, schemaOf } from "./test-support.ts";

const FIELDS =
  "amount DECIMAL(10, 2), page ROW<page_id STRING, item ROW<id BIGINT>>, tags ARRAY<STRING>, ts TIMESTAMP_LTZ(3), n INT NOT NULL";
const place = { schema: schemaOf(FIELDS), settings: SETTINGS };

/** The text has ‸ where the pointer is. */
function at(marked: string) {
  const offset = marked.indexOf("‸");
  return { text: marked.replace("‸", ""), offset };
}

function described(marked: string, of: Parameters<typeof describeAt>[2] = place) {
  const { text, offset } = at(marked);
  const found = describeAt(text, offset, of);
  return (
    found && {
      part: text.slice(found.range.start, found.range.end),
      type: found.dataType && formatType(found.dataType),
      constant: found.constant,
      path: found.path?.join("."),
      help: found.help?.signatures[0],
    }
  );
}

describe("what stands at a place", () => {
  it.each([
    ["am‸ount > 100", { part: "amount", type: "DECIMAL(10, 2)", path: "amount" }],
    ["pa‸ge.page_id = 'x'", { part: "page", path: "page", type: "ROW<page_id STRING, item ROW<id BIGINT>>" }],
    ["page.item.i‸d + 1", { part: "page.item.id", path: "page.item.id", type: "BIGINT" }],
    ["tags[1‸]", { part: "1", type: "INT NOT NULL", constant: "1" }],
    ["tags[1]‸", { part: "tags[1]", path: "tags.[]", type: "STRING" }],
    ["amount *‸ 2", { part: "amount * 2", type: "DECIMAL(21, 2)", help: "a * b, a / b, a % b" }],
    ["UPP‸ER(page.page_id)", { part: "UPPER(page.page_id)", type: "STRING", help: "UPPER(text)" }],
    ["page.page_id = UPP‸ER('a')", { part: "UPPER('a')", type: "CHAR(1) NOT NULL", constant: "A" }],
    ["EXTRACT(HO‸UR FROM ts)", { part: "EXTRACT(HOUR FROM ts)", type: "BIGINT" }],
    ["CURRENT_‸DATE", { part: "CURRENT_DATE", help: "CURRENT_DATE", type: "DATE NOT NULL" }],
    ["amount BETWEEN 1 ‸AND 2", { part: "amount BETWEEN 1 AND 2", type: "BOOLEAN", help: "a [NOT] BETWEEN [SYMMETRIC] b AND c" }],
    ["JSON_OBJECT('a' VALUE JSON(pa‸ge.page_id))", { part: "page", path: "page" }],
  ])("%s", (text, expected) => {
    expect(described(text)).toMatchObject(expected);
  });

  it("is typed although something else is wrong", () => {
    expect(described("nothing + am‸ount")).toMatchObject({ part: "amount", type: "DECIMAL(10, 2)" });
  });

  it("has no type where it is wrong itself", () => {
    expect(described("noth‸ing + 1")).toMatchObject({ part: "nothing", type: undefined, path: undefined });
  });

  it("is found in a text that is not finished", () => {
    expect(described("page.item.i‸d + ")).toMatchObject({ part: "id", path: "page.item.id", type: "BIGINT" });
    expect(described("UPP‸ER(page.")).toMatchObject({ part: "UPPER", type: undefined, help: "UPPER(text)" });
    expect(described("+ ‸+")).toBeUndefined();
    expect(described("am‸ount = 'x")).toMatchObject({ path: "amount" });
  });

  it("is the group's field beside aggregates and the rows' field within them", () => {
    const groups = { ...place, groups: schemaOf("n STRING") };
    expect(described("SUM(n‸) + 1", groups)).toMatchObject({ part: "n", type: "INT NOT NULL" });
    expect(described("n‸ || 'x'", groups)).toMatchObject({ part: "n", type: "STRING" });
    expect(described("SU‸M(n)", groups)).toMatchObject({ type: "INT NOT NULL", help: "SUM(number)" });
    expect(described("SU‸M(n)")).toMatchObject({ type: undefined });
  });

  it("has words for every operator and form", () => {
    const known = new Set(OPERATORS.map(({ form, example }) => [form, example.text] as const));
    const without = [...known].filter(([, text]) => {
      const found = new Set(Array.from({ length: text.length + 1 }, (_, offset) => describeAt(text, offset, place)?.help?.example.text));
      return !found.has(text);
    });
    // A field within a row and an element are described by their path and their type.
    expect(without.map(([form]) => form)).toEqual(["a.b", "a[i], m[k]"]);
  });
});

function signature(marked: string) {
  const { text, offset } = at(marked);
  const found = signatureAt(text, offset);
  const label = found?.labels[found.active];
  const parameter = label?.parameters[found?.activeParameter ?? 0];
  return label && [label.text, parameter && label.text.slice(parameter.start, parameter.end)];
}

describe("the call around a place", () => {
  it.each([
    ["ROUND(‸", ["ROUND(number, [digits])", "number"]],
    ["ROUND(amount, ‸", ["ROUND(number, [digits])", "digits"]],
    ["ROUND((1 + COALESCE(amount, ‸", ["COALESCE(value, value …)", "value …"]],
    ["CONCAT('a', 'b', page.pa‸", ["CONCAT(text, text …)", "text …"]],
    ["DATE_FORMAT(ts, 'yyyy-‸", ["DATE_FORMAT(time, pattern)", "pattern"]],
    ["SUBSTRING(page.page_id FROM ‸", ["SUBSTRING(text FROM start [FOR length])", "start"]],
    ["SUBSTRING(page.page_id FROM 1 FOR ‸", ["SUBSTRING(text FROM start [FOR length])", "length"]],
    ["EXTRACT(YEAR FROM ‸", ["EXTRACT(unit FROM time)", "time"]],
    ["FLOOR(ts TO ‸", ["FLOOR(time TO unit)", "unit"]],
    ["CAST(amount AS ‸", ["CAST(a AS type)", "type"]],
    ["JSON_OBJECT('a' VALUE ‸", ["JSON_OBJECT([[KEY] name VALUE value …] [NULL | ABSENT ON NULL])", "value …"]],
    ["JSON_OBJECT('a' VALUE 1, ‸", ["JSON_OBJECT([[KEY] name VALUE value …] [NULL | ABSENT ON NULL])", "KEY] name"]],
    ["UPPER(page.page_id) = ‸", undefined],
    ["UPPER(`a‸", undefined],
    ["UPPER(a /* , ‸", undefined],
    ["UPPER(page[ARRAY_MAX(x), ‸", ["UPPER(text)", "text"]],
  ])("%s", (text, expected) => {
    expect(signature(text)).toEqual(expected);
  });

  it("has a place in the text of every signature for every parameter", () => {
    const names = allFunctionHelp().filter(({ signatures }) => signatures.some((one) => one.endsWith(")")));
    for (const { name, signatures } of names) {
      const help = signatureAt(`${name}(`, name.length + 1);
      const taken = signatures.filter((one) => !/\((?:\*|)\)$/.test(one));
      for (const text of taken) {
        const parameters = help?.labels.find((label) => label.text === text)?.parameters ?? [];
        expect(parameters.length, text).toBeGreaterThan(0);
      }
    }
  });
});

describe("fixes", () => {
  const FIXES: readonly (readonly [text: string, fixed: readonly string[]])[] = [
    ["amout > 1", ["amount > 1", "'amout' > 1"]],
    ["page.page_id = home", ["page.page_id = 'home'"]],
    ["n == 1", ["n = 1"]],
    ["n = 1 && n = 2", ["n = 1 AND n = 2"]],
    ['page.page_id = "home"', ["page.page_id = 'home'", "page.page_id = home"]],
    ["UPPER(page.page_id", ["UPPER(page.page_id)"]],
    ["tags[1", ["tags[1]"]],
    ["CASE WHEN n = 1 THEN 2", ["CASE WHEN n = 1 THEN 2 END"]],
    ["CONCAT(page.page_id 'x')", ["CONCAT(page.page_id , 'x')"]],
    ["CAST(n, BIGINT)", ["CAST(n AS BIGINT)"]],
    ["UPPER(n)", ["UPPER(CAST(n AS STRING))"]],
    ["n LIKE '1%'", ["CAST(n AS STRING) LIKE '1%'"]],
    ["n AND TRUE", ["n IS NOT NULL AND TRUE", "n <> 0 AND TRUE"]],
    ["page.page_id + 'x'", ["page.page_id || 'x'"]],
    ["page.page_id * 2", ["CAST(page.page_id AS BIGINT) * 2"]],
    ["n * '2'", ["n * 2"]],
    ["n % 2e0", ["n % CAST(2e0 AS DECIMAL(38, 18))"]],
    ["-page.page_id", ["-CAST(page.page_id AS DOUBLE)"]],
    ["tags[0]", ["tags[1]"]],
    ["ENCODE(page.page_id, 'UTF9')", ["ENCODE(page.page_id, 'UTF-8')"]],
    ["JSON_OBJECT(n VALUE 1)", ["JSON_OBJECT('n' VALUE 1)"]],
    ["n # 2", ["n  2"]],
    ["tags = ", []],
  ];

  it.each(FIXES)("%s", (text, fixed) => {
    const [problem] = check(text, place.schema, SETTINGS).problems;
    if (!problem) throw new Error("no problem");
    const made = fixesOf(text, problem).map(({ range, replace }) => text.slice(0, range.start) + replace + text.slice(range.end));
    expect(made).toEqual(fixed);
  });

  it("leave the problem behind", () => {
    for (const [text, [first]] of FIXES) {
      const before = check(text, place.schema, SETTINGS).problems[0];
      const after = first === undefined ? undefined : check(first, place.schema, SETTINGS).problems[0];
      expect(after && [after.code, after.range], text).not.toEqual([before?.code, before?.range]);
    }
  });

  it("say what they do", () => {
    const titles = fixesOf("a # b", {
      code: "expression.unexpected-character",
      args: {},
      range: { start: 2, end: 3 },
      fix: { replace: "" },
    });
    expect(titles).toEqual([{ title: { en: "Remove it", zh: "删除" }, range: { start: 2, end: 3 }, replace: "" }]);
    expect(fixesOf("a == b", { code: "x", args: {}, range: { start: 2, end: 4 }, fix: { replace: "=" } })[0]?.title).toEqual({
      en: "Write =",
      zh: "改为 =",
    });
  });
});
