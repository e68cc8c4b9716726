/** Finding one's way in a zod schema along the path of a value. */
import type { z } from "zod";
import { type ParamMeta, paramMeta } from "../node/spec.ts";
import { valueAt } from "./value-at.ts";

type Schema = z.core.$ZodType;
type Path = readonly (string | number)[];

/** What the spec says of the param at `path` (the innermost words found on the way through optional, default and the like). */
export function metaAt(schema: z.ZodType, path: Path): ParamMeta | undefined {
  let meta: ParamMeta | undefined;
  for (const candidate of schemasAt(schema, path)) meta = meta ?? metaOf(candidate);
  return meta;
}

/** Names of the members that the object at `path` of the input may have: where a member says which of several variants it is, those of that one. */
export function knownKeys(schema: z.ZodType, path: Path, input: unknown): string[] {
  let level: { schema: Schema; value: unknown }[] = [{ schema, value: input }];
  for (const step of path)
    level = level.flatMap((one) =>
      unwrapped(one.schema, one.value).flatMap((inner) =>
        stepInto(inner, step).map((next) => ({ schema: next, value: valueAt(one.value, [step]) })),
      ),
    );
  return [...new Set(level.flatMap((one) => unwrapped(one.schema, one.value).flatMap((inner) => Object.keys(shapeOf(inner) ?? {}))))];
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

interface Wrapping {
  readonly innerType?: Schema;
  readonly options?: readonly Schema[];
  readonly discriminator?: string;
  readonly in?: Schema;
  readonly getter?: () => Schema;
}

/** The schema itself and what it wraps: optional, default, pipe, the options of a union that the value may be. Into lazy ones, which may go round, only along a value. */
function unwrapped(schema: Schema, value?: unknown): Schema[] {
  const { innerType, options = [], discriminator, in: input, getter } = schema._zod.def as Wrapping;
  const fitting = options.filter((option) => discriminator === undefined || mayBe(option, discriminator, value));
  const inside = [innerType, input, value === undefined ? undefined : getter?.(), ...fitting].filter((one) => one !== undefined);
  return [schema, ...inside.flatMap((one) => unwrapped(one, value))];
}

/** Whether the value says, by the member that tells variants apart, that it is this one; what says nothing may be any. */
function mayBe(option: Schema, discriminator: string, value: unknown): boolean {
  const given = valueAt(value, [discriminator]);
  const tag = shapeOf(option)?.[discriminator];
  const { values } = (tag?._zod.def ?? {}) as { values?: readonly unknown[] };
  return given === undefined || values === undefined || values.includes(given);
}

function metaOf(schema: Schema): ParamMeta | undefined {
  for (const inner of unwrapped(schema)) {
    const meta = paramMeta.get(inner as z.ZodType);
    if (meta) return meta;
  }
  return undefined;
}
