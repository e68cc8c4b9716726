/** A schema as a param gives it: the name of one that the document declares, or its fields in SQL's words ("mid STRING, ts BIGINT"). */
import { parseSchema } from "@millrace/engine/expression";
import { type Problem, problem } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** `at` is the param's path. Fields written in place are open: records may carry more members. */
export function schemaOf(
  text: string,
  declared: (name: string) => Schema | undefined,
  at: readonly (string | number)[],
): { readonly schema: Schema } | { readonly problem: Problem } {
  const name = text.trim();
  if (NAME.test(name)) {
    const schema = declared(name);
    return schema ? { schema } : { problem: problem("schema.unknown", { schema: name }, { path: at }) };
  }
  const parsed = parseSchema(text);
  return "schema" in parsed ? { schema: { ...parsed.schema, open: true } } : { problem: { ...parsed.problem, path: at } };
}
