import type { LineageStep } from "@millrace/engine/pipeline";
import { expect, test } from "vitest";
import { toldSteps } from "./told-steps.ts";

const step = (field: string, how: LineageStep["how"], expression?: string): LineageStep => ({
  from: { node: "a", port: "out", path: [field] },
  to: { node: "b" },
  how,
  expression,
});

test("a condition that reads several fields is told once, copies are not, and what differs stays", () => {
  const condition = [step("x", "condition", "x > y"), step("y", "condition", "x > y")];
  const told = toldSteps([step("x", "copied"), ...condition, step("x", "key"), step("y", "key"), step("x", "computed", "x + 1")]);
  expect(told.map(({ from, how }) => `${how} ${from.path}`)).toEqual(["condition x", "key x", "key y", "computed x"]);
});
