// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters are written so
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyze } from "./analyze.ts";
import { canonicalText } from "./canonical.ts";
import type { PipelineDocument, PipelineParameter } from "./document.ts";
import {
  carried,
  fragmentChanges,
  fragmentSpec,
  isFragment,
  outdatedFragments,
  type Problem,
  readDocument,
  withFragment,
  words,
} from "./index.ts";
import { pipeline, specs } from "./specs.testing.ts";

const parameter = (type: PipelineParameter["type"], value: string | number | boolean): PipelineParameter => ({ type, default: value });

/** Keeps rows by a condition that its user says, and computes something of them. */
const visits = (more: Partial<PipelineDocument> = {}) =>
  pipeline(
    {
      in: ["port-in"],
      keep: ["filter", { condition: "(${least}) AND ${only}" }],
      make: ["compute", { value: "${what}" }],
      out: ["port-out"],
    },
    ["in.out > keep.in", "keep.out > make.in", "make.out > out.in"],
    {
      name: "Visits",
      parameters: {
        least: parameter("condition", "TRUE"),
        only: parameter("condition", "amount > 1"),
        what: parameter("expression", "user"),
      },
      ...more,
    },
  );

const used = (params: Record<string, unknown> = {}, fragment: PipelineDocument | null = visits()) =>
  pipeline({ a: ["source"], v: ["fragment:visits", params], c: ["sink", { topic: "t" }] }, ["a.out > v.in", "v.out > c.in"], {
    fragments: { visits: { version: 3, ...(fragment && { document: fragment }) } },
  });

const said = (problems: readonly Problem[]) => problems.map((one) => `${one.nodeId ? `[${one.nodeId}] ` : ""}${words(one).en}`);
const saidOf = (document: PipelineDocument, options = {}) => said(analyze(document, specs, options).problems);
const node = (document: PipelineDocument, id: string) => analyze(document, specs).graph.nodes.find((one) => one.id === id);

