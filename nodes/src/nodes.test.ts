import { existsSync, readFileSync } from "node:fs";
import { type NodeCase, type NodeType, portsOf, type Words } from "@millrace/engine/node";
import { caseProblems, playCase } from "@millrace/engine/testing";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { paramsOf } from "../docs/params.ts";
import { nodeTypes } from "./registry.ts";
import { specs } from "./specs.ts";

const all = [...nodeTypes].map(([type, node]) => ({ type, node }));

it("lists the same node types to run and as data", () => {
  expect(specs.map(({ type }) => type).sort()).toEqual([...nodeTypes.keys()].sort());
  for (const spec of specs) expect(spec, spec.type).toBe(nodeTypes.get(spec.type)?.spec);
});

describe.each(all)("$type", ({ type, node }) => {
  const { spec } = node;
  const played = node.cases.filter(({ invalid }) => invalid === undefined);
  const refused = node.cases.filter(({ invalid }) => invalid !== undefined);

  if (played.length > 0) {
    it.each(played)("$name", (nodeCase) => {
      expect(playCase(node, nodeCase).failures).toEqual([]);
    });

    it.each(played.filter((one) => one.changedByRestart === undefined))("restored before any one step: $name", (nodeCase) => {
      for (const i of (nodeCase.steps ?? []).keys())
        expect(playCase(node, nodeCase, { restartBefore: i }).failures, `restored before step ${i + 1}`).toEqual([]);
    });

    // Watermarks that a node makes of its rows are each subtask's own, and so is what a lookup remembers.
    if (spec.watermark !== "own" && !node.createLookup)
      it.each(played)("in three subtasks from any one step on: $name", (nodeCase) => {
        for (const i of (nodeCase.steps ?? []).keys())
          expect(
            playCase(node, nodeCase, { rescaleBefore: { step: i, parallelism: 3 } }).failures,
            `rescaled before step ${i + 1}`,
          ).toEqual([]);
      });
  }

  it.each(refused)("$name", (nodeCase) => {
    expect(caseProblems(node, nodeCase)).toContain(nodeCase.invalid);
  });

  it("has a case for everything that it drops", () => {
    const reached = new Set(played.flatMap((nodeCase) => droppedIn(node, nodeCase)));
    expect([...reached].sort()).toEqual(Object.keys(spec.dropReasons ?? {}).sort());
  });

  it("describes itself, its ports and its params in both languages", () => {
    const texts: [string, Words | undefined][] = [
      ["title", spec.title],
      ["summary", spec.summary],
      ...Object.entries(spec.dropReasons ?? {}),
      ...Object.entries(spec.holdings ?? {}),
      ...(spec.shares ?? []).map(({ title }): [string, Words] => ["share", title]),
      ...played.flatMap(({ params }) => {
        const { inputs, outputs } = portsOf(spec, params);
        return [...Object.entries(inputs), ...Object.entries(outputs)];
      }),
      ...paramsOf(spec.params).flatMap(({ path, meta }): [string, Words | undefined][] => [
        [path, meta?.title],
        [`description of ${path}`, meta?.description],
        ...Object.entries(meta?.options ?? {}),
      ]),
    ];
    expect(texts.filter(([, words]) => !words?.en || !words.zh).map(([what]) => what)).toEqual([]);
  });

  it("has words for each option, and examples that it would take", () => {
    for (const { path, meta, schema } of paramsOf(spec.params)) {
      const { def } = (schema as z.core.$ZodTypes)._zod;
      if (def.type === "enum" && meta?.options) expect(Object.keys(meta.options), path).toEqual(Object.values(def.entries));
      if (def.type !== "string") continue;
      for (const example of meta?.examples ?? [])
        expect((schema as z.ZodType).safeParse(example).success, `${path}: ${example}`).toBe(true);
    }
  });

  it("says truly where its expressions stand in its params", () => {
    for (const { params } of played) {
      const parsed = spec.params.safeParse(params);
      if (!parsed.success) continue;
      for (const { path, text } of spec.expressions?.(parsed.data) ?? []) expect(at(parsed.data, path), path.join(".")).toBe(text);
    }
  });

  it("judges whatever is typed into any one of its params", () => {
    for (const { params } of played)
      for (const typed of withEachText(params, "soon")) expect(() => spec.params.safeParse(typed)).not.toThrow();
  });

  it("shows a line on its card, whatever is typed so far", () => {
    for (const { params } of node.cases) expect(typeof (spec.cardLine?.(params) ?? ""), JSON.stringify(params)).toBe("string");
  });

  it("keeps what people see apart from what runs", () => {
    const source = readFileSync(new URL(`./${type}/spec.ts`, import.meta.url), "utf8");
    expect(
      [...source.matchAll(/from "([^"]+)"/g)]
        .map(([, from]) => from)
        .filter((from) => /^\.\/(operator|source|sink)\.ts$|connections\//.test(from ?? "")),
    ).toEqual([]);
  });

  it("has its page, and an icon of the family", () => {
    expect(readFileSync(new URL(`./${type}/docs.md`, import.meta.url), "utf8").trim()).not.toBe("");
    const path = new URL(`./${type}/icon.svg`, import.meta.url);
    expect(existsSync(path)).toBe(true);
    const icon = readFileSync(path, "utf8");
    expect(icon).toContain('viewBox="0 0 24 24" fill="none" stroke="currentColor"');
    expect(icon).not.toMatch(/<script|href|style=/);
  });

  it("has words for what it holds, and lets go of rows only at outputs that it has", () => {
    const held = new Set(played.flatMap((nodeCase) => Object.keys(playCase(node, nodeCase).counts.node?.holdings ?? {})));
    for (const { part, rest } of spec.shares ?? []) expect([...held]).toEqual(expect.arrayContaining([part, rest]));
    if (spec.holdings) expect([...held].sort()).toEqual(Object.keys(spec.holdings).sort());
    const outputs = new Set(played.flatMap(({ params }) => Object.keys(portsOf(spec, params).outputs)));
    expect([...outputs]).toEqual(expect.arrayContaining([...(spec.sideOutputs ?? [])]));
  });

  it("leaves the error port to the runtime", () => {
    for (const { params } of played) {
      const outputs = typeof spec.outputs === "function" ? spec.outputs(params) : spec.outputs;
      expect(Object.keys(outputs)).not.toContain("error");
    }
  });
});

function droppedIn(node: NodeType, nodeCase: NodeCase): string[] {
  return Object.values(playCase(node, nodeCase).counts).flatMap(({ dropped }) => Object.keys(dropped));
}

/** Copies of a value, each with another one of its texts replaced. */
function withEachText(value: unknown, by: string): unknown[] {
  if (typeof value === "string") return [by];
  if (Array.isArray(value)) return value.flatMap((inner, i) => withEachText(inner, by).map((next) => value.with(i, next)));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => withEachText(inner, by).map((next) => ({ ...value, [name]: next })));
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step], value);
}
