/**
 * The document's JSON Schema, made from the same zod schemas that check it: for editors (Monaco completes and explains params by it), for other tools, and as
 * reference. Each node type adds the form of its params, with its words as title and description.
 */
import { z } from "zod";
import { type NodeSpec, paramMeta, type Words } from "../node/spec.ts";
import { pipelineDocument } from "./document.ts";

export type JsonSchema = { readonly [keyword: string]: unknown };

/** JSON Schema 2020-12 of the document with these node types, in one language. */
export function documentJsonSchema(specs: Iterable<NodeSpec>, language: keyof Words = "en"): JsonSchema {
  const schema = toJsonSchema(pipelineDocument, language) as { properties: { nodes: { additionalProperties: Record<string, unknown> } } };
  const node = schema.properties.nodes.additionalProperties;
  const types = [...specs];
  const properties = node["properties"] as Record<string, Record<string, unknown>>;
  node["properties"] = {
    ...properties,
    type: {
      enum: types.map(({ type }) => type),
      enumDescriptions: types.map(({ title, summary }) => `${title[language]}: ${summary[language]}`),
    },
  };
  // "if/then" over one enum, not "oneOf": an editor then knows which type is meant while the params are still wrong.
  node["allOf"] = types.map((spec) => ({
    if: { properties: { type: { const: spec.type } }, required: ["type"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: {
      properties: { params: { title: spec.title[language], description: spec.summary[language], ...paramsJsonSchema(spec, language) } },
    },
  }));
  return schema;
}

/** JSON Schema of a node type's params, with titles, descriptions, examples and `kind` (as "x-kind") from their words. */
export function paramsJsonSchema(spec: NodeSpec, language: keyof Words = "en"): JsonSchema {
  const { $schema: _, ...schema } = toJsonSchema(spec.params, language);
  return schema;
}

function toJsonSchema(schema: z.ZodType, language: keyof Words): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    cycles: "ref",
    reused: "inline",
    override({ zodSchema, jsonSchema }) {
      const meta = paramMeta.get(zodSchema as unknown as z.ZodType);
      if (!meta) return;
      const target = jsonSchema as Record<string, unknown>;
      target["title"] = meta.title[language];
      if (meta.description) target["description"] = meta.description[language];
      if (meta.examples) target["examples"] = [...meta.examples];
      if (meta.kind) target["x-kind"] = meta.kind;
      const { options } = meta;
      if (options && Array.isArray(target["enum"]))
        target["enumDescriptions"] = target["enum"].map(
          (value) => (Object.hasOwn(options, String(value)) ? options[String(value)]?.[language] : "") ?? "",
        );
    },
  }) as Record<string, unknown>;
}