describe("a fragment that is used", () => {
  it("is what stands inside, each node under the way to it", () => {
    const { problems, graph } = analyze(used(), specs);
    expect(said(problems)).toEqual([]);
    expect(graph.nodes.map(({ id }) => id)).toEqual(["a", "v/in", "v/keep", "v/make", "v/out", "c"]);
    expect(graph.document.edges.map(({ from, to }) => `${from} > ${to}`).sort()).toEqual([
      "a.out > v/in.in",
      "v/in.out > v/keep.in",
      "v/keep.out > v/make.in",
      "v/make.out > v/out.in",
      "v/out.out > c.in",
    ]);
    expect(graph.document.fragments).toBeUndefined();
  });

  it("has its parameters filled in, their defaults where nothing is said", () => {
    expect(node(used(), "v/keep")?.params).toEqual({ condition: "(TRUE) AND (amount > 1)" });
    expect(node(used({ what: "amount + 1" }), "v/make")?.params).toEqual({ value: "amount + 1" });
  });

  it("takes an expression as one operand, whatever is in it", () => {
    const params = { least: "amount > 5 OR user = 'a' -- both", only: "amount < 9 OR TRUE" };
    expect(node(used(params), "v/keep")?.params).toEqual({
      condition: "((amount > 5 OR user = 'a' -- both\n)) AND (amount < 9 OR TRUE)",
    });
    expect(saidOf(used(params))).toEqual([]);
  });

  it("is typed through, with the schema that arrives where it is used", () => {
    const { graph } = analyze(used({ what: "amount" }), specs);
    const [use] = graph.uses;
    expect(use).toMatchObject({ id: "v", ok: true, spec: { type: "fragment:visits", category: "fragment" } });
    expect(use?.inputs["in"]).toMatchObject({
      schema: { fields: [{ name: "user" }, { name: "amount" }] },
      edges: [{ from: "a.out", to: "v.in" }],
    });
    expect(use?.outputs["out"]).toMatchObject({
      known: true,
      schema: { fields: [{ dataType: { type: "INT" } }] },
      edges: [{ from: "v.out", to: "c.in" }],
    });
    expect(Object.keys(use?.outputs ?? {})).toEqual(["out", "error"]);
  });

  it("is nested, and its parameters reach the innermost", () => {
    const outer = pipeline(
      { in: ["port-in"], first: ["fragment:visits", { what: "${field}" }], out: ["port-out"] },
      ["in.out > first.in", "first.out > out.in"],
      {
        name: "Outer",
        parameters: { field: parameter("field", "user") },
        fragments: { visits: { version: 1, document: visits() } },
      },
    );
    const document = pipeline(
      { a: ["source"], o: ["fragment:outer", { field: "amount" }], c: ["sink", { topic: "t" }] },
      ["a.out > o.in", "o.out > c.in"],
      {
        fragments: { outer: { version: 1, document: outer } },
      },
    );
    expect(saidOf(document)).toEqual([]);
    expect(node(document, "o/first/make")?.params).toEqual({ value: "amount" });
    expect(analyze(document, specs).graph.uses.map(({ id }) => id)).toEqual(["o/first", "o"].sort());
    const wrong = {
      ...document,
      nodes: { ...document.nodes, o: { ...document.nodes["o"], params: { field: "amoun" } } },
    } as PipelineDocument;
    expect(analyze(wrong, specs).problems[0]).toMatchObject({
      nodeId: "o",
      path: ["field"],
      inner: { node: "first/make", path: ["value"] },
      range: { start: 0, end: 5 },
    });
  });

  it("finds the schemas and connections of its own document, not those of its user", () => {
    const inside = pipeline({ s: ["source", { schema: "event", connection: "logs" }], out: ["port-out"] }, ["s.out > out.in"], {
      schemas: { event: { fields: { inner: "BIGINT" } } },
      connections: { logs: { role: "topic" } },
    });
    const document = pipeline({ v: ["fragment:src"], c: ["sink", { topic: "t" }] }, ["v.out > c.in"], {
      schemas: { event: { fields: { outer: "STRING" } } },
      fragments: { src: { version: 1, document: inside } },
    });
    const { problems, graph } = analyze(document, specs);
    expect(said(problems)).toEqual([]);
    expect(node(document, "v/s")?.outputs["out"]?.schema.fields).toMatchObject([{ name: "inner" }]);
    expect(graph.document.connections).toEqual({ logs: { role: "topic" } });
  });

  it("leads errors out where its user wires the error port, from the innermost too", () => {
    const outer = pipeline(
      { in: ["port-in"], first: ["fragment:visits"], out: ["port-out"] },
      ["in.out > first.in", "first.out > out.in"],
      {
        fragments: { visits: { version: 1, document: visits() } },
      },
    );
    const document = pipeline(
      { a: ["source"], o: ["fragment:outer"], c: ["sink", { topic: "t" }], e: ["sink", { topic: "errors" }] },
      ["a.out > o.in", "o.out > c.in", "o.error > e.in"],
      { fragments: { outer: { version: 1, document: outer } } },
    );
    const { problems, graph } = analyze(document, specs);
    expect(said(problems)).toEqual([]);
    const errors = graph.document.edges.filter(({ from }) => from.includes("error")).map(({ from, to }) => `${from} > ${to}`);
    expect(errors.sort()).toEqual(
      [
        "o/first/keep.error > o/first/error.in",
        "o/first/make.error > o/first/error.in",
        "o/first/error.out > o/error.in",
        "o/error.out > e.in",
      ].sort(),
    );
  });

  it("knows under which ids its nodes stood before, and a node that came out of one under which it stood there", () => {
    const made = used();
    const moved = {
      ...made,
      nodes: { ...made.nodes, v: { ...made.nodes["v"], formerly: "" }, c: { ...made.nodes["c"], formerly: "old/c" } },
    } as PipelineDocument;
    const former = (document: PipelineDocument) =>
      analyze(document, specs).graph.nodes.flatMap(({ id, formerly }) => (formerly ? [`${id} < ${formerly}`] : []));
    expect(former(moved)).toEqual(["v/in < in", "v/keep < keep", "v/make < make", "v/out < out", "c < old/c"]);
    expect(former(made)).toEqual([]);
  });

  it("is passed by as one node while it is disabled", () => {
    const document = used();
    const off = { ...document, nodes: { ...document.nodes, v: { ...document.nodes["v"], disabled: true } } } as PipelineDocument;
    const { problems, graph } = analyze(off, specs);
    expect(said(problems)).toEqual([]);
    expect(graph.nodes.map(({ id }) => id)).toEqual(["a", "v", "c"]);
    expect(node(off, "c")?.inputs["in"]?.schema.fields).toMatchObject([{ name: "user" }, { name: "amount" }]);
  });
});

