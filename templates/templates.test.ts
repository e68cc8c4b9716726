import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { InputRow, TimelineTest } from "@millrace/engine/node";
import { analyze, canonicalText, parsePortRef, words } from "@millrace/engine/pipeline";
import { playPipeline } from "@millrace/engine/testing";
import { nodeTypes } from "@millrace/nodes/registry";
import { describe, expect, it } from "vitest";
import { type Template, templates } from "./index.ts";

const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));

describe.each(templates)("template $name", (template) => {
  const { document, folder, title, description, keywords, readme } = template;
  const tests = (document.tests ?? []) as readonly TimelineTest[];

  it("has nothing wrong with it", () => {
    const { problems } = analyze(document, specs);
    expect(problems.map((problem) => `${problem.nodeId}: ${words(problem).en}`)).toEqual([]);
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
    const { failures, deadLetters } = playPipeline(document, nodeTypes, wholeInput(template));
    expect(failures).toEqual([]);
    expect(deadLetters.map(({ bytes }) => new TextDecoder().decode(bytes)).sort()).toEqual(
      linesOf(folder, "expected", "dead-letters").sort(),
    );
  });
});

/** All of `input/` at once, and each sink's rows in the order of its file in `expected/`. */
function wholeInput({ folder }: Template): TimelineTest {
  const rows = (kind: string, skip?: string) =>
    Object.fromEntries(
      readdirSync(join(folder, kind))
        .map((file) => file.replace(/\.jsonl$/, ""))
        .filter((name) => name !== skip)
        .map((name) => [name, linesOf(folder, kind, name).map((value): InputRow => ({ value }))]),
    );
  const expected = Object.entries(rows("expected", "dead-letters")).map(([sink, lines]) => [
    sink,
    lines.map(({ value }) => ({ value: JSON.parse(value as string) as unknown })),
  ]);
  return { name: "whole input", steps: [{ rows: rows("input"), expect: { ordered: true, rows: Object.fromEntries(expected) } }] };
}

function linesOf(folder: string, kind: string, name: string): string[] {
  return readFileSync(join(folder, kind, `${name}.jsonl`), "utf8")
    .split("\n")
    .filter(Boolean);
}

function noteTexts({ document }: Template) {
  return Object.values(document.notes ?? {}).map(({ text }) => (typeof text === "string" ? { en: text, zh: "" } : text));
}
