import type { NodeSpec } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { specs } from "../store/specs.ts";
import { addNode, connect, splice } from "./add.ts";
import { aligned, distributed } from "./align.ts";
import { clip, clipText, paste, readClip } from "./clip.ts";
import { difference } from "./difference.ts";
import { refusals, whyNot } from "./fits.ts";
import { reachable, readingOrder } from "./graph.ts";
import { freshId } from "./ids.ts";
import { remove, removeAndReconnect } from "./remove.ts";
import { fittingParams, replaceNode } from "./replace.ts";

const filter = spec("filter");

function spec(type: string): NodeSpec {
  const found = specs.get(type);
  if (!found) throw new Error(`no ${type}`);
  return found;
}

/** source → filter → sink */
function chain(): PipelineDocument {
  return {
    formatVersion: 1,
    name: "chain",
    nodes: {
      source: { type: "generator", name: "Source", params: {} },
      filter: { type: "filter", name: "Filter", params: { when: "a > 1" } },
      sink: { type: "discard", name: "Sink", params: {} },
    },
    edges: [
      { from: "source.out", to: "filter.in" },
      { from: "filter.out", to: "sink.in" },
    ],
    layout: { nodes: { source: { x: 0, y: 0 }, filter: { x: 300, y: 0 }, sink: { x: 600, y: 0 } } },
  };
}

describe("replacing", () => {
  test("keeps the place, the name that was given, the edges, and the params that fit; not the id, for state is found by it", () => {
    const document = chain();
    document.nodes.read = { type: "topic-source", name: "Orders", params: { topic: "orders", start: "latest" }, note: "why" };
    document.edges[0] = { from: "read.out", to: "filter.in" };
    document.layout = { nodes: { read: { x: 20, y: 40 } } };
    document.groups = { g: { title: "g", nodes: ["read"] } };
    expect(replaceNode(document, "read", spec("generator"), "Generator", true)).toBe("orders");
    expect(document.nodes.read).toBeUndefined();
    expect(document.nodes.orders).toEqual({ type: "generator", name: "Orders", params: {}, note: "why" });
    expect(document.edges).toContainEqual({ from: "orders.out", to: "filter.in" });
    expect(document.layout.nodes).toEqual({ orders: { x: 20, y: 40 } });
    expect(document.groups.g?.nodes).toEqual(["orders"]);
  });

  test("joins ports of other names in their order, and lets go of what has none", () => {
    const document = chain();
    expect(replaceNode(document, "filter", spec("split"), "Split", false)).toBe("split");
    expect(document.edges[0]).toEqual({ from: "source.out", to: "split.in" });
    expect(replaceNode(document, "split", spec("discard"), "Discard", false)).toBe("discard");
    expect(document.edges).toEqual([{ from: "source.out", to: "discard.in" }]);
  });

  test("takes over a param only where the type has it", () => {
    const topic = spec("topic-source");
    const params = { topic: "orders", nonsense: 1 };
    expect(fittingParams(topic, params)).toEqual({ topic: "orders" });
    expect(fittingParams(spec("filter"), params)).toEqual({});
  });
});

describe("aligning and spreading", () => {
  const box = fc.record({
    x: fc.nat(2000),
    y: fc.nat(2000),
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
  });
  const boxes = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), box, { minKeys: 3 });

  test("aligned sides are on one line, and nothing moves the other way", () => {
    fc.assert(
      fc.property(boxes, (all) => {
        const places = aligned(all, "right");
        expect(new Set(Object.entries(places).map(([id, { x }]) => x + (all[id]?.width ?? 0))).size).toBe(1);
        for (const [id, { y }] of Object.entries(places)) expect(y).toBe(all[id]?.y);
      }),
    );
  });

  test("there is the same room between all, and the order stays", () => {
    fc.assert(
      fc.property(boxes, (all) => {
        const middle = (id: string, x: number) => x + (all[id]?.width ?? 0) / 2;
        const order = Object.keys(all).sort((one, other) => middle(one, all[one]?.x ?? 0) - middle(other, all[other]?.x ?? 0));
        const places = distributed(all, "x");
        const gaps = order.slice(1).map((id, index) => {
          const before = order[index] as string;
          return (places[id]?.x ?? 0) - (places[before]?.x ?? 0) - (all[before]?.width ?? 0);
        });
        for (const gap of gaps) expect(gap).toBeCloseTo(gaps[0] as number, 6);
      }),
    );
  });
});

