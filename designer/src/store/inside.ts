/** What runs inside of a node that uses a fragment: found in a deployed document by the way to it. */
import { fragmentOf, type PipelineDocument } from "@millrace/engine/pipeline";

export interface Inside {
  /** The pipeline that runs, and its name. */
  readonly root: string;
  readonly rootName: string;
  /** Ids of the using nodes on the way in, outermost first, with their names. */
  readonly path: readonly { readonly node: string; readonly name: string }[];
  /** The fragment that is seen, and the version of it that runs there. */
  readonly fragment: string;
  readonly version: number;
}

/** Undefined where the document has no such way, or a node on it is disabled. */
export function inside(
  document: PipelineDocument,
  way: readonly string[],
): (Pick<Inside, "path" | "fragment" | "version"> & { readonly document: PipelineDocument }) | undefined {
  const path: { node: string; name: string }[] = [];
  let at = document;
  let found: { fragment: string; version: number } | undefined;
  for (const id of way) {
    const node = Object.hasOwn(at.nodes, id) ? at.nodes[id] : undefined;
    const fragment = node && !node.disabled ? fragmentOf(node.type) : undefined;
    const pinned = fragment === undefined ? undefined : at.fragments?.[fragment];
    if (!node || fragment === undefined || !pinned?.document) return undefined;
    path.push({ node: id, name: node.name });
    found = { fragment, version: pinned.version };
    at = pinned.document;
  }
  return found && { ...found, path, document: at };
}
