import { analyze, targetUses, words } from "@millrace/engine/pipeline";
import { nodeTypes } from "@millrace/nodes/registry";
import { describe, expect, it } from "vitest";
import { templates } from "./index.ts";
import { warehouses } from "./warehouses.ts";

const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));

describe.each(warehouses)("warehouse $name", ({ jobs, title, description }) => {
  const uses = jobs.flatMap(({ name, document }) => targetUses(analyze(document, specs).graph).map((use) => ({ ...use, job: name })));

  it("explains itself in both languages", () => {
    for (const text of [title, description]) {
      expect(text.en).toMatch(/[a-z]/);
      expect(text.zh).toMatch(/\p{Script=Han}/u);
    }
  });

  it("is made of templates, each once, with nothing wrong", () => {
    expect(new Set(jobs.map(({ name }) => name)).size).toBe(jobs.length);
    for (const { name, document } of jobs) {
      expect(templates.map((template) => template.name)).toContain(name);
      expect(analyze(document, specs).problems.map((problem) => `${name} ${problem.nodeId}: ${words(problem).en}`)).toEqual([]);
    }
  });

  it("starts whoever writes before who reads", () => {
    const order = jobs.map(({ name }) => name);
    const late = uses.flatMap((reader) =>
      uses.filter(
        (writer) =>
          reader.access === "reads" &&
          writer.access === "writes" &&
          writer.target.kind === reader.target.kind &&
          writer.target.name === reader.target.name &&
          order.indexOf(writer.job) > order.indexOf(reader.job),
      ),
    );
    expect(late).toEqual([]);
  });

  it("has one writer for each topic, which no job mocks for itself any more", () => {
    const topics = uses.filter(({ access, target }) => access === "writes" && target.kind === "topic").map(({ target }) => target.name);
    expect(topics.filter((topic, i) => topics.indexOf(topic) !== i)).toEqual([]);
  });

  it("has a writer for each topic that is read, as far as topics are not computed", () => {
    const computed = jobs.some(({ document }) =>
      Object.values(document.nodes).some(({ params }) => params?.["topicExpression"] !== undefined),
    );
    const written = new Set(uses.flatMap(({ access, target }) => (access === "writes" ? [target.name] : [])));
    const read = uses.flatMap(({ access, target }) => (access === "reads" && target.kind === "topic" ? [target.name] : []));
    expect(read.filter((topic) => !written.has(topic) && !(computed && topic.startsWith("dwd_")))).toEqual([]);
  });
});
