// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline parameters are written so
import { describe, expect, it } from "vitest";
import { analyze, hasErrors } from "./analyze.ts";
import type { PipelineDocument } from "./document.ts";
import { expressionKey, type Problem, words } from "./index.ts";
import { pipeline, specs } from "./specs.testing.ts";

const errorsOf = (document: PipelineDocument, set?: Record<string, unknown>) =>
  analyze(document, specs, set && { set }).problems.filter(({ severity }) => severity === "error");
const warningsOf = (document: PipelineDocument) => analyze(document, specs).problems.filter(({ severity }) => severity === "warning");
const said = (problems: readonly Problem[]) =>
  problems.map((problem) => `${problem.nodeId ? `[${problem.nodeId}] ` : ""}${words(problem).en}`);
const nodeOf = (document: PipelineDocument, id: string) => {
  const node = analyze(document, specs).graph.nodes.find((one) => one.id === id);
  if (!node) throw new Error(`no node ${id}`);
  return node;
};

const line = (condition: string, more: Partial<PipelineDocument> = {}) =>
  pipeline({ a: ["source"], b: ["filter", { condition }], c: ["sink", { topic: "t" }] }, ["a.out > b.in", "b.out > c.in"], more);

describe("a sound pipeline", () => {
  it("has no problems, and a schema on every port", () => {
    const { problems, graph } = analyze(line("amount > 100"), specs);
    expect(problems).toEqual([]);
    expect(graph.nodes.map(({ id, ok }) => [id, ok])).toEqual([
      ["a", true],
      ["b", true],
      ["c", true],
    ]);
    expect(graph.nodes[2]?.inputs["in"]).toMatchObject({
      known: true,
      changelog: { mode: "append" },
      schema: { fields: [{ name: "user" }, { name: "amount" }] },
    });
    expect(graph.nodes[1]?.expressions.get(expressionKey({ port: "in", text: "amount > 100" }))?.dataType.type).toBe("BOOLEAN");
    expect(graph.settings).toEqual({ timeZone: "Asia/Shanghai", parallelism: 1, checkpointIntervalMs: 200 });
  });

  it("gives every node an error output with the schema of errors", () => {
    expect(Object.keys(nodeOf(line("amount > 1"), "b").outputs)).toEqual(["out", "error"]);
    const wired = pipeline({ a: ["source"], c: ["sink", { topic: "t" }], d: ["sink", { topic: "errors" }] }, [
      "a.out > c.in",
      "a.error > d.in",
    ]);
    expect(errorsOf(wired)).toEqual([]);
    expect(nodeOf(wired, "d").inputs["in"]?.schema.fields.map(({ name }) => name)).toEqual(["node", "code", "message", "text", "origin"]);
  });

  it("types expressions over groups: aggregates of the rows, and beside them the group's own fields", () => {
    const over = (value: string) =>
      pipeline({ a: ["source"], w: ["window", { key: "user", size: "1 s", value }], c: ["sink", { topic: "t" }] }, [
        "a.out > w.in",
        "w.out > c.in",
      ]);
    const node = nodeOf(over("key || CAST(SUM(amount) AS STRING)"), "w");
    expect(node.outputs["out"]?.schema.fields).toEqual([{ name: "value", dataType: { type: "STRING" } }]);
    expect([...node.aggregates.values()].flat().map(({ text }) => text)).toEqual(["SUM(amount)"]);
    expect(errorsOf(over("COUNT(*)"))).toEqual([]);
    expect(said(errorsOf(over("amount")))).toEqual(['[w] value: unknown field "amount". Fields here: key.']);
    expect(said(errorsOf(over("SUM(key)")))).toEqual(['[w] value: unknown field "key". Fields here: user, amount.']);
  });

  it("refuses a key that is another one whenever it is computed", () => {
    const keyed = (key: string) => pipeline({ a: ["source"], w: ["window", { key, size: "1 s" }] }, ["a.out > w.in"]);
    expect(said(errorsOf(keyed("RAND_INTEGER(4)")))).toEqual([
      '[w] the key "RAND_INTEGER(4)" gives another value each time it is computed, so that a row would not find its state. Compute it as a field in a node before this one.',
    ]);
    expect(errorsOf(keyed("user || CAST(CURRENT_DATE AS STRING)"))).toHaveLength(1);
    expect(errorsOf(keyed("UPPER(user)"))).toEqual([]);
  });

  it("orders nodes along the flow, whatever their ids", () => {
    const document = pipeline({ z: ["source"], y: ["source"], m: ["union"], a: ["sink", { topic: "t" }] }, [
      "m.out > a.in",
      "z.out > m.in",
      "y.out > m.in",
    ]);
    expect(analyze(document, specs).graph.nodes.map(({ id }) => id)).toEqual(["y", "z", "m", "a"]);
  });

  it("has ports that depend on params", () => {
    const document = pipeline(
      {
        a: ["source"],
        s: [
          "split",
          {
            cases: [
              { name: "big", when: "amount > 9" },
              { name: "rest", when: "TRUE" },
            ],
          },
        ],
        x: ["sink", { topic: "x" }],
        y: ["sink", { topic: "y" }],
      },
      ["a.out > s.in", "s.big > x.in", "s.rest > y.in"],
    );
    expect(analyze(document, specs).problems).toEqual([]);
  });
});

