/** Every function, by name. */
import { AGGREGATE_FUNCTIONS } from "./aggregate.ts";
import { ARRAY_FUNCTIONS } from "./array.ts";
import { CONDITION_FUNCTIONS } from "./condition.ts";
import type { FunctionDefinition } from "./define.ts";
import { ENCODING_FUNCTIONS } from "./encoding.ts";
import { HASH_FUNCTIONS } from "./hash.ts";
import { JSON_FUNCTIONS } from "./json.ts";
import { JSON_WRITE_FUNCTIONS } from "./json-write.ts";
import { MAP_FUNCTIONS } from "./map.ts";
import { NUMBER_FUNCTIONS } from "./number.ts";
import { PATTERN_FUNCTIONS } from "./pattern.ts";
import { RANDOM_FUNCTIONS } from "./random.ts";
import { TEXT_FUNCTIONS } from "./text.ts";
import { TEXT_PART_FUNCTIONS } from "./text-parts.ts";
import { TIME_FUNCTIONS } from "./time.ts";
import { TYPE_FUNCTIONS } from "./type.ts";

export const FUNCTIONS: readonly FunctionDefinition[] = [
  ...CONDITION_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TEXT_PART_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
  ...HASH_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...RANDOM_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...JSON_WRITE_FUNCTIONS,
  ...ARRAY_FUNCTIONS,
  ...MAP_FUNCTIONS,
  ...TYPE_FUNCTIONS,
  ...AGGREGATE_FUNCTIONS,
];

const byName = new Map(
  FUNCTIONS.flatMap((definition) => [definition.name, ...(definition.aliases ?? [])].map((name) => [name, definition])),
);

/** By its name in upper case. */
export function functionNamed(name: string): FunctionDefinition | undefined {
  return byName.get(name);
}
