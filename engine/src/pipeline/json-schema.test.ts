import { describe, expect, it } from "vitest";
import { documentJsonSchema, paramsJsonSchema } from "./json-schema.ts";
import { specs } from "./specs.testing.ts";

type Shape = {
  properties: {
    nodes: { additionalProperties: { properties: Record<string, { enum?: string[] }>; allOf: { if: unknown; then: unknown }[] } };
  };
};

describe("the document's JSON Schema", () => {
  const schema = documentJsonSchema(specs.values()) as unknown as Shape;
  const node = schema.properties.nodes.additionalProperties;

  it("knows the node types, and each one's params", () => {
    expect(node.properties["type"]?.enum).toEqual([...specs.keys()]);
    const filter = node.allOf[[...specs.keys()].indexOf("filter")];
    expect(filter?.if).toMatchObject({ properties: { type: { const: "filter" } } });
    expect(filter?.then).toMatchObject({
      properties: {
        params: {
          title: "Filter",
          properties: { condition: { type: "string", title: "Condition", "x-kind": "condition", examples: ["amount > 100"] } },
        },
      },
    });
  });

  it("does not ask for what has a default", () => {
    expect(paramsJsonSchema(specs.get("source") as never)).not.toHaveProperty("required");
    expect(paramsJsonSchema(specs.get("sink") as never)).toMatchObject({ required: ["topic"], additionalProperties: false });
  });

  it("is plain JSON with references that lead somewhere", () => {
    const text = JSON.stringify(schema);
    expect(JSON.parse(text)).toEqual(schema);
    for (const [, name] of text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g))
      expect((schema as unknown as { $defs: object }).$defs).toHaveProperty(name as string);
  });
});
