/** The built-in driver of role "dimension": tables in the LMDB environment of the data folder's topics. */
import { isDeepStrictEqual } from "node:util";
import {
  type DimensionChange,
  type DimensionStore,
  type DimensionWriter,
  MAX_DIMENSION_KEY,
  type Millis,
  type Prepared,
} from "@millrace/engine/node";
import { type Commit, commitTo, ownTransaction } from "../built-in-topics/commit.ts";
import { openStore, type TopicStore } from "../built-in-topics/store.ts";
import { beginCommit, forgetWriter, type PreparedBy, takeOver } from "../built-in-topics/writer-records.ts";
import { ConnectionError } from "../connection-error.ts";
import { badDimensionKey, checkTableName } from "../dimension-errors.ts";
import { applyChanges, changesSince, findTable, getRow, madeTable, removeTable, scanRows } from "./tables.ts";

export interface BuiltInDimensionsOptions {
  /** The folder of the topics: `<data>/topics`. */
  readonly folder: string;
  readonly now: () => Millis;
}

/** Others' changes are told within this. */
const LOOK_EVERY_MS = 50;

/** What a writer prepared: the changes themselves, which go with the checkpoint's transaction or not at all. */
interface PreparedChanges extends PreparedBy {
  readonly [name: string]: unknown;
  readonly tables: readonly { readonly table: string; readonly changes: readonly DimensionChange[] }[];
}

export async function openBuiltInDimensions({ folder, now }: BuiltInDimensionsOptions): Promise<DimensionStore> {
  const store = await openStore(folder);
  const watches = new Set<() => void>();
  let isClosed = false;

  return {
    async listTables() {
      return [...store.dimensions.getRange()].map(({ key: name, value: { rows, definition } }) => ({
        name,
        rows,
        ...(definition && { definition }),
      }));
    },
    async createTable(name, definition) {
      checkTableName(name);
      const known = findTable(store, name);
      if (known && (definition === undefined || isDeepStrictEqual(known.definition, definition))) return false;
      return store.transact(() => {
        const isThere = findTable(store, name) !== undefined;
        madeTable(store, name, definition);
        return !isThere;
      }, 0);
    },
    async deleteTable(name) {
      store.transact(() => removeTable(store, name));
    },
    async get(name, keys) {
      const table = findTable(store, name);
      return keys.map((key) => {
        const bytes = table && isKey(key) ? getRow(store, table, key) : undefined;
        return bytes && { bytes, start: 0, end: bytes.length };
      });
    },
    async scan(name, range) {
      const table = findTable(store, name);
      return table ? scanRows(store, table, range) : [];
    },
    async upsert(name, changes) {
      checkTableName(name);
      for (const { key } of changes) checkKey(key);
      store.transact(() => applyChanges(store, name, changes), bytesOf(changes));
    },
    openWriter: async (transaction) => openWriter(store, transaction),
    transactions: "shared",
    async commitPrepared(prepared, via) {
      if (via === undefined) await commitTo(store, now, (tx) => addPrepared(tx, prepared));
      else addPrepared(ownTransaction(store, via), prepared);
    },
    watch(name, onChange) {
      let table = findTable(store, name);
      const look = setInterval(() => {
        const current = findTable(store, name);
        if (current?.id === table?.id && current?.lastChange === table?.lastChange) return;
        const changed = current && current.id === table?.id ? changesSince(store, current, table.lastChange) : "all";
        table = current;
        onChange(changed);
      }, LOOK_EVERY_MS);
      look.unref();
      const end = () => {
        clearInterval(look);
        watches.delete(end);
      };
      watches.add(end);
      return end;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const end of [...watches]) end();
      await store.release();
    },
  };
}

function openWriter(store: TopicStore, transaction: string): DimensionWriter {
  const epoch = takeOver(store, transaction);
  let tables = new Map<string, Map<string, DimensionChange>>();
  let staged = 0;
  let lastPrepared = 0;
  const clear = () => {
    tables = new Map();
    staged = 0;
  };

  return {
    write(name, { key, value }) {
      checkTableName(name);
      checkKey(key);
      let changes = tables.get(name);
      if (!changes) {
        changes = new Map();
        tables.set(name, changes);
      }
      const bytes = value && Buffer.from(value.bytes.subarray(value.start, value.end));
      // Of a key's changes the last one counts.
      changes.set(key, { key, value: bytes && { bytes, start: 0, end: bytes.length } });
      staged += sizeOf(key, bytes?.length ?? 0);
    },
    get stagedBytes() {
      return staged;
    },
    async prepare(checkpoint) {
      const prepared: PreparedChanges = {
        transaction,
        epoch,
        checkpoint,
        tables: [...tables].map(([table, changes]) => ({ table, changes: [...changes.values()] })),
      };
      if (tables.size > 0) lastPrepared = checkpoint;
      clear();
      return prepared;
    },
    async abort() {
      clear();
    },
    async close() {
      clear();
      try {
        store.transact(() => forgetWriter(store, transaction, epoch, lastPrepared));
      } catch (error) {
        // As for topics: what cannot be tidied up stays until the id is taken over.
        if (!(error instanceof ConnectionError)) throw error;
      }
    },
  };
}

function addPrepared(tx: Commit, prepared: readonly Prepared[]): void {
  for (const part of prepared as readonly PreparedChanges[]) {
    if (part.tables.length === 0) continue;
    tx.alsoWrite(
      () => {
        if (beginCommit(tx.store, part)) for (const { table, changes } of part.tables) applyChanges(tx.store, table, changes);
      },
      part.tables.reduce((sum, { changes }) => sum + bytesOf(changes), 0),
    );
  }
}

function bytesOf(changes: readonly DimensionChange[]): number {
  return changes.reduce((sum, { key, value }) => sum + sizeOf(key, value ? value.end - value.start : 0), 0);
}

/** The key stands with its row and among the changes. */
function sizeOf(key: string, length: number): number {
  return 2 * key.length + length + 64;
}

function isKey(key: string): boolean {
  return key !== "" && Buffer.byteLength(key) <= MAX_DIMENSION_KEY;
}

function checkKey(key: string): void {
  if (!isKey(key)) throw badDimensionKey(key);
}