describe("connecting", () => {
  test("refuses a cycle and names the way round", () => {
    const document = chain();
    delete document.nodes["sink"];
    document.nodes["union"] = { type: "union", name: "Union", params: {} };
    document.edges = [{ from: "union.out", to: "filter.in" }];
    expect(whyNot(document, specs, { from: "filter.out", to: "union.in" })?.en).toBe(
      "This would close a cycle: Filter → Union → Filter. Rows would never leave it.",
    );
  });

  test("refuses a second edge where one input takes one, and says what to do", () => {
    const document = chain();
    document.nodes["other"] = { type: "generator", name: "Other", params: {} };
    expect(whyNot(document, specs, { from: "other.out", to: "filter.in" })?.en).toBe(
      'Input "in" of "Filter" takes one edge and has one from "Source". Put a union before it to bring streams together.',
    );
  });

  test("refuses itself, what is there already, and what takes no rows", () => {
    const document = chain();
    expect(whyNot(document, specs, { from: "filter.out", to: "filter.in" })?.en).toBe("A node cannot feed itself.");
    expect(whyNot(document, specs, { from: "filter.out", to: "sink.in" })?.en).toBe("This edge is there already.");
    expect(whyNot(document, specs, { from: "filter.out", to: "source.in" })?.en).toBe("A source takes no rows.");
  });

  test("refuses changes where only inserts are taken", () => {
    const inserts: NodeSpec = { ...filter, accepts: ["append"] };
    const document = { ...chain(), edges: [] };
    const reason = whyNot(document, new Map([...specs, ["filter", inserts]]), { from: "source.out", to: "filter.in" }, { mode: "retract" });
    expect(reason?.en).toBe('"Filter" takes inserts only; these rows are changes (retract).');
  });

  test("says the same of all nodes at once as of each alone", () => {
    const document = chain();
    document.nodes["free"] = { type: "filter", name: "Free", params: {} };
    const inputsOf = (id: string) => (document.nodes[id]?.type === "generator" ? [] : ["in"]);
    const refused = refusals(document, specs, "filter.out", inputsOf);
    expect([...refused.keys()].sort()).toEqual(["filter", "sink", "source"]);
    for (const id of ["filter", "sink"]) expect(refused.get(id)).toEqual(whyNot(document, specs, { from: "filter.out", to: `${id}.in` }));
  });
});

describe("adding and removing", () => {
  test("makes ids from first names, also when they are Chinese or taken", () => {
    expect(freshId("Page split!", "split", () => false)).toBe("page_split");
    expect(freshId("页面分流", "split", () => false)).toBe("split");
    expect(freshId("2 fast", "filter", () => false)).toBe("fast");
    expect(freshId("Filter", "filter", (id) => id === "filter")).toBe("filter_2");
  });

  test("never makes an id that means something to an object", () => {
    const document = chain();
    const id = addNode(document, filter, { x: 0, y: 0 }, "constructor");
    expect(id).toBe("constructor_2");
    expect(Object.hasOwn(document.nodes, id)).toBe(true);
  });

  test("puts a node into an edge", () => {
    const document = chain();
    const id = addNode(document, filter, { x: 450, y: 0 }, "Filter");
    expect(splice(document, { from: "filter.out", to: "sink.in" }, id, filter)).toBe(true);
    expect(document.edges).toEqual([
      { from: "source.out", to: "filter.in" },
      { from: "filter.out", to: "filter_2.in" },
      { from: "filter_2.out", to: "sink.in" },
    ]);
  });

  test("does not put a sink into an edge", () => {
    const document = chain();
    expect(splice(document, { from: "filter.out", to: "sink.in" }, "sink", spec("discard"))).toBe(false);
    expect(document.edges).toHaveLength(2);
  });

  test("removes edges and groups with the node", () => {
    const document = { ...chain(), groups: { g: { title: "G", nodes: ["filter"] } } };
    remove(document, { nodes: ["filter"], edges: [], notes: [] });
    expect(Object.keys(document.nodes)).toEqual(["source", "sink"]);
    expect(document.edges).toEqual([]);
    expect(document.layout?.nodes?.["filter"]).toBeUndefined();
    expect(document.groups).toEqual({});
  });

  test("joins what came in to what went out when a node is removed with reconnecting", () => {
    const document = chain();
    removeAndReconnect(
      document,
      ["filter"],
      () => "out",
      () => false,
    );
    expect(document.edges).toEqual([{ from: "source.out", to: "sink.in" }]);
  });

  test("draws no edge twice", () => {
    const document = chain();
    connect(document, { from: "source.out", to: "filter.in" });
    expect(document.edges).toHaveLength(2);
  });
});