describe("nodes", () => {
  it("names an unknown type and the one that was meant", () => {
    expect(said(errorsOf(pipeline({ a: ["sorce"] })))).toEqual(['[a] unknown node type "sorce"; did you mean "source"?']);
    expect(said(errorsOf(pipeline({ a: ["constructor"] })))).toEqual([
      '[a] unknown node type "constructor". Replace the node by one from the palette.',
    ]);
  });

  it.each([
    [{ key: "user", size: "0 s" }, 'size: expected a length of time above zero, got "0 s". Try "10 s" or "1 min".'],
    [{ key: "user", size: "soon" }, 'size: expected a length of time, got "soon". Try "10 s" or "1 min".'],
    [{ key: "user" }, 'size: expected a length of time, got nothing. Try "10 s" or "1 min".'],
    [{ key: "", size: "1 s" }, 'key: expected text that is not empty, got "".'],
    [{ key: "user", size: "1 s", sise: 1 }, 'sise: unknown member "sise"; did you mean "size"?'],
  ])("says what is wrong with the params %j", (params, sentence) => {
    const document = pipeline({ a: ["source"], w: ["window", params], s: ["sink", { topic: "t" }] }, ["a.out > w.in", "w.out > s.in"]);
    expect(said(errorsOf(document))).toEqual([`[w] ${sentence}`]);
  });

  it.each([
    [{ rate: 0 }, "rate: expected a number of at least 1, got 0."],
    [{ rate: "20" }, 'rate: expected a number, got "20".'],
  ])("says what is wrong with the params %j of a source", (params, sentence) => {
    expect(said(errorsOf(pipeline({ a: ["source", params] })))).toEqual([`[a] ${sentence}`]);
  });

  it("turns a spec that fails into a problem of its node", () => {
    for (const [where, message] of [
      ["ports", "no ports"],
      ["infer", "no schema"],
      ["expressions", "no expressions"],
      ["changelog", "no changelog"],
      ["forgets", 'it gave no schema for output "out"'],
    ])
      expect(errorsOf(pipeline({ f: ["faulty", { where }] }))).toMatchObject([{ code: "node.failed", nodeId: "f", args: { message } }]);
  });
});

