/** The schema of a source's records, from its format and its `schema` param. */
import type { InferContext } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { schemaOf } from "./schema-text.ts";

const TEXT: Schema = { type: "ROW", fields: [{ name: "text", dataType: { type: "STRING" } }] };
const UNKNOWN: Schema = { type: "ROW", fields: [], open: true };

export function sourceSchema({
  params,
  declared,
  problem,
}: Pick<InferContext<{ format: "json" | "csv" | "text"; schema?: string | undefined }>, "params" | "declared" | "problem">): Schema {
  if (params.format === "text") return TEXT;
  if (params.schema === undefined) return UNKNOWN;
  const found = schemaOf(params.schema, declared, ["schema"]);
  if ("schema" in found) return found.schema;
  problem(found.problem);
  return UNKNOWN;
}
