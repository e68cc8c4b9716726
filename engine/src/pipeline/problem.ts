/**
 * What is wrong with a pipeline, as data: a code and its arguments. The words (English and Chinese) are made from them in
 * `problem-words.ts`, in the server, the command line and the browser alike.
 */
export interface Problem {
  /** A key of `ALL_WORDS` in `problem-words.ts`. */
  readonly code: string;
  /** What the words need: names, values, suggestions. Plain JSON. */
  readonly args: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly severity: "error" | "warning";
  /** The node it is about; absent: the document. */
  readonly nodeId?: string;
  /** Where in the document (or, with nodeId, in the node's params): ["cases", 0, "when"]. */
  readonly path?: readonly (string | number)[];
  /** The node inside of the fragment that the node uses ("split", "first/mark" where that is in a fragment again), and where in its params; `path` is then the param of the using node that is the cause, where there is one. */
  readonly inner?: { readonly node: string; readonly path?: readonly (string | number)[] };
  /** Where in the text of an expression, from 0, end exclusive. */
  readonly range?: { readonly start: number; readonly end: number };
  /** A repair that the editor can offer: replace the text at `range` (or the whole value) by this. */
  readonly fix?: { readonly replace: string };
}
