/** Every function, by name. */
import { CONDITION_FUNCTIONS } from "./condition.ts";
import type { FunctionDefinition } from "./define.ts";

export const FUNCTIONS: readonly FunctionDefinition[] = [...CONDITION_FUNCTIONS];

const byName = new Map(
  FUNCTIONS.flatMap((definition) => [definition.name, ...(definition.aliases ?? [])].map((name) => [name, definition])),
);

/** By its name in upper case. */
export function functionNamed(name: string): FunctionDefinition | undefined {
  return byName.get(name);
}
