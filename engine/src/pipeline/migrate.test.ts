import { afterAll, describe, expect, it } from "vitest";
import { FORMAT_VERSION } from "./document.ts";
import { MIGRATIONS } from "./migrate.ts";
import { words } from "./problem-words.ts";
import { readDocument } from "./read.ts";

/** What a document of each older format becomes, whole: one entry for each migration. */
const EXAMPLES: Readonly<Record<number, { before: unknown; after: unknown }>> = {
  0: {
    before: {
      formatVersion: 0,
      name: "old",
      nodes: [
        { id: "a", type: "source", name: "A", params: { rate: 5 }, x: 10, y: 20 },
        { id: "b", type: "sink", name: "B" },
      ],
      edges: [["a.out", "b.in"]],
    },
    after: {
      formatVersion: 1,
      name: "old",
      nodes: { a: { type: "source", name: "A", params: { rate: 5 } }, b: { type: "sink", name: "B", params: {} } },
      edges: [{ from: "a.out", to: "b.in" }],
      layout: { nodes: { a: { x: 10, y: 20 } } },
    },
  },
};

const tested = new Set<number>();

describe("an older document", () => {
  it.each(Object.entries(EXAMPLES))("of format %s is read as one of today", (version, { before, after }) => {
    tested.add(Number(version));
    expect(readDocument(before)).toEqual({ document: after });
    expect(readDocument(JSON.stringify(before))).toEqual({ document: after });
  });

  it("is not changed itself", () => {
    const before = structuredClone(EXAMPLES[0]?.before);
    readDocument(before);
    expect(before).toEqual(EXAMPLES[0]?.before);
  });

  it("with an id that stands twice is refused, not cut short", () => {
    const nodes = ["A", "B"].map((name) => ({ id: "a", type: "source", name }));
    const { problems = [] } = readDocument({ formatVersion: 0, name: "old", nodes, edges: [] });
    expect(problems.map((problem) => words(problem).en)).toEqual(['nodes[1].id: two nodes have the id "a". Give one of them another id.']);
  });

  it.each([{ nodes: "x", edges: 1 }, { nodes: [null, 1, { id: 2 }], edges: [] }, { nodes: [], edges: [["a"], null] }, {}])(
    "that is malformed (%j) is refused with problems",
    (members) => {
      expect(readDocument({ formatVersion: 0, name: "old", ...members }).problems?.length).toBeGreaterThan(0);
    },
  );

  it("has its nodes' params migrated by their types", () => {
    const paramMigrations = new Map([
      ["source", { 1: ({ rate, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, perSecond: rate }) }],
    ]);
    const { document } = readDocument(EXAMPLES[0]?.before, { paramMigrations });
    expect(document?.nodes["a"]?.params).toEqual({ perSecond: 5 });
  });
});

// The proof that no migration goes untested.
afterAll(() => {
  expect(MIGRATIONS).toHaveLength(FORMAT_VERSION);
  expect([...tested].sort()).toEqual(MIGRATIONS.map((_, version) => version));
});
