/**
 * Where in a record a converter stands. The chain is built once with the decoder; only the step into an array or map changes from value to value, so
 * that knowing the place costs nothing until something is wrong with a value, or its exact text is wanted.
 */
import type { ByteRange } from "../node/index.ts";
import { elementRanges, memberRange, type Range, skipSpace } from "./json-scan.ts";

export interface Place {
  readonly above: Place | undefined;
  /** Member name; index of an element, set by the array's converter. */
  step: string | number;
  /** The step changes from value to value: an element's index, a map's key. */
  readonly varies?: true;
}

/** No step on the way changes, so that the steps can be worked out once. */
export function isFixed(place: Place): boolean {
  for (let at: Place | undefined = place; at; at = at.above) if (at.varies) return false;
  return true;
}

export function stepsTo(place: Place): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.above; at = at.above) steps.unshift(at.step);
  return steps;
}

/** "displays[2].item"; "" for the record itself. */
export function placeName(place: Place): string {
  return stepsTo(place).reduce<string>(
    (name, step) => (typeof step === "number" ? `${name}[${step}]` : name ? `${name}.${step}` : step),
    "",
  );
}

/** The bytes of the value at the steps in the record; it must be there. */
export function rangeAt({ bytes, start, end: recordEnd }: ByteRange, steps: readonly (string | number)[]): Range {
  let from = skipSpace(bytes, start);
  let end = recordEnd;
  for (const step of steps) {
    const range = typeof step === "number" ? elementRanges(bytes, from)[step] : memberRange(bytes, from, step);
    if (!range) throw new Error(`no value at ${steps.join(".")}`);
    from = range.start;
    end = range.end;
  }
  return { start: from, end };
}
