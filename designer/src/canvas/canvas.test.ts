import type { PipelineDocument } from "@millrace/engine/pipeline";
import { describe, expect, test } from "vitest";
import { difference } from "../edits/difference.ts";
import { NOTHING } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { cardGeometry } from "./card-geometry.ts";
import { findNodes } from "./find.ts";
import { blocks } from "./markdown.ts";
import { edgeWidth, nodeRateText } from "./rates.ts";
import { createScene } from "./scene.ts";
import { edgeUnder } from "./splicing.ts";

const document: PipelineDocument = {
  formatVersion: 1,
  name: "p",
  nodes: {
    a: { type: "generator", name: "Mock log", params: { kind: "app-log" } },
    b: { type: "split", name: "By kind", params: { cases: [{ name: "start", when: "x = 1" }] } },
  },
  edges: [{ from: "a.out", to: "b.in" }],
  layout: { nodes: { a: { x: 0, y: 0 }, b: { x: 500, y: 0 } } },
};
const same = difference(document, undefined);
const still = { document, live: undefined, specs, difference: same, selection: NOTHING, dragged: new Map() };

describe("a scene", () => {
  test("keeps the objects of what did not change", () => {
    const scene = createScene();
    const before = scene.nodes(still);
    const moved: PipelineDocument = { ...document, layout: { nodes: { ...document.layout?.nodes, b: { x: 520, y: 0 } } } };
    const after = scene.nodes({ ...still, document: moved });
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[1]?.data).not.toBe(undefined);
    const edges = scene.edges(still);
    expect(scene.edges({ ...still, document: moved })[0]).toBe(edges[0]);
  });

  test("shows what is dragged where the pointer has it", () => {
    const [node] = createScene().nodes({ ...still, dragged: new Map([["a", { x: 77, y: 88 }]]) });
    expect(node?.position).toEqual({ x: 77, y: 88 });
  });

  test("shows a port that an edge names even when the params no longer do", () => {
    const gone: PipelineDocument = {
      ...document,
      nodes: { ...document.nodes, c: { type: "discard", name: "C", params: {} } },
      edges: [...document.edges, { from: "b.page", to: "c.in" }],
    };
    const node = createScene()
      .nodes({ ...still, document: gone })
      .find(({ id }) => id === "b");
    expect(node?.handles?.map(({ id }) => id)).toContain("page");
  });

  test("shows what still runs but is gone from the draft, with its edges", () => {
    const draft: PipelineDocument = { ...document, nodes: { a: document.nodes["a"] as PipelineDocument["nodes"][string] }, edges: [] };
    const scene = createScene();
    const state = { ...still, document: draft, live: document, difference: difference(draft, document) };
    expect(scene.nodes(state).map(({ id, type }) => `${type} ${id}`)).toEqual(["ghost gone:b", "card a"]);
    expect(scene.edges(state)).toMatchObject([{ source: "a", target: "gone:b", data: { state: "removed" } }]);
  });
});

describe("a card", () => {
  test("grows with its named ports and names none when there is one", () => {
    const one = cardGeometry(["in"], ["out", "error"]);
    const three = cardGeometry(["in"], ["x", "y", "z", "error"]);
    expect(one.ports.every(({ named }) => !named)).toBe(true);
    expect(three.height).toBe(one.height + 60);
    expect(three.ports.find(({ id }) => id === "error")?.y).toBe(three.height);
  });
});

test("the edge under a card's middle is found, edges of the card itself are not", () => {
  expect(edgeUnder(document, { x: 360, y: 25 })).toBe("a.out->b.in");
  expect(edgeUnder(document, { x: 360, y: 125 })).toBeUndefined();
  expect(edgeUnder(document, { x: 360, y: 25 }, "a")).toBeUndefined();
});

test("finding looks at names, types, params and both languages", () => {
  expect(findNodes(document, specs, "mock")).toEqual(["a"]);
  expect(findNodes(document, specs, "start x")).toEqual(["b"]);
  expect(findNodes(document, specs, "分流")).toEqual(["b"]);
  expect(findNodes(document, specs, "  ")).toEqual([]);
});

test("rates are short and thickness is bounded", () => {
  const port = (rate: number) => ({ total: 1, rate });
  const node = { in: { in: port(1234) }, out: { out: port(0.42), error: port(9) }, dropped: {}, errors: 0, watermark: null };
  expect(nodeRateText(node)).toBe("1.23K → 0.4");
  expect(nodeRateText({ ...node, in: {} })).toBe("0.4");
  expect(nodeRateText(undefined)).toBe("");
  expect(edgeWidth(0)).toBe(1.5);
  expect(edgeWidth(1e9)).toBe(4);
});

test("a note's Markdown becomes data, never HTML", () => {
  expect(blocks("# Title\nText with **bold** and `code`\n\n- one\n- [two](https://example.com)")).toEqual([
    { kind: "heading", level: 1, content: [{ kind: "text", text: "Title" }] },
    {
      kind: "paragraph",
      content: [
        { kind: "text", text: "Text with " },
        { kind: "strong", text: "bold" },
        { kind: "text", text: " and " },
        { kind: "code", text: "code" },
      ],
    },
    { kind: "list", items: [[{ kind: "text", text: "one" }], [{ kind: "link", text: "two", href: "https://example.com" }]] },
  ]);
  expect(blocks("[x](javascript:alert(1))")).toEqual([
    { kind: "paragraph", content: [{ kind: "text", text: "[x](javascript:alert(1))" }] },
  ]);
});
