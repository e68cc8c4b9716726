import type { Words } from "@millrace/engine/node";
import { canonicalText, documentJsonSchema, type PipelineDocument } from "@millrace/engine/pipeline";
import { specs } from "../store/specs.ts";

/** The document as its text in the editor. */
export function documentText(document: PipelineDocument): string {
  return canonicalText(document);
}

/** JSON Schema of documents with all node types, the fragments that are known among them, for completion and problems in the editor. */
export function documentSchema(language: keyof Words): object {
  return documentJsonSchema(specs.values(), language);
}
