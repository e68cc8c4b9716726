import { pipelineDocument, type PipelineDocument } from "@millrace/engine/pipeline";
import { z } from "zod";

/** The document as its text in the editor. */
export function documentText(document: PipelineDocument): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** JSON Schema of documents, for completion and problems in the editor. */
export function documentSchema(): object {
  return z.toJSONSchema(pipelineDocument, { io: "input", unrepresentable: "any" });
}
