/** Every function, by name. */
import { COLLECTION_FUNCTIONS } from "./collection.ts";
import { CONDITION_FUNCTIONS } from "./condition.ts";
import type { FunctionDefinition } from "./define.ts";
import { JSON_FUNCTIONS } from "./json.ts";
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
  ...JSON_FUNCTIONS,
  ...COLLECTION_FUNCTIONS,
];

const byName = new Map(
  FUNCTIONS.flatMap((definition) => [definition.name, ...(definition.aliases ?? [])].map((name) => [name, definition])),
);

/** By its name in upper case. */
export function functionNamed(name: string): FunctionDefinition | undefined {
  return byName.get(name);
}
