/** Finding one's way in a zod schema along the path of a value. */
import type { z } from "zod";
import { type ParamMeta, paramMeta } from "../node/spec.ts";

type Schema = z.core.$ZodType;
type Path = readonly (string | number)[];

/** What the spec says of the param at `path` (the innermost words found on the way through optional, default and the like). */
export function metaAt(schema: z.ZodType, path: Path): ParamMeta | undefined {
  let meta: ParamMeta | undefined;
  for (const candidate of schemasAt(schema, path)) meta = meta ?? metaOf(candidate);
  return meta;
}

/** Names of the members that an object at `path` may have. */
export function knownKeys(schema: z.ZodType, path: Path): string[] {
  const keys = new Set<string>();
  for (const candidate of schemasAt(schema, path))
    for (const inner of unwrapped(candidate)) for (const key of Object.keys(shapeOf(inner) ?? {})) keys.add(key);
  return [...keys];
}

/** Every schema that may apply at the path: several under a union. */
function schemasAt(schema: Schema, path: Path): Schema[] {
  let level: Schema[] = [schema];
  for (const step of path) level = level.flatMap((one) => unwrapped(one).flatMap((inner) => stepInto(inner, step)));
  return level;
}

function stepInto(schema: Schema, step: string | number): Schema[] {
  const shape = shapeOf(schema);
  if (shape) return Object.hasOwn(shape, step) ? [shape[step] as Schema] : [];
  const { element, valueType } = schema._zod.def as { element?: Schema; valueType?: Schema };
  const next = element ?? valueType;
  return next ? [next] : [];
}

function shapeOf(schema: Schema): Record<string | number, Schema> | undefined {
  return (schema._zod.def as { shape?: Record<string, Schema> }).shape;
}

/** The schema itself and what it wraps: optional, default, pipe, the options of a union. Not into lazy ones: they may go round. */
function unwrapped(schema: Schema): Schema[] {
  const { innerType, options, in: input } = schema._zod.def as { innerType?: Schema; options?: readonly Schema[]; in?: Schema };
  const inside = [innerType, input, ...(options ?? [])].filter((one) => one !== undefined);
  return [schema, ...inside.flatMap(unwrapped)];
}

function metaOf(schema: Schema): ParamMeta | undefined {
  for (const inner of unwrapped(schema)) {
    const meta = paramMeta.get(inner as z.ZodType);
    if (meta) return meta;
  }
  return undefined;
}
