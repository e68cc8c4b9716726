/** A pattern as a chain of links, without words and expressions: what the automaton is made from, and what makes one malformed. */

export type Contiguity = "next" | "followed-by" | "followed-by-any" | "not-next" | "not-followed-by";
/** What may lie between the rows of one repeated step: nothing, what does not match, or anything. */
export type Inner = "strict" | "relaxed" | "any";

export interface Link {
  /** Groups have one too, which nobody sees. */
  readonly name: string;
  /** How it follows the link before it; of the first it says nothing. */
  readonly contiguity: Contiguity;
  /** Number of the condition; undefined: every row fulfils it. A group has none. */
  readonly condition: number | undefined;
  /** Undefined: once. Of a loop `most` is Infinity. */
  readonly times: { readonly least: number; readonly most: number; readonly gapMs: number | undefined } | undefined;
  readonly optional: boolean;
  readonly greedy: boolean;
  readonly inner: Inner;
  /** Number of the condition that ends a loop. */
  readonly until: number | undefined;
  /** Longest time since the row matched before, exclusive. */
  readonly gapMs: number | undefined;
  /** Longest time from the first row to the last, exclusive. */
  readonly withinMs: number | undefined;
  /** Of a group. */
  readonly group: readonly Link[] | undefined;
}

export function isLoop(link: Link): boolean {
  return link.times?.most === Number.POSITIVE_INFINITY;
}
