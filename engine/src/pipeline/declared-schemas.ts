/** The schemas that a document declares, typed, with the fields tagged that hold personal data. */

import { parseType } from "../expression/index.ts";
import type { DataType, Field, RowShape, Schema } from "../schema/index.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { DeclaredSchema, PipelineDocument } from "./document.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

/** A field whose type cannot be read is left out, with a problem. */
export function declaredSchemas(declarations: PipelineDocument["schemas"]): { schemas: ReadonlyMap<string, Schema>; problems: Problem[] } {
  const schemas = new Map<string, Schema>();
  const problems: Problem[] = [];
  for (const [name, declaration] of Object.entries(declarations ?? {})) schemas.set(name, declaredSchema(name, declaration, problems));
  return { schemas, problems };
}

function declaredSchema(name: string, declaration: DeclaredSchema, problems: Problem[]): Schema {
  const fields: Field[] = [];
  for (const [field, text] of Object.entries(declaration.fields)) {
    const parsed = parseType(text);
    if ("dataType" in parsed) fields.push({ name: field, dataType: parsed.dataType });
    else problems.push({ ...parsed.problem, path: ["schemas", name, "fields", field] });
  }
  let schema: Schema = { type: "ROW", fields, ...(declaration.open !== false && { open: true }) };
  for (const [i, path] of (declaration.personal ?? []).entries()) {
    const tagged = tag(schema, path.split("."));
    if (tagged) schema = tagged as Schema;
    else {
      const suggestion = didYouMean(path, pathsOf(schema));
      problems.push(
        problem("schemas.personal", { field: path, ...(suggestion && { suggestion }) }, { path: ["schemas", name, "personal", i] }),
      );
    }
  }
  return schema;
}

/** The type with the field at `path` tagged; undefined when there is none. Rows inside arrays are entered by "[]" or without it. */
function tag(dataType: DataType, path: readonly string[]): DataType | undefined {
  if (dataType.type === "ARRAY") {
    const element = tag(dataType.element, path[0] === "[]" ? path.slice(1) : path);
    return element && { ...dataType, element };
  }
  if (dataType.type !== "ROW") return undefined;
  const [name, ...rest] = path;
  const index = dataType.fields.findIndex((field) => field.name === name);
  const field = dataType.fields[index];
  if (!field) return undefined;
  const inner = rest.length === 0 ? field.dataType : tag(field.dataType, rest);
  if (!inner) return undefined;
  const tagged: Field = rest.length === 0 ? { ...field, personal: true } : { ...field, dataType: inner };
  return { ...dataType, fields: dataType.fields.with(index, tagged) } satisfies RowShape;
}

/** All paths to fields, nested ones with dots. */
export function pathsOf(schema: DataType, prefix = ""): string[] {
  if (schema.type === "ARRAY") return pathsOf(schema.element, `${prefix}[].`);
  if (schema.type !== "ROW") return [];
  return schema.fields.flatMap((field) => [prefix + field.name, ...pathsOf(field.dataType, `${prefix}${field.name}.`)]);
}
