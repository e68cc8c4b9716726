import { expect, test } from "vitest";
import { specs } from "../store/specs.ts";
import { searchSpecs } from "./search.ts";

const types = (query: string) => searchSpecs(specs.values(), query).map(({ type }) => type);

test("node types are found by name, by keyword and in Chinese", () => {
  expect(types("filt")[0]).toBe("filter");
  expect(types("kafka")).toEqual(expect.arrayContaining(["topic-source", "topic-sink"]));
  expect(types("分流")[0]).toBe("split");
  expect(types("过滤")[0]).toBe("filter");
});

test("an empty search gives all that can stand in a drawing in their order, nonsense gives none", () => {
  expect(types("")).toEqual([...specs.keys()].filter((type) => type !== "fragment-port"));
  expect(types("qqqq")).toEqual([]);
});
