import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDocument } from "./arbitraries.testing.ts";
import { FORMAT_VERSION } from "./document.ts";
import { words } from "./problem-words.ts";
import { MAX_DEPTH, MAX_TEXT, readDocument } from "./read.ts";
import { pipeline } from "./specs.testing.ts";

const said = (input: unknown) => (readDocument(input).problems ?? []).map((problem) => words(problem).en);
const valid = pipeline({ a: ["source"], b: ["sink", { topic: "t" }] }, ["a.out > b.in"]);
const nested = (levels: number): unknown => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);

describe("readDocument", () => {
  it("reads text and JSON alike, and text with a byte order mark", () => {
    expect(readDocument(valid)).toEqual({ document: valid });
    expect(readDocument(JSON.stringify(valid))).toEqual({ document: valid });
    expect(readDocument(`\ufeff${JSON.stringify(valid)}`)).toEqual({ document: valid });
  });

  it("takes every document that the format allows", () => {
    fc.assert(fc.property(anyDocument, (document) => void expect(readDocument(JSON.stringify(document))).toEqual({ document })));
  });

  it("refuses a newer format with both versions and the remedy", () => {
    expect(said({ ...valid, formatVersion: FORMAT_VERSION + 1 })).toEqual([
      `formatVersion: a document from a newer format: it has format version ${FORMAT_VERSION + 1}, this Millrace reads up to ${FORMAT_VERSION}. ` +
        "Update Millrace, or export the pipeline again from the version that wrote it.",
    ]);
  });

  it.each([
    [undefined, "expected a JSON value, got undefined. Only text, numbers, true, false, null, lists and objects can be saved."],
    [null, "expected an object, got null."],
    [[], "expected an object, got []."],
    ["", "this is not JSON: line 1, column 1: there is no text. Repair the text there."],
    ['{\n  "a": 1,\n}', 'this is not JSON: line 3, column 1: expected a member\'s name in double quotes, got "}". Repair the text there.'],
    ['{"字":x}', 'this is not JSON: line 1, column 6: expected a value, got "x". Repair the text there.'],
    [{ ...valid, formatVersion: "1" }, 'formatVersion: expected 1, got "1".'],
    [{ ...valid, name: "" }, 'name: expected text that is not empty, got "".'],
    [{ ...valid, parallelism: 0 }, "parallelism: expected a number of at least 1, got 0."],
    [{ ...valid, checkpointInterval: "often" }, 'checkpointInterval: expected a length of time, got "often". Try "10 s" or "1 min".'],
    [{ ...valid, edges: [{ from: "a", to: "b.in" }] }, 'edges[0].from: expected a port as "node.port", got "a".'],
    [{ ...valid, edgs: [] }, 'edgs: unknown member "edgs"; did you mean "edges"?'],
    [
      { ...valid, nodes: { A: valid.nodes["a"] } },
      'nodes.A: got "A" as a name, expected an id of at most 64 characters: a small letter, then small letters, digits, - or _. Rename it.',
    ],
    [{ ...valid, nodes: { a: { name: "A" } } }, "nodes.a.type: expected text, got nothing."],
    [
      { ...valid, connections: { k: { role: "tpic" } } },
      'connections.k.role: expected one of "topic", "files", "dimension", "http", "table", got "tpic".',
    ],
    [
      { ...valid, nodes: { constructor: valid.nodes["a"] } },
      'nodes.constructor: "constructor" cannot be a name here: JavaScript reserves it. Choose another name.',
    ],
    [
      { ...valid, name: Number.NaN },
      "name: expected a JSON value, got NaN. Only text, numbers, true, false, null, lists and objects can be saved.",
    ],
    [{ ...valid, name: () => 1 }, /^name: expected a JSON value, got .*\. Only text/],
    [{ ...valid, name: new Date(0) }, /^name: expected a JSON value, got an object of a class\./],
  ])("says of %j what is wrong, where, and what to do", (input, sentence) => {
    const sentences = said(input);
    if (typeof sentence === "string") expect(sentences).toContain(sentence);
    else expect(sentences[0]).toMatch(sentence);
  });

  it("finds a member that stands twice, which JSON.parse would drop without a word", () => {
    expect(
      said('{"formatVersion":1,"name":"n","nodes":{\n"a":{"type":"x","name":"A"},\n"\\u0061":{"type":"y","name":"B"}},"edges":[]}'),
    ).toEqual(['"a" stands twice in one object (again in line 3). Remove or rename one of the two.']);
    expect(readDocument('{"formatVersion":1,"name":"{\\"a\\":1,\\"a\\":2}","nodes":{},"edges":[]}').problems).toBeUndefined();
  });

  it("lets nothing reach a prototype", () => {
    expect(said(`{"formatVersion":1,"name":"n","nodes":{},"edges":[],"layout":{"nodes":{"a":{"__proto__":{"x":1}}}}}`)).toEqual([
      'layout.nodes.a: "__proto__" cannot be a name here: JavaScript reserves it. Choose another name.',
    ]);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("refuses what is too deep, too large or goes round, without overflowing the stack", () => {
    expect(said(nested(200_000))[0]).toContain(`the document is nested more than ${MAX_DEPTH} levels deep`);
    expect(said(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)[0]).toContain("levels deep");
    expect(said("[".repeat(200_000))[0]).toContain("the text ends too early");
    expect(said(" ".repeat(MAX_TEXT + 1))[0]).toContain("the document is too large");
    expect(said(Array.from({ length: 1_000_001 }, () => 0))[0]).toContain("the document is too large");
    const round: Record<string, unknown> = { ...valid };
    round["layout"] = round;
    expect(said(round)[0]).toContain("levels deep");
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withTypedArray: true }),
        (input) => {
          expect(readDocument(input).problems?.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(anyDocument, fc.array(fc.string()), fc.anything(), (document, path, value) => {
        const damaged = structuredClone(document) as Record<string, unknown>;
        let at = damaged;
        for (const step of path) {
          const keys = Object.keys(at);
          const key = keys[step.length % Math.max(1, keys.length)] ?? step;
          if (typeof at[key] !== "object" || at[key] === null) break;
          at = at[key] as Record<string, unknown>;
        }
        Object.defineProperty(at, Object.keys(at)[0] ?? "x", { value, enumerable: true, configurable: true, writable: true });
        for (const problem of readDocument(damaged).problems ?? []) expect(words(problem).zh).toBeTruthy();
      }),
      { numRuns: 500 },
    );
  });
});
