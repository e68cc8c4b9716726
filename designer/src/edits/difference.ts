/** What the draft would change of what runs: nodes by id, edges by their ends. Layout, notes, groups and tests change nothing that runs. */
import { type Edge, fragmentOf, type PipelineDocument, type PipelineNode } from "@millrace/engine/pipeline";
import { edgeKey } from "../store/edge-key.ts";

export interface Difference {
  readonly added: ReadonlySet<string>;
  /** Type, params, disabled, parallelism or the fragment that is used differ. */
  readonly changed: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly addedEdges: ReadonlySet<string>;
  readonly removedEdges: readonly Edge[];
  /** Time zone, parallelism, schemas and the like. */
  readonly settings: readonly string[];
  readonly isEmpty: boolean;
}

const NONE: Difference = {
  added: new Set(),
  changed: new Set(),
  removed: new Set(),
  addedEdges: new Set(),
  removedEdges: [],
  settings: [],
  isEmpty: true,
};

const SETTINGS = ["parameters", "timeZone", "parallelism", "checkpointInterval", "connections", "schemas"] as const;

/** Without a deployed version there is nothing to differ from. */
export function difference(draft: PipelineDocument, live: PipelineDocument | undefined): Difference {
  if (!live || draft === live) return NONE;
  const added = new Set<string>();
  const changed = new Set<string>();
  const fragments = changedFragments(draft, live);
  for (const [id, node] of Object.entries(draft.nodes)) {
    if (!Object.hasOwn(live.nodes, id)) added.add(id);
    else if (meaning(node) !== meaning(live.nodes[id] as PipelineNode) || fragments.has(fragmentOf(node.type) ?? "")) changed.add(id);
  }
  const removed = new Set(Object.keys(live.nodes).filter((id) => !Object.hasOwn(draft.nodes, id)));
  const liveEdges = new Set(live.edges.map(edgeKey));
  const draftEdges = new Set(draft.edges.map(edgeKey));
  const addedEdges = new Set([...draftEdges].filter((key) => !liveEdges.has(key)));
  const removedEdges = live.edges.filter((edge) => !draftEdges.has(edgeKey(edge)));
  const settings = SETTINGS.filter((member) => canonical(draft[member]) !== canonical(live[member]));
  const isEmpty = added.size + changed.size + removed.size + addedEdges.size + removedEdges.length + settings.length === 0;
  return isEmpty ? NONE : { added, changed, removed, addedEdges, removedEdges, settings, isEmpty };
}

/** Fragments of which the two carry different versions. */
function changedFragments(draft: PipelineDocument, live: PipelineDocument): ReadonlySet<string> {
  if (draft.fragments === live.fragments) return new Set();
  const ids = Object.keys(draft.fragments ?? {});
  return new Set(ids.filter((id) => canonical(draft.fragments?.[id]) !== canonical(live.fragments?.[id])));
}

/** Documents are never written to in place, so a node's text holds as long as the node. */
const meanings = new WeakMap<object, string>();

function meaning(node: PipelineNode): string {
  const known = meanings.get(node);
  if (known !== undefined) return known;
  const text = canonical([node.type, node.params, node.disabled ?? false, node.parallelism ?? null]);
  meanings.set(node, text);
  return text;
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? ""
  );
}