describe("what is wrong", () => {
  it("inside stands at the node that uses it, and names the node inside", () => {
    const broken = visits({ nodes: { ...visits().nodes, keep: { type: "filter", name: "Keep", params: { condition: "amoun > 1" } } } });
    expect(saidOf(used({}, broken))).toEqual([
      '[v] inside the fragment, at keep, condition: unknown field "amoun"; did you mean "amount"?',
    ]);
    expect(words(analyze(used({}, broken), specs).problems[0] as Problem).zh).toContain("片段内 keep, condition");
  });

  it("by a parameter stands at that parameter", () => {
    const [found] = analyze(used({ what: "usr" }), specs).problems;
    expect(found).toMatchObject({ nodeId: "v", path: ["what"], inner: { node: "make", path: ["value"] }, range: { start: 0, end: 3 } });
    expect(said([found as Problem])).toEqual(['[v] what: inside the fragment, at make, value: unknown field "usr"; did you mean "user"?']);
  });

  it("by one of several parameters stands at none", () => {
    const [found] = analyze(used({ only: "usr = 'a'" }), specs).problems;
    expect(found).toMatchObject({ nodeId: "v", inner: { node: "keep", path: ["condition"] } });
    expect(found?.path).toBeUndefined();
    expect(found?.range).toBeUndefined();
  });

  it.each([
    [{ what: 3 }, "[v] what: expected text, got 3."],
    [{ nope: 3 }, '[v] nope: unknown member "nope". Known here: least, only, what. Remove it.'],
    [{ only: "amount >" }, "[v] only: "],
    [{ only: "TRUE) OR (FALSE" }, "[v] only: "],
  ])("a parameter is of another type: %j", (params, expected) => {
    const problems = saidOf(used(params));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(expected), problems[0]).toBe(true);
  });

  it.each([
    ["integer", 1.5],
    ["number", "many"],
    ["boolean", "yes"],
    ["duration", "soon"],
    ["field", "a..["],
    ["expression", "1 +"],
  ] as const)("a default is no %s", (type, value) => {
    const fragment = visits({ parameters: { ...visits().parameters, more: { type, default: value } } });
    const problems = saidOf(used({}, fragment));
    expect(
      problems.some((one) => one.startsWith("[v] ")),
      problems.join(),
    ).toBe(true);
  });

  it("a fragment that the document does not carry, or does not name", () => {
    expect(saidOf(used({}, null))).toEqual([
      '[v] version 3 of the fragment "visits" is missing: the document names it and does not carry it. Choose a version that the server has, or import a document that carries it.',
    ]);
    const { fragments: _, ...unnamed } = used();
    expect(saidOf(unnamed)).toEqual([
      '[v] the document does not use a fragment "visits". Add it from the palette, or write it under fragments.',
    ]);
  });

  it("a fragment that is part of itself", () => {
    const again = visits({
      nodes: { ...visits().nodes, self: { type: "fragment:visits", name: "Self", params: {} } },
      fragments: { visits: { version: 1, document: visits() } },
    });
    expect(saidOf(used({}, again))).toEqual([
      "[v] inside the fragment, at self: a fragment cannot be part of itself: visits → visits. Remove one of these uses.",
    ]);
  });

  it("a fragment that is used in one that it uses", () => {
    const draft = visits({
      nodes: { ...visits().nodes, sub: { type: "fragment:outer", name: "Sub", params: {} } },
      fragments: { outer: { version: 1, document: used() } },
    });
    expect(saidOf(draft, { pipelineId: "visits" })).toContain(
      "[sub] inside the fragment, at v: a fragment cannot be part of itself: visits → outer → visits. Remove one of these uses.",
    );
  });

  it("a port that is not wired, or is not there, by the name that its user knows", () => {
    const { edges: _, ...document } = used();
    expect(saidOf({ ...document, edges: [{ from: "v.out", to: "c.in" }] })).toContain(
      '[v] nothing is connected to input "in". Draw an edge to it.',
    );
    expect(saidOf({ ...document, edges: [{ from: "a.out", to: "v.in" }] })).toContain(
      '[v] nothing is connected to output "out": its rows are counted and let go. Connect it, to a discard node if that is what you want.',
    );
    expect(saidOf({ ...used(), edges: [...used().edges, { from: "a.out", to: "v.other" }] })).toContain(
      'edges[2].to: the edge a.out → v.other ends in "other" of "v", which it does not have. Its inputs: in. Connect one of them.',
    );
  });

  it("a port of the name that every node has", () => {
    const fragment = pipeline({ in: ["port-in"], error: ["port-out"] }, ["in.out > error.in"]);
    expect(saidOf(fragment)).toEqual([
      '[error] "error" cannot be a port of a fragment: every node has it anyway. Make the port anew under another name.',
    ]);
  });
});