describe("edges", () => {
  const ends = { a: ["source"], b: ["filter", { condition: "amount > 1" }], c: ["sink", { topic: "t" }] } as const;

  it.each([
    [["a.out > x.in"], 'edges[0].to: the edge a.out → x.in names a node "x" that is not there. Remove the edge.'],
    [
      ["a.put > b.in"],
      'edges[0].from: the edge a.put → b.in leaves "a" by "put", which it does not have. Its outputs: out, error. Connect one of them.',
    ],
    [
      ["a.out > b.into"],
      'edges[0].to: the edge a.out → b.into ends in "into" of "b", which it does not have. Its inputs: in. Connect one of them.',
    ],
    [
      ["b.out > a.in"],
      'edges[0].to: the edge b.out → a.in ends in "in" of "a", which it does not have. It has no inputs. Remove the edge.',
    ],
    [["a.out > b.in", "a.out > b.in"], "edges[1]: the edge a.out → b.in is there twice. Remove one of the two."],
    [
      ["a.toString > b.in"],
      'edges[0].from: the edge a.toString → b.in leaves "a" by "toString", which it does not have. Its outputs: out, error. Connect one of them.',
    ],
  ])("refuses %j", (edges, sentence) => {
    expect(said(errorsOf(pipeline(ends, edges)))).toContain(sentence);
  });

  it("wants one edge in an input, and names those that are there", () => {
    const document = pipeline({ ...ends, d: ["source"] }, ["a.out > c.in", "d.out > c.in"]);
    expect(said(errorsOf(document))).toContain(
      '[c] input "in" takes one edge, got 2: from a.out, d.out. Put a union before it, or remove all but one.',
    );
    expect(said(errorsOf(document))).toContain('[b] nothing is connected to input "in". Draw an edge to it.');
  });

  it("names the nodes of a circle, in order, once", () => {
    const document = pipeline(
      {
        a: ["source"],
        u: ["union"],
        f: ["filter", { condition: "amount > 1" }],
        g: ["filter", { condition: "amount > 1" }],
        c: ["sink", { topic: "t" }],
      },
      ["a.out > u.in", "u.out > f.in", "f.out > g.in", "g.out > u.in", "g.out > c.in"],
    );
    const errors = errorsOf(document);
    expect(said(errors)).toEqual(["[f] rows would go round in a circle: f → g → u → f. Remove one of these edges."]);
    expect(
      analyze(document, specs)
        .graph.nodes.filter(({ ok }) => !ok)
        .map(({ id }) => id),
    ).toEqual(["f", "g", "u"]);
  });

  it("refuses rows that change earlier ones where only inserts are taken", () => {
    const changing = (type: string, params: Record<string, unknown>) =>
      pipeline({ a: ["source", { changes: true }], w: [type, params], s: ["sink", { topic: "t" }] }, ["a.out > w.in", "w.out > s.in"]);
    expect(said(errorsOf(changing("filter", { condition: "amount > 1" })))[0]).toBe(
      '[w] input "in" takes append rows, got retract. Put a node that keeps inserts only before it.',
    );
    expect(said(errorsOf(changing("window", { key: "user", size: "1 s" })))[0]).toMatch(/^\[s\] input "in" takes append rows/);
  });
});

describe("expressions", () => {
  it("are checked against what arrives, at their place in the params", () => {
    const [problem, ...more] = errorsOf(line("amonut > 100"));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ nodeId: "b", path: ["condition"], range: { start: 0, end: 6 } });
    expect(problem && words(problem).en).toContain("amonut");
  });

  it("must be BOOLEAN where a condition is wanted", () => {
    expect(said(errorsOf(line("amount + 1")))).toEqual([
      '[b] condition: expected a condition (BOOLEAN), got a value of type INT. Compare it with something, as in "amount > 100".',
    ]);
  });

  it("are said to be wrong once, not again at every node below", () => {
    const document = pipeline(
      { a: ["source"], x: ["compute", { value: "nope" }], f: ["filter", { condition: "value > 1" }], s: ["sink", { topic: "t" }] },
      ["a.out > x.in", "x.out > f.in", "f.out > s.in"],
    );
    expect(errorsOf(document).map(({ nodeId }) => nodeId)).toEqual(["x"]);
    expect(nodeOf(document, "x").inputs["in"]?.known).toBe(true);
    expect(nodeOf(document, "f").inputs["in"]?.known).toBe(false);
    expect(nodeOf(document, "f").ok).toBe(true);
  });

  it("of a key are checked too", () => {
    const document = pipeline({ a: ["source"], w: ["window", { key: "usr", size: "1 s" }], s: ["sink", { topic: "t" }] }, [
      "a.out > w.in",
      "w.out > s.in",
    ]);
    expect(errorsOf(document)).toMatchObject([{ nodeId: "w" }]);
  });
});