describe("the clipboard", () => {
  test("carries nodes, the edges between them, and nothing else", () => {
    const clipped = clip(chain(), { nodes: ["filter", "sink"], edges: [], notes: [] });
    expect(Object.keys(clipped.nodes)).toEqual(["filter", "sink"]);
    expect(clipped.edges).toEqual([{ from: "filter.out", to: "sink.in" }]);
  });

  test("pastes with new ids and names, and joins the copies as the originals were", () => {
    const document = chain();
    const read = readClip(clipText(clip(document, { nodes: ["filter", "sink"], edges: [], notes: [] })));
    if (!read || !("clip" in read)) throw new Error("not read");
    const pasted = paste(document, read.clip, { x: 1000, y: 500 });
    expect(pasted.nodes).toEqual(["filter_2", "sink_2"]);
    expect(document.nodes["filter_2"]).toEqual({ type: "filter", name: "Filter 2", params: { when: "a > 1" } });
    expect(document.edges.at(-1)).toEqual({ from: "filter_2.out", to: "sink_2.in" });
    expect(document.layout?.nodes?.["filter_2"]).toEqual({ x: 1000, y: 500 });
  });

  test("leaves other text alone and says what is wrong with JSON that is no pipeline", () => {
    expect(readClip("hello")).toBeUndefined();
    expect(readClip('{"a": 1}')).toMatchObject({ problems: expect.any(Array) });
    expect(readClip('{"__proto__": {"polluted": 1}}')).toMatchObject({ problems: expect.any(Array) });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("a copy of a pasted copy never takes an id that is there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), (times) => {
        const document = chain();
        for (let i = 0; i < times; i++)
          paste(document, clip(document, { nodes: Object.keys(document.nodes), edges: [], notes: [] }), undefined);
        expect(Object.keys(document.nodes)).toHaveLength(3 * 2 ** times);
        expect(new Set(document.edges.map(({ from, to }) => `${from}->${to}`)).size).toBe(2 * 2 ** times);
        expect(new Set(Object.values(document.nodes).map(({ name }) => name)).size).toBe(3 * 2 ** times);
      }),
      { numRuns: 8 },
    );
  });
});

describe("draft and live", () => {
  test("do not differ by layout, names, notes or the order of keys", () => {
    const draft = chain();
    draft.layout = {};
    draft.notes = { n: { text: "hello" } };
    const live = chain();
    live.nodes["filter"] = { params: { when: "a > 1" }, name: "Called otherwise", type: "filter" };
    expect(difference(draft, live).isEmpty).toBe(true);
  });

  test("differ by params, nodes, edges and settings", () => {
    const draft = chain();
    draft.nodes["filter"] = { type: "filter", name: "Filter", params: { when: "a > 2" } };
    addNode(draft, filter, { x: 0, y: 0 }, "New");
    remove(draft, { nodes: ["sink"], edges: [], notes: [] });
    draft.parallelism = 4;
    const found = difference(draft, chain());
    expect([...found.added]).toEqual(["new"]);
    expect([...found.changed]).toEqual(["filter"]);
    expect([...found.removed]).toEqual(["sink"]);
    expect(found.removedEdges).toEqual([{ from: "filter.out", to: "sink.in" }]);
    expect(found.settings).toEqual(["parallelism"]);
  });

  test("do not differ while nothing was deployed", () => {
    expect(difference(chain(), undefined).isEmpty).toBe(true);
  });
});

describe("the graph", () => {
  test("is read from the sources on, cycles last", () => {
    const document = chain();
    expect(readingOrder(document)).toEqual(["source", "filter", "sink"]);
    document.edges.push({ from: "sink.out", to: "filter.in" });
    expect(readingOrder(document)[0]).toBe("source");
    expect(readingOrder(document)).toHaveLength(3);
  });

  test("is walked up and down without getting lost in a cycle", () => {
    const { edges } = chain();
    expect(reachable(edges, ["filter"], "upstream")).toEqual(new Set(["source"]));
    expect(reachable([...edges, { from: "sink.out", to: "source.in" }], ["filter"], "downstream")).toEqual(
      new Set(["sink", "source", "filter"]),
    );
  });
});

test("a spec with no params at all can still be drawn", () => {
  const document = chain();
  const bare: NodeSpec = { ...filter, type: "bare", params: z.object({}) };
  expect(addNode(document, bare, { x: 13, y: 27 }, "Bare")).toBe("bare");
  expect(document.layout?.nodes?.["bare"]).toEqual({ x: 20, y: 20 });
});
