import type { PipelineDocument } from "@millrace/engine/pipeline";
import { describe, expect, test } from "vitest";
import { searched } from "./search.ts";
import { thumbnailOf } from "./thumbnail.ts";

const document = (layout?: PipelineDocument["layout"]): PipelineDocument => ({
  formatVersion: 1,
  name: "p",
  nodes: { a: { type: "x", name: "A", params: {} }, b: { type: "x", name: "B", params: {} }, c: { type: "x", name: "C", params: {} } },
  edges: [
    { from: "a.out", to: "b.in" },
    { from: "a.out", to: "c.in" },
  ],
  ...(layout && { layout }),
});

describe("a thumbnail", () => {
  test("keeps the layout of the drawing", () => {
    const { boxes } = thumbnailOf(document({ nodes: { a: { x: -100, y: 50 }, b: { x: 200, y: 50 }, c: { x: 200, y: 150 } } }));
    expect(boxes.map(({ x, y }) => [x, y])).toEqual([
      [24, 24],
      [324, 24],
      [324, 124],
    ]);
  });
  test("puts nodes without layout in columns from the sources on", () => {
    const { boxes } = thumbnailOf(document());
    const [a, b, c] = boxes;
    expect(a && b && c && a.x < b.x && b.x === c.x && b.y < c.y).toBe(true);
  });
  test("of an empty pipeline has a size", () => {
    expect(thumbnailOf({ ...document(), nodes: {}, edges: [] })).toMatchObject({ width: 204, height: 88, boxes: [] });
  });
});

describe("the gallery's search", () => {
  const items = [
    { name: "base-log", title: { en: "Base log", zh: "日志分流" }, keywords: ["Kafka", "侧输出流"] },
    { name: "visits", title: { en: "Visits", zh: "访问" }, description: { en: "After the base log", zh: "" } },
  ];
  test("finds words of either language", () => {
    expect(searched(items, "侧输出").map(({ name }) => name)).toEqual(["base-log"]);
    expect(searched(items, "KAFKA log").map(({ name }) => name)).toEqual(["base-log"]);
  });
  test("puts hits in the title first", () => {
    expect(searched(items.toReversed(), "base log").map(({ name }) => name)).toEqual(["base-log", "visits"]);
  });
});
