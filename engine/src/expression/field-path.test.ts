import fc from "fast-check";
import { expect, it } from "vitest";
import { formatFieldPath, parseFieldPath } from "./field-path.ts";

it.each([
  ["page.page_id", ["page", "page_id"]],
  ["items[].id", ["items", "[]", "id"]],
  ["items.[].id", ["items", "[]", "id"]],
  ["a[][]", ["a", "[]", "[]"]],
  ["`a.b`.`c``d`", ["a.b", "c`d"]],
  ["中文.字段", ["中文", "字段"]],
  ["", undefined],
  ["a..b", undefined],
  ["[]", undefined],
  ["a[1]", undefined],
  ["`a", undefined],
])("%s", (text, path) => {
  expect(parseFieldPath(text)).toEqual(path);
});

it("reads what it writes", () => {
  const name = fc.string({ minLength: 1, maxLength: 6 }).filter((one) => one !== "[]");
  fc.assert(
    fc.property(name, fc.array(fc.oneof(name, fc.constant("[]")), { maxLength: 4 }), (first, rest) => {
      expect(parseFieldPath(formatFieldPath([first, ...rest]))).toEqual([first, ...rest]);
    }),
  );
});
