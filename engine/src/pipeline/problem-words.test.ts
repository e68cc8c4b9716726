import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { EXPECTED_WORDS } from "./expected-words.ts";
import { ALL_WORDS, type ProblemCode, placeText, problem, words } from "./problem-words.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

function sourcesBelow(folder: string): string[] {
  return readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$|\.testing\.ts$|-words\.ts$/.test(entry.name))
    .filter((entry) => !entry.parentPath.includes("node_modules"))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"));
}

describe("words of problems", () => {
  const sources = [...sourcesBelow("engine/src"), ...sourcesBelow("nodes/src")].join("\n");

  it("has none for a code that nothing raises", () => {
    const unused = Object.keys(ALL_WORDS).filter((code) => !sources.includes(`"${code}"`));
    expect(unused).toEqual([]);
  });

  it("has some for every code that is raised", () => {
    const raised = [...sources.matchAll(/\bproblem\(\s*"([a-z-]+\.[a-z-]+)"/g)].map(([, code]) => code as string);
    expect(raised.length).toBeGreaterThan(20);
    expect(raised.filter((code) => !Object.hasOwn(ALL_WORDS, code))).toEqual([]);
  });

  it("says every problem in both languages, with whatever arguments", () => {
    for (const code of Object.keys(ALL_WORDS)) {
      const args = { expected: "valid", en: "in English", zh: "中文" };
      const { en, zh } = words({ code, args, severity: "error" });
      expect(en, code).toMatch(/[a-z]/i);
      expect(zh, code).toMatch(/\p{Script=Han}/u);
      expect(`${en}${zh}`, code).not.toMatch(/undefined|\[object/);
    }
  });

  it("says what was expected in both languages", () => {
    for (const expected of Object.keys(EXPECTED_WORDS)) {
      const { en, zh } = words(problem("format.expected", { expected, got: "1", atLeast: 2, examples: ['"x"'] }));
      expect(en).toMatch(/^expected .+, got 1\. Try "x"\.$/);
      expect(zh).toMatch(/^期望.+，得到 1。可以试试 "x"。$/);
    }
  });

  it("puts the place in front", () => {
    expect(placeText(["cases", 0, "when"])).toBe("cases[0].when");
    expect(words(problem("graph.empty" satisfies ProblemCode, {}, { path: ["nodes"] }))).toEqual({
      en: "nodes: the pipeline has no nodes. Add a source and a sink.",
      zh: "nodes：流水线没有节点。请添加数据源和输出。",
    });
  });

  it("shows a code of a newer version as it is", () => {
    expect(words({ code: "toString", args: { a: 1 }, severity: "error", path: ["x"] }).en).toBe('x: toString {"a":1}');
  });
});
