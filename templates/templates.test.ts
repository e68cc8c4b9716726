import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { InputRow, TimelineTest } from "@millrace/engine/node";
import { analyze, canonicalText, parsePortRef, words } from "@millrace/engine/pipeline";
import { planRun } from "@millrace/engine/run";
import { playPipeline } from "@millrace/engine/testing";
import { nodeTypes } from "@millrace/nodes/registry";
import { describe, expect, it } from "vitest";
import { type Template, templateNamed, templates } from "./index.ts";

const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));

describe("a template's name", () => {
  it("is that of its folder, or of its class, with or without the package", () => {
    for (const name of [
      "order-wide-app",
      "OrderWideApp",
      "orderwideapp",
      "OrderWiderApp",
      "com.atguigu.gmall.realtime.app.dwm.OrderWideApp",
    ])
      expect(templateNamed(name)?.name, name).toBe("order-wide-app");
    for (const name of ["", "gmall", "WideApp", "order-wide-app.json"]) expect(templateNamed(name), name).toBeUndefined();
  });

  it("means one template, whichever of its names is said", () => {
    const names = templates.flatMap(({ name, document, keywords }) => [
      ...new Set([name, document.name, ...keywords.filter((word) => word.endsWith("App"))].map((word) => word.toLowerCase())),
    ]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

it("are found by what the course and its notes call them", () => {
  const found = (word: string) => templates.filter(({ keywords }) => keywords.includes(word)).map(({ name }) => name);
  expect(found("OrderWiderApp")).toEqual(["order-wide-app"]);
  expect(found("dws_KeywordStats11App")).toEqual(["keyword-stats4-product-app"]);
  expect(found("dwd_BaseLogApp")).toEqual(["base-log-app"]);
  expect(found("dwd_facor_info")).toEqual(["base-db-app", "product-stats-app"]);
  expect(found("访客主题")).toEqual(["unique-visit-app", "user-jump-detail-app", "visitor-stats-app"]);
  expect(found("商品主题")).toEqual(["order-wide-app", "payment-wide-app", "product-stats-app"]);
  expect(found("地区主题")).toEqual(["order-wide-app", "province-stats-sql-app"]);
  expect(found("关键词主题")).toEqual(["keyword-stats-app", "keyword-stats4-product-app"]);
  expect(found("TableProcessFunction")).toEqual(["base-db-app"]);
  expect(found("DimAsyncFunction")).toEqual(["order-wide-app", "product-stats-app"]);
});

describe("the delay of VisitorStatsApp", () => {
  const problems = (set: Readonly<Record<string, string>>) => {
    const { document } = templateNamed("VisitorStatsApp") as Template;
    return analyze(document, specs, { set }).problems.map((problem) => `${problem.severity}: ${words(problem).en}`);
  };

  it("is warned of where bounces would be lost", () => {
    expect(problems({ watermarkDelay: "3 s" })).toEqual([
      "warning: outOfOrderness: Rows of dwm_user_jump_detail are known 2 s + 10 s + 3 s = 15 s after their time. With 3 s they can be late and are then lost to the windows behind. Allow at least 15 s.",
    ]);
    expect(problems({ jumpDisorder: "10 s" })).toHaveLength(1);
  });

  it("is enough for what UserJumpDetailApp waits, as both are given and with the course's mock", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ jumpDisorder: "10 s", watermarkDelay: "23 s" })).toEqual([]);
    expect(problems({ jumpDisorder: "0 s", watermarkDelay: "13 s" })).toEqual([]);
    const jump = templateNamed("UserJumpDetailApp")?.document.parameters?.disorder;
    expect(templateNamed("VisitorStatsApp")?.document.parameters?.jumpDisorder?.default).toBe(jump?.default);
  });
});

describe.each(templates)("template $name", (template) => {
  const { document, folder, title, description, keywords, readme } = template;
  const tests = (document.tests ?? []) as readonly TimelineTest[];

  it("has nothing wrong with it", () => {
    const { problems } = analyze(document, specs);
    expect(problems.map((problem) => `${problem.nodeId}: ${words(problem).en}`)).toEqual([]);
  });

  // Rows of another subtask, which reads other partitions, would be late behind those of one that is ahead: only the watermarks of the two together know.
  it("gives rows their time before those of several subtasks meet", () => {
    const { graph } = analyze({ ...document, parallelism: 2 }, specs);
    if (!graph) throw new Error("the template has no graph");
    const { behind } = planRun(graph, {});
    const meeting = graph.nodes.filter(({ id, spec }) => spec.type === "event-time" && (behind.get(id) ?? []).length > 0);
    expect(meeting.map(({ id }) => id)).toEqual([]);
  });

  it("is kept in canonical form", () => {
    expect(readFileSync(join(folder, "pipeline.json"), "utf8")).toBe(canonicalText(document));
  });

  it("explains itself in both languages", () => {
    for (const text of [title, description, readme, ...noteTexts(template)]) {
      expect(text.en).toMatch(/[a-z]/);
      expect(text.zh).toMatch(/\p{Script=Han}/u);
    }
    expect(keywords).not.toHaveLength(0);
  });

  it("is read from left to right", () => {
    const { nodes = {}, notes = {} } = document.layout ?? {};
    expect(Object.keys(nodes).sort()).toEqual(Object.keys(document.nodes).sort());
    expect(Object.keys(notes).sort()).toEqual(Object.keys(document.notes ?? {}).sort());
    for (const { from, to } of document.edges) {
      const [left, right] = [nodes[parsePortRef(from).node], nodes[parsePortRef(to).node]];
      expect(left?.x, `${from} to ${to}`).toBeLessThan(right?.x ?? Number.NEGATIVE_INFINITY);
    }
  });

  it.each(tests)("$name", (test) => {
    expect(playPipeline(document, nodeTypes, test).failures).toEqual([]);
  });

  it.each(tests)("$name, restarted before any step", (test) => {
    for (const step of test.steps.keys()) {
      expect(playPipeline(document, nodeTypes, test, { restartBefore: step }).failures, `before step ${step + 1}`).toEqual([]);
    }
  });

  it("makes of its input what is expected", () => {
    const { failures, rows, deadLetters } = playPipeline(document, nodeTypes, wholeInput(template));
    expect(failures).toEqual([]);
    for (const sink of filesIn(folder, "expected").filter((name) => name !== "dead-letters")) {
      const expected = linesOf(folder, "expected", sink).map((line) => JSON.parse(line) as unknown);
      expect(
        rows[sink]?.map(({ value }) => value),
        sink,
      ).toEqual(expected);
    }
    expect(deadLetters.map(({ bytes }) => new TextDecoder().decode(bytes)).sort()).toEqual(
      linesOf(folder, "expected", "dead-letters").sort(),
    );
  });
});

/** All of `input/` at once, and its end. What lookups find is in `dimensions/`, by table. */
function wholeInput({ document, folder }: Template): TimelineTest {
  const lines = (name: string) => linesOf(folder, "input", name).map((value): InputRow => ({ value }));
  const answers = Object.entries(document.nodes)
    .filter(([, { type }]) => type === "lookup")
    .map(([id, { params }]) => [id, { rows: dimension(folder, String(params.table)) }]);
  return {
    name: "whole input",
    steps: [
      { answers: Object.fromEntries(answers) },
      { rows: Object.fromEntries(filesIn(folder, "input").map((name) => [name, lines(name)])) },
      { end: true },
    ],
  };
}

/** Rows of a dimension table by key. */
function dimension(folder: string, table: string): Record<string, unknown> {
  return Object.fromEntries(
    linesOf(folder, "dimensions", table).map((line) => [String((JSON.parse(line) as { id: unknown }).id), JSON.parse(line)]),
  );
}

/** Names of the JSONL files of a kind. */
function filesIn(folder: string, kind: string): string[] {
  return readdirSync(join(folder, kind))
    .map((file) => file.replace(/\.jsonl$/, ""))
    .sort();
}

/** None where there is no such file. */
function linesOf(folder: string, kind: string, name: string): string[] {
  const path = join(folder, kind, `${name}.jsonl`);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}

function noteTexts({ document }: Template) {
  return Object.values(document.notes ?? {}).map(({ text }) => (typeof text === "string" ? { en: text, zh: "" } : text));
}
