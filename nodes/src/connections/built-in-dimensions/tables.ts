/**
 * Dimension tables in the LMDB environment of the topics, so that a checkpoint commits both in one transaction. Everything here that writes runs inside a transaction.
 *
 * Who looks up keeps answers; so each commit leaves the keys that it changed, under a number that rises by one. The last of them stay, and whoever comes later must forget everything.
 */
import { isDeepStrictEqual } from "node:util";
import type { DimensionChange, DimensionRow, TableDefinition } from "@millrace/engine/node";
import type { StoredDimension, TopicStore } from "../built-in-topics/store.ts";

/** Commits of a table whose changes can still be asked for. */
const KEPT_CHANGES = 1_000;
/** A commit that changes more keys has changed "all". */
const MOST_KEYS = 1_000;

export function findTable(store: TopicStore, name: string): StoredDimension | undefined {
  return name === "" ? undefined : store.dimensions.get(name);
}

/** The table, made where there is none. */
export function madeTable(store: TopicStore, name: string, definition?: TableDefinition): StoredDimension {
  const known = findTable(store, name);
  if (known) {
    if (definition && !isDeepStrictEqual(known.definition, definition)) store.dimensions.put(name, { ...known, definition });
    return known;
  }
  const id = store.meta.get("nextDimension") ?? 1;
  store.meta.put("nextDimension", id + 1);
  const made: StoredDimension = { id, rows: 0, lastChange: 0, ...(definition && { definition }) };
  store.dimensions.put(name, made);
  return made;
}

export function applyChanges(store: TopicStore, name: string, changes: readonly DimensionChange[]): void {
  const table = madeTable(store, name);
  let { rows } = table;
  for (const { key, value } of changes) {
    const at = rowKey(table.id, key);
    const isThere = store.dimensionRows.doesExist(at);
    if (value === null) {
      if (!isThere) continue;
      store.dimensionRows.remove(at);
      rows -= 1;
    } else {
      store.dimensionRows.put(at, value.bytes.subarray(value.start, value.end));
      if (!isThere) rows += 1;
    }
  }
  const lastChange = table.lastChange + 1;
  const keys = new Set(changes.map(({ key }) => key));
  store.dimensionChanges.put(changeKey(table.id, lastChange), keys.size > MOST_KEYS ? "all" : [...keys]);
  if (lastChange > KEPT_CHANGES) store.dimensionChanges.remove(changeKey(table.id, lastChange - KEPT_CHANGES));
  store.dimensions.put(name, { ...table, rows, lastChange });
}

/** Everything of a table that is gone at once: rows of dimensions are few beside records. */
export function removeTable(store: TopicStore, name: string): void {
  const table = findTable(store, name);
  if (!table) return;
  store.dimensions.remove(name);
  for (const database of [store.dimensionRows, store.dimensionChanges]) {
    const keys = [...database.getKeys({ start: prefixOf(table.id), end: prefixOf(table.id + 1) })].map((key) => Buffer.from(key));
    for (const key of keys) database.remove(key);
  }
}

export function getRow(store: TopicStore, { id }: StoredDimension, key: string): Uint8Array | undefined {
  return store.dimensionRows.get(rowKey(id, key));
}

export function scanRows(
  store: TopicStore,
  { id }: StoredDimension,
  { prefix = "", after, limit }: { readonly prefix?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): DimensionRow[] {
  const rows: DimensionRow[] = [];
  const beginning = rowKey(id, prefix);
  const behind = after === undefined ? undefined : rowKey(id, after);
  const start = behind === undefined || Buffer.compare(behind, beginning) < 0 ? beginning : behind;
  for (const { key, value } of store.dimensionRows.getRange({ start, end: prefixOf(id + 1) })) {
    const at = Buffer.from(key);
    if (!at.subarray(0, beginning.length).equals(beginning)) break;
    if (behind?.equals(at)) continue;
    const bytes = Buffer.from(value);
    rows.push({ key: at.toString("utf8", ID_BYTES), value: { bytes, start: 0, end: bytes.length } });
    if (rows.length >= limit) break;
  }
  return rows;
}

/** Keys that changed after that change; "all" where it is no longer known. */
export function changesSince(store: TopicStore, { id, lastChange }: StoredDimension, since: number): readonly string[] | "all" {
  const keys = new Set<string>();
  for (let number = since + 1; number <= lastChange; number++) {
    const changed = store.dimensionChanges.get(changeKey(id, number));
    if (changed === undefined || changed === "all") return "all";
    for (const key of changed) keys.add(key);
  }
  return [...keys];
}

const ID_BYTES = 4;

function rowKey(id: number, key: string): Buffer {
  return Buffer.concat([prefixOf(id), Buffer.from(key)]);
}

function changeKey(id: number, number: number): Buffer {
  const bytes = Buffer.alloc(ID_BYTES + 8);
  bytes.writeUInt32BE(id);
  bytes.writeBigUInt64BE(BigInt(number), ID_BYTES);
  return bytes;
}

function prefixOf(id: number): Buffer {
  const bytes = Buffer.alloc(ID_BYTES);
  bytes.writeUInt32BE(id);
  return bytes;
}
