import { analyze, targetUses } from "@millrace/engine/pipeline";
import { nodeTypes } from "@millrace/nodes/registry";
import { describe, expect, it } from "vitest";
import { templates } from "./index.ts";
import { warehouses } from "./warehouses.ts";

const specs = new Map([...nodeTypes].map(([type, { spec }]) => [type, spec]));

describe.each(warehouses)("warehouse $name", ({ jobs, title, description }) => {
  it("explains itself in both languages", () => {
    for (const text of [title, description]) {
      expect(text.en).toMatch(/[a-z]/);
      expect(text.zh).toMatch(/\p{Script=Han}/u);
    }
  });

  it("is made of templates, each once", () => {
    const names = templates.map(({ name }) => name);
    expect(jobs.filter((job) => !names.includes(job))).toEqual([]);
    expect(new Set(jobs).size).toBe(jobs.length);
  });

  it("starts whoever writes before who reads", () => {
    const uses = jobs.map((job) => {
      const document = templates.find(({ name }) => name === job)?.document;
      return document ? targetUses(analyze(document, specs).graph) : [];
    });
    for (const [reader, ofReader] of uses.entries()) {
      for (const { target } of ofReader.filter(({ access }) => access === "reads")) {
        const writers = uses.flatMap((ofWriter, i) =>
          ofWriter.some((one) => one.access === "writes" && one.target.kind === target.kind && one.target.name === target.name) ? [i] : [],
        );
        expect(
          writers.filter((writer) => writer > reader).map((writer) => `${jobs[writer]} writes ${target.name} before ${jobs[reader]}`),
        ).toEqual([]);
      }
    }
  });
});
