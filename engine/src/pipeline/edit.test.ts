import { describe, expect, it } from "vitest";
import { analyze } from "./analyze.ts";
import { ID } from "./document.ts";
import { canConnect, cyclesWith, newId } from "./edit.ts";
import { words } from "./problem-words.ts";
import { pipeline, specs } from "./specs.testing.ts";

describe("newId", () => {
  const document = pipeline({ filter: ["filter"], "filter-2": ["filter"] });

  it.each([
    ["Page view", "page-view"],
    ["  Élan № 5!  ", "elan-no-5"],
    ["Filter", "filter-3"],
    ["2nd filter", "nd-filter"],
    ["过滤", "node"],
    ["constructor", "constructor-2"],
    ["a".repeat(100), "a".repeat(64)],
  ])("makes of %j the id %s", (name, id) => {
    expect(newId(document, name)).toBe(id);
    expect(id).toMatch(ID);
  });

  it("falls back to the type for a name without Latin letters", () => {
    expect(newId(document, "过滤", "filter")).toBe("filter-3");
  });

  it("stays within the length when it must count", () => {
    const long = "a".repeat(64);
    expect(newId(pipeline({ [long]: ["filter"] }), long)).toBe(`${"a".repeat(62)}-2`);
  });
});

describe("cyclesWith", () => {
  const document = pipeline({ a: ["union"], b: ["union"], c: ["union"] }, ["a.out > b.in", "b.out > c.in"]);

  it("names the circle that an edge would close", () => {
    expect(cyclesWith(document, { from: "c.out", to: "a.in" })).toEqual(["c", "a", "b", "c"]);
    expect(cyclesWith(document, { from: "b.out", to: "b.in" })).toEqual(["b", "b"]);
  });

  it("is undefined for an edge that closes none", () => {
    expect(cyclesWith(document, { from: "a.out", to: "c.in" })).toBeUndefined();
  });
});

describe("canConnect", () => {
  const { graph } = analyze(
    pipeline({ s: ["source"], r: ["source", { changes: true }], u: ["union"], v: ["union"], t: ["sink", { topic: "t" }] }, [
      "s.out > u.in",
      "u.out > v.in",
      "u.out > t.in",
    ]),
    specs,
  );

  it("allows an edge that would be sound", () => {
    expect(canConnect(graph, "s.error", "v.in")).toEqual({ ok: true });
  });

  it.each([
    ["s.out", "t.in", 'input "in" takes one edge, got 2: from u.out, s.out. Put a union before it, or remove all but one.'],
    ["s.out", "u.in", "the edge s.out → u.in is there twice. Remove one of the two."],
    ["v.out", "u.in", "rows would go round in a circle: v → u → v. Remove one of these edges."],
    [
      "s.nope",
      "u.in",
      'the edge s.nope → u.in leaves "s" by "nope", which it does not have. Its outputs: out, error. Connect one of them.',
    ],
    ["s.out", "s.in", 'the edge s.out → s.in ends in "in" of "s", which it does not have. It has no inputs. Remove the edge.'],
    ["x.out", "u.in", 'the edge x.out → u.in names a node "x" that is not there. Remove the edge.'],
    ["r.out", "v.in", 'input "in" takes append rows, got retract. Put a node that keeps inserts only before it.'],
  ])("refuses %s to %s with the reason", (from, to, sentence) => {
    const answer = canConnect(graph, from, to);
    expect(!answer.ok && words(answer.reason).en).toBe(sentence);
  });
});