describe("hostile documents", () => {
  /** 2^levels uses of one small fragment. */
  function doubling(levels: number): PipelineDocument {
    let fragment = pipeline({ in: ["port-in"], out: ["port-out"] }, ["in.out > out.in"]);
    for (let i = 0; i < levels; i++)
      fragment = pipeline(
        { [`in`]: ["port-in"], a: [`fragment:l${i}`], b: [`fragment:l${i}`], out: ["port-out"] },
        ["in.out > a.in", "a.out > b.in", "b.out > out.in"],
        {
          fragments: { [`l${i}`]: { version: 1, document: fragment } },
        },
      );
    return fragment;
  }

  it("are not written out beyond the number of nodes that a setting allows", () => {
    const begun = performance.now();
    const { problems, graph } = analyze(doubling(20), specs, { mostNodes: 1_000 });
    expect(problems.some(({ code }) => code === "fragment.too-many")).toBe(true);
    expect(words(problems.find(({ code }) => code === "fragment.too-many") as Problem).en).toContain("more than 1000 nodes");
    expect(graph.nodes.length).toBeLessThanOrEqual(1_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(said(analyze(doubling(5), specs).problems)).toEqual([]);
  });

  it("are not nested without end", () => {
    let fragment = pipeline({ in: ["port-in"], out: ["port-out"] }, ["in.out > out.in"]);
    for (let i = 0; i < 100; i++)
      fragment = pipeline({ in: ["port-in"], v: [`fragment:f${i}`], out: ["port-out"] }, ["in.out > v.in", "v.out > out.in"], {
        fragments: { [`f${i}`]: { version: 1, document: fragment } },
      });
    expect(analyze(fragment, specs).problems.map(({ code }) => code)).toContain("fragment.too-deep");
    expect(readDocument(fragment).problems?.[0]?.code).toBe("document.too-deep");
  });

  it("name what every object has", () => {
    const document = used({ what: "user" });
    const wicked = {
      ...document,
      fragments: { visits: { version: 1, document: { ...visits(), parameters: { constructor: { type: "string", default: "x" } } } } },
    };
    expect(readDocument(wicked).problems).toMatchObject([
      { code: "document.reserved-key", path: ["fragments", "visits", "document", "parameters", "constructor"] },
    ]);
    const odd = pipeline({ v: ["fragment:constructor"], w: ["fragment:"] });
    expect(analyze(odd, specs).problems.map(({ code }) => code)).toEqual(
      ["fragment.unknown", "fragment.unknown", "graph.no-sink"].slice(0, 2),
    );
  });

  it("are problems, whatever their nodes, edges and params say", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant("${what}"), fc.constant("$${x"), fc.constant("user -- x"));
    const ref = fc.constantFrom("a.out", "v.in", "v.out", "v.error", "v.nope", "c.in", "v/in.in", "v/keep.out", "x.y", "");
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("least", "only", "what", "nope"), value),
        fc.array(fc.record({ from: ref, to: ref }), { maxLength: 6 }),
        fc.dictionary(
          fc.constantFrom("in", "keep", "out", "error", "self"),
          fc.record({
            type: fc.constantFrom("port-in", "port-out", "filter", "fragment:visits", "fragment:x"),
            name: fc.constant("n"),
            params: fc.dictionary(fc.constantFrom("condition", "value"), value),
          }),
        ),
        (params, edges, nodes) => {
          const document = used(params, { ...visits(), nodes: nodes as PipelineDocument["nodes"] });
          const { problems } = analyze({ ...document, edges }, specs);
          for (const one of problems) expect(one.nodeId ?? "").not.toContain("/");
          for (const one of problems) expect(words(one).zh.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a document with fragments", () => {
  it("is written and read back whole, that which it carries too", () => {
    const text = canonicalText(used({ what: "amount" }));
    const { document } = readDocument(text);
    expect(canonicalText(document as PipelineDocument)).toBe(text);
    expect(document?.fragments?.["visits"]?.document?.nodes["keep"]).toMatchObject({ type: "filter" });
  });

  it("may carry fragments of an older format", () => {
    const old = {
      formatVersion: 0,
      name: "Old",
      nodes: [{ id: "in", type: "port-in", name: "In", params: {}, x: 1, y: 2 }],
      edges: [["in.out", "out.in"]],
    };
    const { document } = readDocument({ ...used(), fragments: { visits: { version: 1, document: old } } });
    expect(document?.fragments?.["visits"]?.document).toMatchObject({
      formatVersion: 1,
      nodes: { in: { type: "port-in" } },
      edges: [{ from: "in.out", to: "out.in" }],
    });
  });

  it("knows a fragment by its ports, and makes a node type of it", () => {
    expect(isFragment(visits(), specs)).toBe(true);
    expect(isFragment(used(), specs)).toBe(false);
    expect(saidOf(visits(), { runs: true })).toEqual([
      "this is a fragment: it is not run by itself. Save a version of it, and use that as a node of a pipeline.",
    ]);
    expect(saidOf(used(), { runs: true })).toEqual([]);
    const spec = fragmentSpec("visits", visits(), specs);
    expect(spec).toMatchObject({
      type: "fragment:visits",
      title: { en: "Visits" },
      inputs: { in: { en: "in" } },
      outputs: { out: { en: "out" } },
    });
    expect(spec.params.parse({})).toEqual({ least: "TRUE", only: "amount > 1", what: "user" });
    expect(spec.cardLine?.({ what: "amount", only: "TRUE" })).toBe("TRUE, amount");
  });
});

describe("a newer version", () => {
  const next = visits({
    nodes: {
      ...visits().nodes,
      make: { type: "compute", name: "Make", params: { value: "amount" } },
      late: { type: "port-out", name: "Late", params: {} },
    },
    edges: [...visits().edges, { from: "keep.out", to: "late.in" }],
    parameters: { least: parameter("condition", "TRUE"), only: parameter("expression", "amount > 2"), size: parameter("duration", "10 s") },
  });

  it("says what it changes for a user: ports, parameters, fields, problems", () => {
    const found = fragmentChanges(used({ what: "user" }), "visits", { version: 4, document: next }, specs);
    expect(found.changes.map(({ en }) => en)).toEqual([
      'output "late" comes',
      'parameter "only" becomes expression, was condition',
      'parameter "only" is amount > 2 without a value, was amount > 1',
      'parameter "what" goes',
      'parameter "size" comes; without a value it is 10 s',
      'v.out: field "value" becomes INT, was STRING',
    ]);
    expect(said(found.problems)).toEqual([
      '[v] what: unknown member "what". Known here: least, only, size. Remove it.',
      '[v] nothing is connected to output "late": its rows are counted and let go. Connect it, to a discard node if that is what you want.',
    ]);
  });

  it("changes nothing when it is the same", () => {
    expect(fragmentChanges(used(), "visits", { version: 4, document: visits() }, specs)).toEqual({ changes: [], problems: [], mended: [] });
  });

  it("is hinted at where an older one is used, and nowhere else", () => {
    expect(said(outdatedFragments(used(), () => 4))).toEqual([
      '[v] uses version 3 of the fragment "visits"; version 4 is the newest. Update it when what changes suits you.',
    ]);
    expect(outdatedFragments(used(), () => 3)).toEqual([]);
    expect(outdatedFragments(used(), () => undefined)).toEqual([]);
  });

  it("is put in place of the one that is carried, without its tests", () => {
    const tested = { ...visits(), tests: [{ name: "t", steps: [] }] };
    const after = withFragment(used(), "visits", { version: 4, document: carried(tested) });
    expect(after.fragments?.["visits"]).toEqual({ version: 4, document: visits() });
  });
});