describe("parameters", () => {
  const parameters = { least: { type: "number", default: 100 }, rate: { type: "number", default: 5 } } as const;

  it("stand in params: as text within text, as themselves alone", () => {
    const document = pipeline(
      { a: ["source", { rate: "${rate}" }], b: ["filter", { condition: "amount > ${least}" }], c: ["sink", { topic: "t" }] },
      ["a.out > b.in", "b.out > c.in"],
      { parameters },
    );
    expect(analyze(document, specs).problems).toEqual([]);
    expect(nodeOf(document, "a").params).toMatchObject({ rate: 5 });
    const { graph } = analyze(document, specs, { set: { least: "7" } });
    expect(graph.nodes[1]?.params).toEqual({ condition: "amount > 7" });
  });

  it("give no position in a text that the person does not see", () => {
    const [problem] = errorsOf(line("nope > ${least}", { parameters }));
    expect(problem).toMatchObject({ nodeId: "b", path: ["condition"] });
    expect(problem).not.toHaveProperty("range");
  });

  it("must be declared, and be given values of their type", () => {
    expect(said(errorsOf(line("amount > ${leest}", { parameters })))).toContain(
      '[b] condition: unknown parameter ${leest}; did you mean "least"?',
    );
    expect(said(errorsOf(line("amount > 1", { parameters }), { least: "many" }))).toEqual([
      'set.least: parameter "least": expected a number, got "many".',
    ]);
    expect(said(errorsOf(line("amount > 1", { parameters }), { rats: 1 }))).toEqual([
      'set.rats: the pipeline has no parameter "rats"; did you mean "rate"?',
    ]);
    expect(said(errorsOf(line("amount > 1", { parameters: { d: { type: "duration", default: "5 parsecs" } } })))).toEqual([
      'parameters.d.default: parameter "d": expected a length of time, got "5 parsecs".',
    ]);
  });

  it("can be written as characters", () => {
    expect(nodeOf(line("user = '$${least}'"), "b").params).toEqual({ condition: "user = '${least}'" });
  });
});

describe("schemas, connections, settings", () => {
  const declared = { fields: { id: "BIGINT NOT NULL", who: "ROW<mid STRING, tags ARRAY<ROW<t STRING>>>" } };

  it("types what the document declares, and tags personal fields", () => {
    const document = pipeline({ a: ["source", { schema: "event" }], s: ["sink", { topic: "t" }] }, ["a.out > s.in"], {
      schemas: { event: { ...declared, personal: ["who.mid", "who.tags.t"] } },
    });
    expect(analyze(document, specs).problems).toEqual([]);
    expect(nodeOf(document, "a").outputs["out"]?.schema).toMatchObject({
      open: true,
      fields: [
        { name: "id", dataType: { type: "BIGINT", nullable: false } },
        {
          name: "who",
          dataType: { fields: [{ name: "mid", personal: true }, { dataType: { element: { fields: [{ name: "t", personal: true }] } } }] },
        },
      ],
    });
  });

  it("points at a type that it cannot read and at a personal field that is not there", () => {
    const bad = pipeline({ a: ["source", { schema: "event" }] }, [], {
      schemas: { event: { fields: { id: "BIGINTT" }, personal: ["who.mit"] }, other: { ...declared, personal: ["who.mit"] } },
    });
    const errors = errorsOf(bad);
    expect(errors[0]).toMatchObject({ path: ["schemas", "event", "fields", "id"] });
    expect(said(errors)).toContain(
      'schemas.other.personal[0]: personal data is declared at "who.mit", but the schema has no such field; did you mean "who.mid"?',
    );
  });

  it("wants aliases that the document declares with the role of the node", () => {
    const withAlias = (connections: PipelineDocument["connections"]) =>
      pipeline({ a: ["source", { connection: "kafka" }] }, [], { connections });
    expect(said(errorsOf(withAlias({ kafak: { role: "topic" } })))).toEqual([
      '[a] connection: the pipeline has no connection alias "kafka"; did you mean "kafak"?',
    ]);
    expect(said(errorsOf(withAlias(undefined)))).toEqual([
      '[a] connection: the pipeline has no connection alias "kafka". Declare it under connections with the role "topic".',
    ]);
    expect(said(errorsOf(withAlias({ kafka: { role: "files" } })))).toEqual([
      '[a] connection: connection alias "kafka" has the role "files", but the node needs "topic". Use another alias.',
    ]);
    expect(errorsOf(withAlias({ kafka: { role: "topic" } }))).toEqual([]);
  });

  it("names a time zone that nobody knows, and an interval that is none", () => {
    expect(said(errorsOf(line("amount > 1", { timeZone: "Asia/Shangai" })))).toEqual([
      'timeZone: unknown time zone "Asia/Shangai"; did you mean "Asia/Shanghai"?',
    ]);
    expect(said(errorsOf(line("amount > 1", { checkpointInterval: "0 s" })))).toEqual([
      'checkpointInterval: expected a length of time above zero, got "0 s". Try "200 ms" or "10 s".',
    ]);
  });
});

