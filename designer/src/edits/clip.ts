/**
 * Parts of a drawing as text for the system's clipboard: a pipeline document with only what was copied, so that it can be pasted in
 * another tab, kept as a file, or opened as a pipeline. What comes in from the clipboard is read as any document is.
 */
import { FORMAT_VERSION, fragmentOf, type PipelineDocument, type Problem, readDocument } from "@millrace/engine/pipeline";
import type { Selection } from "../store/selection.ts";
import { type Point, place } from "./add.ts";
import { endsOf } from "./graph.ts";
import { freshId, freshName } from "./ids.ts";

/** The selected nodes with the edges between them, and notes. */
export function clip(document: PipelineDocument, { nodes, notes }: Selection): PipelineDocument {
  const taken = new Set(nodes);
  const pick = <T>(from: Readonly<Record<string, T>> | undefined, ids: readonly string[]): Record<string, T> =>
    Object.fromEntries(ids.flatMap((id) => (from && Object.hasOwn(from, id) ? [[id, from[id] as T]] : [])));
  const copied: PipelineDocument = {
    formatVersion: FORMAT_VERSION,
    name: document.name,
    nodes: pick(document.nodes, nodes),
    edges: document.edges.filter((edge) => {
      const { source, target } = endsOf(edge);
      return taken.has(source) && taken.has(target);
    }),
    layout: { nodes: pick(document.layout?.nodes, nodes), notes: pick(document.layout?.notes, notes) },
  };
  const fragments = new Set(Object.values(copied.nodes).flatMap(({ type }) => fragmentOf(type) ?? []));
  if (fragments.size > 0) copied.fragments = pick(document.fragments, [...fragments]);
  if (notes.length > 0) copied.notes = pick(document.notes, notes);
  return copied;
}

export function clipText(clipped: PipelineDocument): string {
  return JSON.stringify(clipped, null, 2);
}

/** A clip out of any text; undefined when the text is no JSON object at all (so it is not meant for the canvas). */
export function readClip(text: string): { clip: PipelineDocument } | { problems: readonly Problem[] } | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  const { document, problems } = readDocument(text);
  return document ? { clip: document } : { problems };
}

/**
 * Adds a clip with new ids and names where its own are taken. `at`: where its upper left corner comes to lie; without it, a little beside where it was. Answers what
 * to select.
 */
export function paste(draft: PipelineDocument, clipped: PipelineDocument, at: Point | undefined): Pick<Selection, "nodes" | "notes"> {
  const boxes = [...Object.values(clipped.layout?.nodes ?? {}), ...Object.values(clipped.layout?.notes ?? {})];
  const corner = { x: Math.min(...boxes.map(({ x }) => x), Infinity), y: Math.min(...boxes.map(({ y }) => y), Infinity) };
  const shift = !Number.isFinite(corner.x)
    ? { x: at?.x ?? 0, y: at?.y ?? 0 }
    : at
      ? { x: at.x - corner.x, y: at.y - corner.y }
      : { x: 40, y: 40 };
  const names = new Set(Object.values(draft.nodes).map(({ name }) => name));
  const newIds = new Map<string, string>();
  for (const [id, pinned] of Object.entries(clipped.fragments ?? {}))
    if (!draft.fragments?.[id]) draft.fragments = { ...draft.fragments, [id]: structuredClone(pinned) };
  let unplaced = 0;
  for (const [id, node] of Object.entries(clipped.nodes)) {
    const name = freshName(node.name, names);
    names.add(name);
    const newId = freshId(Object.hasOwn(draft.nodes, id) ? name : id, node.type, (one) => Object.hasOwn(draft.nodes, one));
    newIds.set(id, newId);
    const { formerly: _, ...copied } = structuredClone(node);
    draft.nodes[newId] = { ...copied, name };
    const box = clipped.layout?.nodes?.[id] ?? { x: 260 * unplaced++, y: 0 };
    place(draft, newId, { x: box.x + shift.x, y: box.y + shift.y });
  }
  for (const edge of clipped.edges) {
    const { source, sourcePort, target, targetPort } = endsOf(edge);
    const [from, to] = [newIds.get(source), newIds.get(target)];
    if (from !== undefined && to !== undefined) draft.edges.push({ from: `${from}.${sourcePort}`, to: `${to}.${targetPort}` });
  }
  return { nodes: [...newIds.values()], notes: pasteNotes(draft, clipped, shift) };
}

function pasteNotes(draft: PipelineDocument, clipped: PipelineDocument, shift: Point): string[] {
  const ids: string[] = [];
  for (const [id, note] of Object.entries(clipped.notes ?? {})) {
    const newId = freshId(id, "note", (one) => Object.hasOwn(draft.notes ?? {}, one));
    draft.notes = { ...draft.notes, [newId]: structuredClone(note) };
    const box = clipped.layout?.notes?.[id] ?? { x: 0, y: 0 };
    draft.layout = { ...draft.layout, notes: { ...draft.layout?.notes, [newId]: { ...box, x: box.x + shift.x, y: box.y + shift.y } } };
    ids.push(newId);
  }
  return ids;
}
