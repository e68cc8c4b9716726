/** Where a draft differs from what runs, as far as rows on a port are concerned. */
import { type PipelineDocument, type PipelineNode, parsePortRef } from "@millrace/engine/pipeline";
import { differencesOf } from "./difference.ts";
import type { Json, PreviewRecord } from "./record.ts";

/**
 * True when everything above the node, and the node itself, means the same in both documents: rows seen live at its outputs are then what
 * the draft would give too.
 */
export function sameUpstream(draft: PipelineDocument, live: PipelineDocument, nodeId: string): boolean {
  if (SETTINGS.some((name) => JSON.stringify(draft[name]) !== JSON.stringify(live[name]))) return false;
  for (const id of upstreamOf(draft, nodeId)) {
    const [now, then] = [own(draft.nodes, id), own(live.nodes, id)];
    if (!now || !then || !sameNode(now, then)) return false;
    const edges = edgesInto(draft, id);
    if (edges.join("\n") !== edgesInto(live, id).join("\n")) return false;
  }
  return true;
}

/** What a document says that any node may depend on. */
const SETTINGS = ["timeZone", "parameters", "schemas", "connections"] as const;

/** The node and all nodes above it. */
export function upstreamOf(document: PipelineDocument, nodeId: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [nodeId];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const { from, to } of document.edges) if (parsePortRef(to).node === id) waiting.push(parsePortRef(from).node);
  }
  return seen;
}

function sameNode(one: PipelineNode, other: PipelineNode): boolean {
  return one.type === other.type && one.disabled === other.disabled && differencesOf(one.params as Json, other.params as Json).length === 0;
}

function edgesInto(document: PipelineDocument, id: string): string[] {
  return document.edges
    .filter(({ to }) => parsePortRef(to).node === id)
    .map(({ from, to }) => `${from}->${to}`)
    .sort();
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

export interface RowPair {
  readonly live: PreviewRecord | undefined;
  readonly draft: PreviewRecord | undefined;
  readonly what: "same" | "changed" | "added" | "removed";
}

/** Rows of both documents over the same records, paired by their origin; rows of one origin in the order in which they left. */
export function pairRows(live: readonly PreviewRecord[], draft: readonly PreviewRecord[]): readonly RowPair[] {
  const before = byOrigin(live);
  const pairs: RowPair[] = [];
  for (const row of draft) {
    const partner = before.get(key(row))?.shift();
    if (!partner) pairs.push({ live: undefined, draft: row, what: "added" });
    else pairs.push({ live: partner, draft: row, what: sameRow(partner, row) ? "same" : "changed" });
  }
  for (const rows of before.values()) for (const row of rows) pairs.push({ live: row, draft: undefined, what: "removed" });
  return pairs;
}

function byOrigin(records: readonly PreviewRecord[]): Map<string, PreviewRecord[]> {
  const groups = new Map<string, PreviewRecord[]>();
  for (const record of records) {
    const group = groups.get(key(record));
    if (group) group.push(record);
    else groups.set(key(record), [record]);
  }
  return groups;
}

/** Rows without an origin (a window's) are the same where their text is. */
function key(record: PreviewRecord): string {
  return record.origin ?? record.text;
}

function sameRow(one: PreviewRecord, other: PreviewRecord): boolean {
  return one.kind === other.kind && (one.text === other.text || differencesOf(one.value, other.value).length === 0);
}

/**
 * Whether both documents were given the record that a row stems from. Retained records change while they are asked for: one that only
 * one of the two answers knows says nothing about the documents. Records of a source that only one document has are no such accident.
 */
export function givenToBoth(live: RowsByPort, draft: RowsByPort): (row: PreviewRecord) => boolean {
  const [before, now] = [inputsOf(live), inputsOf(draft)];
  return ({ source, origin }) => {
    if (source === undefined || origin === undefined) return true;
    const [then, since] = [before.get(source), now.get(source)];
    return !then || !since || (then.has(origin) && since.has(origin));
  };
}

type RowsByPort = Readonly<Record<string, readonly PreviewRecord[]>>;

/** Names of the records that each source gave. */
function inputsOf(ports: RowsByPort): ReadonlyMap<string, ReadonlySet<string>> {
  const inputs = new Map<string, Set<string>>();
  for (const [port, rows] of Object.entries(ports)) {
    const { node } = parsePortRef(port);
    for (const { source, origin } of rows) {
      if (source !== node || origin === undefined) continue;
      const known = inputs.get(node);
      if (known) known.add(origin);
      else inputs.set(node, new Set([origin]));
    }
  }
  return inputs;
}
