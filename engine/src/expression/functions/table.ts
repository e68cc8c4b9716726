/** Every function, by name. */
import { CONDITION_FUNCTIONS } from "./condition.ts";
import type { FunctionDefinition } from "./define.ts";
import { NUMBER_FUNCTIONS } from "./number.ts";
import { PATTERN_FUNCTIONS } from "./pattern.ts";
import { TEXT_FUNCTIONS } from "./text.ts";
import { TIME_FUNCTIONS } from "./time.ts";

export const FUNCTIONS: readonly FunctionDefinition[] = [
  ...CONDITION_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TIME_FUNCTIONS,
];

const byName = new Map(
  FUNCTIONS.flatMap((definition) => [definition.name, ...(definition.aliases ?? [])].map((name) => [name, definition])),
);

/** By its name in upper case. */
export function functionNamed(name: string): FunctionDefinition | undefined {
  return byName.get(name);
}
