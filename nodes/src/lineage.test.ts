/** Lineage through the real node types; the template of the warehouse's first job is the largest of the pipelines. */
import { readFileSync } from "node:fs";
import { analyze, type Lineage, lineageOf, type PipelineDocument, words } from "@millrace/engine/pipeline";
import { describe, expect, it } from "vitest";
import { specs as allSpecs } from "./specs.ts";

const specs = new Map(allSpecs.map((spec) => [spec.type, spec]));

const baseLogApp = JSON.parse(
  readFileSync(new URL("../../templates/base-log-app/pipeline.json", import.meta.url), "utf8"),
) as PipelineDocument;

function lineageIn(document: PipelineDocument, port: string, path: string): Lineage {
  const [node = "", name = ""] = port.split(".");
  const found = lineageOf(analyze(document, specs).graph, { node, port: name, path: path.split(".") });
  if ("problem" in found) throw new Error(words(found.problem).en);
  return found.lineage;
}

/** "a.out:x → b.out:y copied", one for each step. */
function shown(steps: Lineage["upstream"]): string[] {
  return steps.map(({ from, to, how, expression, targets }) => {
    const end = to.port === undefined ? to.node : `${to.node}.${to.port}:${to.path?.join(".")}`;
    const more = [expression, ...(targets ?? []).map(({ kind, name }) => `${kind} ${name}`)].filter((one) => one !== undefined);
    return `${from.node}.${from.port}:${from.path.join(".")} → ${end} ${how}${more.length > 0 ? ` (${more.join("; ")})` : ""}`;
  });
}

function line(nodes: Record<string, [type: string, params: Record<string, unknown>]>, ...edges: [string, string][]): PipelineDocument {
  return {
    formatVersion: 1,
    name: "p",
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, [type, params]]) => [id, { type, name: id, params: params as never }])),
    edges: edges.map(([from, to]) => ({ from, to })),
  };
}
const source = (schema: string): [string, Record<string, unknown>] => ["topic-source", { topic: "t", schema }];

describe("lineage in BaseLogApp", () => {
  it("leads a display's device up to the log, past the conditions on its way", () => {
    const { upstream, origins, field } = lineageIn(baseLogApp, "displays.out", "common.mid");
    expect(field.dataType.type).toBe("STRING");
    expect(shown(upstream)).toEqual([
      "split_log.page:common.mid → displays.out:common.mid copied (CASE WHEN true THEN common END)",
      "repair_is_new.out:common.mid → split_log.page:common.mid copied",
      "repair_is_new.out:start → split_log.page:common.mid condition (`start` IS NOT NULL)",
      "repair_is_new.out:page → split_log.page:common.mid condition (page IS NOT NULL)",
      "ods_base_log.out:common.mid → repair_is_new.out:common.mid copied",
      "ods_base_log.out:common.mid → repair_is_new.out:common.mid key (common.mid)",
      "ods_base_log.out:common.is_new → repair_is_new.out:common.mid condition (common.is_new = '1' AND (`start` IS NOT NULL OR page IS NOT NULL))",
      "ods_base_log.out:start → repair_is_new.out:common.mid condition (common.is_new = '1' AND (`start` IS NOT NULL OR page IS NOT NULL))",
      "ods_base_log.out:page → repair_is_new.out:common.mid condition (common.is_new = '1' AND (`start` IS NOT NULL OR page IS NOT NULL))",
    ]);
    expect(origins).toEqual([
      { node: "ods_base_log", port: "out", path: ["common", "mid"], targets: [{ kind: "topic", name: "ods_base_log" }] },
    ]);
  });

  it("leads the log's device down to keys and topics", () => {
    const steps = shown(lineageIn(baseLogApp, "ods_base_log.out", "common.mid").downstream);
    expect(steps).toContain("ods_base_log.out:common.mid → repair_is_new key (common.mid)");
    expect(steps).toContain("split_log.page:common.mid → displays.out:common.mid copied (CASE WHEN true THEN common END)");
    for (const topic of ["dwd_start_log", "dwd_page_log", "dwd_display_log"])
      expect(steps.filter((step) => step.includes(`→ ${topic} `)).map((step) => step.split(" → ")[1])).toEqual([
        `${topic} key (common.mid)`,
        `${topic} written (topic ${topic})`,
      ]);
  });

  it("says that the flag is repaired from the time and the flag itself, by device", () => {
    const steps = shown(lineageIn(baseLogApp, "repair_is_new.out", "common.is_new").upstream);
    expect(steps).toContain("ods_base_log.out:common.is_new → repair_is_new.out:common.is_new copied");
    expect(steps).toContain(
      "ods_base_log.out:ts → repair_is_new.out:common.is_new computed (DATE_FORMAT(TO_TIMESTAMP_LTZ(ts, 3), 'yyyyMMdd'))",
    );
    expect(steps).toContain("ods_base_log.out:common.mid → repair_is_new.out:common.is_new key (common.mid)");
  });

  it("takes an element's fields from the array", () => {
    expect(shown(lineageIn(baseLogApp, "displays.out", "item").upstream)[0]).toBe(
      "split_log.page:displays.[].item → displays.out:item copied",
    );
    expect(shown(lineageIn(baseLogApp, "split_log.page", "displays").downstream)).toContain(
      "split_log.page:displays → displays.out:item copied",
    );
  });
});