describe("disabled nodes", () => {
  it("let rows pass by, and their params and inputs may be wrong", () => {
    const document = pipeline({ a: ["source"], b: ["filter", { condition: "" }, { disabled: true }], c: ["sink", { topic: "t" }] }, [
      "a.out > b.in",
      "b.out > c.in",
    ]);
    expect(analyze(document, specs).problems).toEqual([]);
    expect(nodeOf(document, "c").inputs["in"]).toMatchObject({ known: true, schema: { fields: [{ name: "user" }, { name: "amount" }] } });
  });

  it("are still known to the graph", () => {
    expect(nodeOf(pipeline({ a: ["source", {}, { disabled: true }] }), "a").disabled).toBe(true);
  });
});

describe("warnings", () => {
  it("are not given for outputs whose rows may well be let go", () => {
    const cases = ["late", "early"].map((name) => ({ name, when: "amount > 1" }));
    const { problems } = analyze(pipeline({ a: ["source"], b: ["split", { cases }] }, ["a.out > b.in"]), specs);
    const unused = problems.filter(({ code }) => code === "graph.output-unused").map(({ args }) => args?.["port"]);
    expect(unused).toEqual(["early"]);
  });

  it.each<[string, PipelineDocument, string]>([
    ["an empty pipeline", pipeline({}), "the pipeline has no nodes. Add a source and a sink."],
    ["no sink", pipeline({ a: ["source"] }), "no sink is in use: the rows go nowhere. Add a sink, for example a topic."],
    [
      "an output that goes nowhere",
      pipeline({ a: ["source"] }),
      '[a] nothing is connected to output "out": its rows are counted and let go. Connect it, to a discard node if that is what you want.',
    ],
    [
      "two sinks into one topic",
      pipeline({ a: ["source"], b: ["sink", { topic: "t" }], c: ["sink", { topic: "t" }] }, ["a.out > b.in", "a.out > c.in"]),
      '[c] b and c write to the same topic "t". Unite them with a union, or choose another name.',
    ],
    [
      "a group with a node that is gone",
      line("amount > 1", { groups: { g: { title: "G", nodes: ["a", "gone"] } } }),
      'groups.g.nodes[1]: the group "g" names a node "gone" that is not there. Remove it from the group.',
    ],
    [
      "a test with a node that is gone",
      line("amount > 1", { tests: [{ name: "t1", steps: [{ rows: { gone: [] } }] }] }),
      'tests[0].steps[0]: the test "t1" names a node "gone" that is not there. Correct the test.',
    ],
  ])("of %s", (_name, document, sentence) => {
    expect(said(warningsOf(document))).toContain(sentence);
    expect(hasErrors(warningsOf(document))).toBe(false);
  });

  it("are not given for two sinks into different connections", () => {
    const connections = { x: { role: "topic" }, y: { role: "topic" } } as const;
    const document = pipeline(
      { a: ["source"], b: ["sink", { topic: "t", connection: "x" }], c: ["sink", { topic: "t", connection: "y" }] },
      ["a.out > b.in", "a.out > c.in"],
      { connections },
    );
    expect(analyze(document, specs).problems).toEqual([]);
  });
});
