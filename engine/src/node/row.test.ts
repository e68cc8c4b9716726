import { describe, expect, it } from "vitest";
import { attach, changeFields, changeRow, fieldChanger, kindOf, META, type Row, removeField, withKind } from "./row.ts";

const record = { format: "json", bytes: new Uint8Array(), start: 0, end: 0 } as const;
const row = (values: Row): Row => attach({ ...values }, { record });

describe("rows", () => {
  it("are copied when a field changes, what lies beside it is shared", () => {
    const before = row({ common: { mid: "a", os: { name: "iOS" } }, page: { id: 1 } });
    const after = changeRow(before, ["common", "mid"], "b");
    expect(before).toMatchObject({ common: { mid: "a" } });
    expect(after).toMatchObject({ common: { mid: "b" }, page: { id: 1 } });
    expect(after.page).toBe(before.page);
    expect((after.common as Row).os).toBe((before.common as Row).os);
  });

  it("remember the record they came from, and each change in order", () => {
    const after = removeField(changeFields(changeRow(row({ a: 1 }), ["a"], 2), [{ path: ["b"], value: 3 }]), ["a"]);
    expect(after[META]).toEqual({
      record,
      changes: [
        { path: ["a"], value: 2 },
        { path: ["b"], value: 3 },
        { path: ["a"], value: null, removed: true },
      ],
    });
    expect(Object.keys(after)).toEqual(["b"]);
  });

  it("get rows on the way to a field that is deeper", () => {
    expect({ ...changeRow({ page: null }, ["page", "item", "id"], 1) }).toMatchObject({ page: { item: { id: 1 } } });
  });

  it("lose a field that is not decoded all the same", () => {
    expect(removeField(row({}), ["page", "id"])[META]?.changes).toEqual([{ path: ["page", "id"], value: null, removed: true }]);
  });

  it.each([
    ["fields", [["b"], ["a"], ["new"], ["__proto__"], ["toString"], ['with "quotes"']]],
    ["the same field twice", [["a"], ["a"]]],
    ["what lies deeper", [["a"], ["page", "id"]]],
    ["nothing", []],
  ])("change %s by what was made for it as by hand", (_what, paths) => {
    const change = fieldChanger(paths);
    for (const before of [row({ a: 1, page: { id: 1 } }), changeRow(row({}), ["page"], null), withKind(row({ b: 2 }), "-D")]) {
      const changes = paths.map((path, i) => ({ path, value: i }));
      const [after, expected] = [change(before, changes), changeFields(before, changes)];
      expect(Object.entries(after).sort()).toEqual(Object.entries(expected).sort());
      expect(after[META]).toEqual(expected[META]);
      expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    }
  });

  it("change several fields as one after the other would", () => {
    const changes = [
      { path: ["a"], value: 1 },
      { path: ["b", "c"], value: 2 },
      { path: ["b"], value: { d: 3 } },
    ];
    const before = row({ a: 0, b: { c: 0 } });
    const oneByOne = changes.reduce((changed, { path, value }) => changeRow(changed, path, value), before);
    expect(changeFields(before, changes)).toEqual(oneByOne);
    expect(changeFields(before, changes)[META]).toEqual(oneByOne[META]);
  });

  it("take names that JavaScript knows otherwise for fields like any other", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const changed = changeFields(row({}), [{ path: [name], value: { x: 1 } }]);
      expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
      expect(Object.keys(changed)).toEqual([name]);
      expect(Object.keys(removeField(changed, [name]))).toEqual([]);
      expect(Object.keys(changeRow(row({}), [name, "x"], 1))).toEqual([name]);
      expect(Object.keys(removeField(row({}), [name, "x"]))).toEqual([]);
    }
    expect(({} as Row).x).toBeUndefined();
  });

  it("are inserts until a kind is given, which changes keep", () => {
    expect(kindOf({})).toBe("+I");
    expect(kindOf(changeRow(withKind({ a: 1 }, "-D"), ["a"], 2))).toBe("-D");
  });
});