describe("lineage", () => {
  it("is renamed, computed and chosen by a select", () => {
    const document = line(
      {
        s: source("a INT, b INT, page ROW<id STRING, n INT>"),
        f: [
          "select",
          {
            fields: [
              { name: "x", value: "a" },
              { name: "y", value: "a + b" },
              { name: "z.p", value: "page" },
              { name: "w", value: "IF(b > 0, a, 7)" },
            ],
          },
        ],
      },
      ["s.out", "f.in"],
    );
    const up = (path: string) => shown(lineageIn(document, "f.out", path).upstream);
    expect(up("x")).toEqual(["s.out:a → f.out:x copied (a)"]);
    expect(up("y")).toEqual(["s.out:a → f.out:y computed (a + b)", "s.out:b → f.out:y computed (a + b)"]);
    expect(up("z.p.id")).toEqual(["s.out:page.id → f.out:z.p.id copied (page)"]);
    expect(up("w")).toEqual(["s.out:a → f.out:w copied (IF(b > 0, a, 7))", "s.out:b → f.out:w condition (IF(b > 0, a, 7))"]);
    expect(shown(lineageIn(document, "s.out", "page.n").downstream)).toEqual(["s.out:page.n → f.out:z.p.n copied (page)"]);
    expect(shown(lineageIn(document, "s.out", "page").downstream)).toEqual(["s.out:page → f.out:z.p copied (page)"]);
    expect(shown(lineageIn(document, "s.out", "a").downstream)).toEqual([
      "s.out:a → f.out:x copied (a)",
      "s.out:a → f.out:y computed (a + b)",
      "s.out:a → f.out:w copied (IF(b > 0, a, 7))",
    ]);
  });

  it("ends where a field is replaced", () => {
    const document = line(
      {
        s: source("a INT, b INT"),
        f: [
          "select",
          {
            keep: "all",
            fields: [
              { name: "a", value: "b" },
              { name: "c", value: "7" },
            ],
          },
        ],
        d: ["discard", {}],
      },
      ["s.out", "f.in"],
      ["f.out", "d.in"],
    );
    expect(shown(lineageIn(document, "s.out", "a").downstream)).toEqual([]);
    expect(shown(lineageIn(document, "f.out", "a").upstream)).toEqual(["s.out:b → f.out:a copied (b)"]);
    expect(lineageIn(document, "f.out", "c")).toMatchObject({ upstream: [], origins: [] });
  });

  it("comes from each stream of a union that has the field", () => {
    const document = line({ s: source("a INT"), t: source("a INT, b INT"), u: ["union", {}] }, ["s.out", "u.in"], ["t.out", "u.in"]);
    expect(shown(lineageIn(document, "u.out", "a").upstream)).toEqual(["s.out:a → u.out:a copied", "t.out:a → u.out:a copied"]);
    expect(lineageIn(document, "u.out", "b").origins.map(({ node }) => node)).toEqual(["t"]);
  });

  it("leads a window's aggregates to what they are of, and its key to the key", () => {
    const document = line(
      {
        s: source("user STRING, n INT, m INT"),
        w: [
          "window",
          {
            key: [{ name: "who", value: "user" }],
            window: { kind: "tumbling", size: "10 s" },
            fields: [
              { name: "sum", value: "SUM(n) FILTER (WHERE m > 0)" },
              { name: "count", value: "COUNT(*)" },
              { name: "from", value: "window_start" },
            ],
          },
        ],
      },
      ["s.out", "w.in"],
    );
    const key = (field: string) => `s.out:user → w.out:${field} key (user)`;
    const up = (path: string) => shown(lineageIn(document, "w.out", path).upstream);
    expect(up("who")).toEqual(["s.out:user → w.out:who copied (user)", key("who")]);
    expect(up("sum").sort()).toEqual(
      [
        "s.out:m → w.out:sum computed (SUM(n) FILTER (WHERE m > 0))",
        "s.out:n → w.out:sum computed (SUM(n) FILTER (WHERE m > 0))",
        key("sum"),
      ].sort(),
    );
    expect(up("count")).toEqual([key("count")]);
    expect(up("from")).toEqual([key("from")]);
    expect(shown(lineageIn(document, "w.late", "n").upstream)[0]).toBe("s.out:n → w.late:n copied");
  });

  it("leads a match's fields to the rows that were matched", () => {
    const pattern = (output: object) =>
      line(
        {
          s: source("k STRING, n INT, m INT"),
          p: [
            "pattern",
            {
              key: ["k"],
              steps: [
                { is: "row", name: "a" },
                { is: "row", name: "b", follows: "next" },
              ],
              within: "10 s",
              output,
            },
          ],
        },
        ["s.out", "p.in"],
      );
    const fields = pattern({
      do: "fields",
      fields: [
        { name: "last", value: "b.n" },
        { name: "first", value: "a" },
      ],
    });
    const key = (field: string) => `s.out:k → p.match:${field} key (k)`;
    expect(shown(lineageIn(fields, "p.match", "last").upstream)).toEqual(["s.out:n → p.match:last computed (b.n)", key("last")]);
    expect(shown(lineageIn(fields, "p.match", "first.m").upstream)).toEqual(["s.out:m → p.match:first.m copied", key("first.m")]);
    const row = pattern({ do: "row", step: "a" });
    expect(shown(lineageIn(row, "p.match", "n").upstream)).toEqual(["s.out:n → p.match:n copied", key("n")]);
  });

  it("leads what is looked up, cut into words or ranked to what it was found by", () => {
    const document = line(
      {
        s: source("sku INT, name STRING, n INT"),
        l: ["lookup", { table: "t", key: "sku", schema: "cost INT", fields: [{ name: "price", field: "cost" }] }],
        t: ["tokenize", { text: "name", as: "word", position: "at" }],
        r: ["top-n", { key: ["sku"], orderBy: [{ value: "n" }], n: "3", rank: "rank" }],
      },
      ["s.out", "l.in"],
      ["l.out", "t.in"],
      ["t.out", "r.in"],
    );
    expect(shown(lineageIn(document, "l.out", "price").upstream)).toEqual(["s.out:sku → l.out:price computed"]);
    expect(shown(lineageIn(document, "l.out", "n").upstream)).toEqual(["s.out:n → l.out:n copied"]);
    expect(shown(lineageIn(document, "t.out", "at").upstream)[0]).toBe("l.out:name → t.out:at computed");
    expect(shown(lineageIn(document, "r.out", "rank").upstream)[0]).toBe("t.out:n → r.out:rank computed");
  });

  it("knows the sides of a join, and its keys", () => {
    const joined = (as: object) =>
      line(
        {
          l: source("id INT, n INT"),
          r: source("id INT, m INT"),
          j: ["interval-join", { leftKey: ["id"], rightKey: ["id"], lower: "-1 s", upper: "1 s", joined: as }],
        },
        ["l.out", "j.left"],
        ["r.out", "j.right"],
      );
    const keys = (path: string) => [`l.out:id → j.joined:${path} key (id)`, `r.out:id → j.joined:${path} key (id)`];
    expect(shown(lineageIn(joined({ as: "nested" }), "j.joined", "right.m").upstream)).toEqual([
      "r.out:m → j.joined:right.m copied",
      ...keys("right.m"),
    ]);
    const prefixed = joined({ as: "side-by-side", leftPrefix: "l_", rightPrefix: "" });
    expect(shown(lineageIn(prefixed, "j.joined", "l_n").upstream)).toEqual(["l.out:n → j.joined:l_n copied", ...keys("l_n")]);
    expect(shown(lineageIn(prefixed, "j.lateLeft", "n").upstream)[0]).toBe("l.out:n → j.lateLeft:n copied");
    const chosen = joined({ as: "select", fields: [{ name: "both", from: "right", value: "m * 2" }] });
    expect(shown(lineageIn(chosen, "j.joined", "both").upstream)[0]).toBe("r.out:m → j.joined:both computed (m * 2)");
  });

  it("knows columns through decoding and routing, and what a sink writes of a row", () => {
    const rule = "source_table STRING, operate_type STRING, sink_type STRING, sink_table STRING";
    const document = line(
      {
        s: ["topic-source", { topic: "t" }],
        c: ["decode-changes", { columns: "id STRING" }],
        r: source(rule),
        d: ["dynamic-split", { key: ["data.id"] }],
        w: ["topic-sink", { topicExpression: "target", key: "key", part: "data" }],
      },
      ["s.out", "c.in"],
      ["c.out", "d.rows"],
      ["r.out", "d.rules"],
      ["d.topics", "w.in"],
    );
    expect(shown(lineageIn(document, "d.topics", "data.id").upstream)).toEqual([
      "c.out:data.id → d.topics:data.id copied",
      "c.out:data.id → d.topics:data.id key (data.id)",
      "s.out: → c.out:data.id computed",
    ]);
    expect(shown(lineageIn(document, "d.topics", "target").upstream)).toContain("r.out:sink_table → d.topics:target computed");
    expect(shown(lineageIn(document, "d.topics", "data.id").downstream)).toEqual(["d.topics:data.id → w written"]);
    expect(shown(lineageIn(document, "d.topics", "target").downstream)).toEqual(["d.topics:target → w target (target)"]);
  });

  it("goes through a parsed text", () => {
    const document = line(
      {
        s: source("line STRING, n INT"),
        p: ["parse", { field: "line", keep: "all", as: { format: "json", schema: "a INT, b ROW<c INT>" } }],
      },
      ["s.out", "p.in"],
    );
    expect(shown(lineageIn(document, "p.out", "b.c").upstream)).toEqual(["s.out:line → p.out:b.c computed"]);
    expect(shown(lineageIn(document, "p.out", "n").upstream)).toEqual(["s.out:n → p.out:n copied"]);
  });

  it("passes a disabled node by, and reaches the error port with the record's text", () => {
    const document = line({ s: source("a INT"), f: ["filter", { when: "a > 1" }] }, ["s.out", "f.in"]);
    expect(shown(lineageIn(document, "f.error", "text").upstream)[0]).toBe("s.out: → f.error:text computed");
    const disabled = { ...document, nodes: { ...document.nodes, f: { ...document.nodes.f, disabled: true } } } as PipelineDocument;
    expect(shown(lineageIn(disabled, "f.out", "a").upstream)).toEqual(["s.out:a → f.out:a copied"]);
  });

  it("names what is not there", () => {
    const { graph } = analyze(line({ s: source("amount INT") }), specs);
    const said = (port: string, path: string[]) => {
      const found = lineageOf(graph, { node: "s", port, path });
      return "problem" in found ? words(found.problem).en : undefined;
    };
    expect(said("out", ["amuont"])).toBe('there is no field "amuont" here; did you mean "amount"?');
    expect(said("put", ["amount"])).toBe('there is no output port "s.put". Name one as node.port.');
  });
});
