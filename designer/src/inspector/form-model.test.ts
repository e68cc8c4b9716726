import { duration, expression, paramMeta } from "@millrace/engine/node";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { formOf } from "./form-model.ts";
import { asVariant, freeName, freshValue, moved, renamed, variantOf, withValueAt } from "./form-value.ts";
import { pathKey, placeProblems } from "./problem-places.ts";

const words = (en: string) => ({ en, zh: en });
const meta = (kind?: "expression" | "duration") => ({ title: words("Title"), ...(kind ? { kind } : {}) });

const params = z.strictObject({
  mode: z
    .enum(["first", "every"])
    .default("first")
    .register(paramMeta, { title: words("Mode"), options: { first: words("First match") } }),
  cases: z
    .array(z.strictObject({ port: z.string(), when: expression().register(paramMeta, meta("expression")) }))
    .min(1)
    .register(paramMeta, meta()),
  delay: duration().optional().register(paramMeta, meta("duration")),
  limit: z.int().min(0).max(10),
  rule: z.discriminatedUnion("rule", [
    z.strictObject({ rule: z.literal("constant"), name: z.string(), value: z.json() }),
    z.strictObject({ rule: z.literal("range"), name: z.string(), from: z.number(), to: z.number() }),
  ]),
});
const form = formOf(params);
const field = (name: string) => (form.control.kind === "group" ? form.control.fields.find((other) => other.name === name) : undefined);

describe("a form read off a schema", () => {
  test("keeps the order of the params", () => {
    expect(form.control.kind === "group" && form.control.fields.map(({ name }) => name)).toEqual([
      "mode",
      "cases",
      "delay",
      "limit",
      "rule",
    ]);
  });
  test("offers an enum's values with its default and words", () => {
    expect(field("mode")).toMatchObject({ optional: true, default: "first", meta: { options: { first: words("First match") } } });
    expect(field("mode")?.control).toEqual({ kind: "choice", values: ["first", "every"] });
  });
  test("finds what a text means through wrappers", () => {
    expect(field("delay")).toMatchObject({ optional: true, control: { kind: "text", use: "duration" } });
  });
  test("knows a list's item and least length", () => {
    expect(field("cases")?.control).toMatchObject({ kind: "list", min: 1, item: { control: { kind: "group" } } });
  });
  test("knows a number's bounds", () => {
    expect(field("limit")?.control).toEqual({ kind: "number", min: 0, max: 10, integer: true });
  });
  test("tells variants by their discriminator", () => {
    const control = field("rule")?.control;
    if (control?.kind !== "variants") throw new Error("expected variants");
    expect(control.variants.map(({ key }) => key)).toEqual(["constant", "range"]);
    expect(variantOf(control, { rule: "range" })?.key).toBe("range");
    expect(asVariant(control.variants[1] as (typeof control.variants)[0], { rule: "constant", name: "n", value: 1 })).toEqual({
      rule: "range",
      name: "n",
      from: 0,
      to: 0,
    });
  });
  test("ends at a schema that contains itself", () => {
    type Tree = { children: Tree[] };
    const tree: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(tree) }));
    expect(JSON.stringify(formOf(z.object({ tree })))).toContain("json");
  });
  test("makes the least value that has the right shape", () => {
    expect(freshValue(form)).toEqual({ cases: [{ port: "", when: "" }], limit: 0, rule: { rule: "constant", name: "", value: "" } });
  });
});

describe("changing params", () => {
  test("replaces a nested value and leaves the original as it was", () => {
    const before = { cases: [{ when: "a" }, { when: "b" }] };
    expect(withValueAt(before, ["cases", 1, "when"], "c")).toEqual({ cases: [{ when: "a" }, { when: "c" }] });
    expect(before.cases[1]?.when).toBe("b");
  });
  test("removes a member or an item", () => {
    expect(withValueAt({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
    expect(withValueAt({ list: [1, 2, 3] }, ["list", 1], undefined)).toEqual({ list: [1, 3] });
  });
  test("takes `__proto__` for a name like any other", () => {
    const changed = withValueAt({}, ["__proto__"], { polluted: true }) as object;
    expect(Object.keys(changed)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
  });
  test("moves an item, and nowhere beyond the ends", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b"], 0, 2)).toEqual(["a", "b"]);
  });
  test("renames a member in its place unless the name is taken", () => {
    expect(Object.keys(renamed({ a: 1, b: 2 }, "a", "c") ?? {})).toEqual(["c", "b"]);
    expect(renamed({ a: 1, b: 2 }, "a", "b")).toBeUndefined();
    expect(freeName({ field: 1, field_2: 1 }, "field")).toBe("field_3");
  });
});

describe("problems in a form", () => {
  const problem = (path: (string | number)[]) => ({ code: "x", args: {}, severity: "error" as const, nodeId: "n", path });
  test("stand at the deepest control on their path", () => {
    const placed = placeProblems(form, { cases: [{ port: "a", when: "?" }] }, [
      problem(["cases", 0, "when"]),
      problem(["cases", 7, "when"]),
      problem(["unknown"]),
    ]);
    expect([...placed.keys()]).toEqual([pathKey(["cases", 0, "when"]), pathKey(["cases"]), pathKey([])]);
  });
});
