import { formatType } from "@millrace/engine/expression";
import { analyze, type PipelineDocument, words } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import { describe, expect, it } from "vitest";
import { specs } from "../specs.ts";

/** What leaves a union of topics with these fields, and what is wrong with it. */
function unite(...fields: readonly string[]): { out: Schema | undefined; problems: string[] } {
  const sources = fields.map(
    (schema, i) => [`t${i}`, { type: "topic-source", name: `t${i}`, params: { topic: `t${i}`, schema } }] as const,
  );
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "union",
    nodes: {
      ...Object.fromEntries(sources),
      both: { type: "union", name: "both", params: {} },
      end: { type: "discard", name: "end", params: {} },
    },
    edges: [...sources.map(([id]) => ({ from: `${id}.out`, to: "both.in" })), { from: "both.out", to: "end.in" }],
  };
  const { problems, graph } = analyze(document, new Map(specs.map((spec) => [spec.type, spec])));
  return {
    out: graph.nodes.find(({ id }) => id === "both")?.outputs.out?.schema,
    problems: problems.filter(({ severity }) => severity === "error").map((problem) => words(problem).en),
  };
}

const typesOf = (schema: Schema | undefined) => schema?.fields.map(({ name, dataType }) => `${name} ${formatType(dataType)}`);

describe("a union of several streams", () => {
  it("has the fields of all, those of the first in front; what one lacks may be NULL", () => {
    const { out, problems } = unite("id BIGINT NOT NULL, name STRING NOT NULL", "id BIGINT NOT NULL, ts BIGINT NOT NULL");
    expect(problems).toEqual([]);
    expect(typesOf(out)).toEqual(["id BIGINT NOT NULL", "name STRING", "ts BIGINT"]);
  });

  it("takes texts of any length for one type", () => {
    expect(unite("name STRING", "name VARCHAR(10)").problems).toEqual([]);
  });

  it("refuses fields of one name and different types, and says which", () => {
    expect(unite("id BIGINT, at TIMESTAMP(3)", "id BIGINT", "id BIGINT, at STRING").problems).toEqual([
      'field "at" is TIMESTAMP(3) in an earlier input and STRING in input 3; a union needs one type. Convert one of them with a select before it.',
    ]);
  });

  it("looks inside of rows and arrays", () => {
    expect(unite("page ROW<id BIGINT, name STRING>", "page ROW<name STRING, id BIGINT>").problems).toEqual([]);
    expect(unite("tags ARRAY<STRING>", "tags ARRAY<BIGINT>").problems).toEqual([
      'field "tags[]" is STRING in an earlier input and BIGINT in input 2; a union needs one type. Convert one of them with a select before it.',
    ]);
    expect(unite("page ROW<id BIGINT, at STRING>", "page ROW<id BIGINT, at BIGINT>").problems).toEqual([
      'field "page.at" is STRING in an earlier input and BIGINT in input 2; a union needs one type. Convert one of them with a select before it.',
    ]);
  });

  it("unites rows field by field, and takes the wider of two types that are held alike", () => {
    const { out, problems } = unite(
      "page ROW<id INT NOT NULL, name VARCHAR(5)> NOT NULL, n DECIMAL(10, 2)",
      "page ROW<id BIGINT NOT NULL, ts BIGINT> NOT NULL, n DECIMAL(12, 2)",
    );
    expect(problems).toEqual([]);
    expect(typesOf(out)).toEqual(["page ROW<id BIGINT NOT NULL, name VARCHAR(5), ts BIGINT> NOT NULL", "n DECIMAL(12, 2)"]);
    expect(typesOf(unite("s VARCHAR(5)", "s VARCHAR(9)").out)).toEqual(["s STRING"]);
  });
});
