/**
 * Keyed state that does not fit into memory, in an LMDB environment of the subtask's own. It is a cache of what the last snapshot and the changes since make up: nothing is synced, what a killed
 * process left is removed at the start, and a whole one removes it at its end. The environment is opened when something is first put there, which most runs never do.
 */

import { createHash } from "node:crypto";
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import type { Spilled, SpillOptions, SpillStore } from "@millrace/engine/run";
import { ConnectionError } from "@millrace/nodes/connections";
import { type Database, open, type RootDatabase } from "lmdb";

/** `lastSize`: bytes of what was read last; its types forget it. */
type Bytes = Database<Uint8Array, Uint8Array> & { readonly lastSize?: number };

/** LMDB takes keys of up to 1,978 bytes. Longer ones are kept under their beginning and a digest, which makes a key of exactly this length. */
const LONGEST_KEY = 1_900;
const DIGEST_BYTES = 32;
/** A disk that is nearly full is left to others. LMDB must never be refused a write (see the topics' `store.ts`). */
const ROOM_FOR_OTHERS = 64 << 20;
/** Bytes that are put before the disk is looked at again. */
const LOOK_EVERY = 8 << 20;
const MOST_NODES = 1_024;

export interface SpillFolder {
  /** Room for one node's state: what it holds in memory beyond `budgetBytes` goes here. */
  optionsFor(nodeId: string, budgetBytes: number): SpillOptions;
  /** Removes all of it. */
  close(): Promise<void>;
}

/** `folder` is the subtask's alone: what is in it is removed. */
export function openSpillFolder(folder: string): SpillFolder {
  rmSync(folder, { recursive: true, force: true });
  let root: RootDatabase<Uint8Array, Uint8Array> | undefined;
  const opened = (): RootDatabase<Uint8Array, Uint8Array> => {
    if (root === undefined) {
      mkdirSync(folder, { recursive: true });
      root = open({
        path: folder,
        noSubdir: false,
        noSync: true,
        noMemInit: true,
        maxDbs: MOST_NODES,
        encoding: "binary",
        keyEncoding: "binary",
      });
    }
    return root;
  };
  return {
    optionsFor: (nodeId, budgetBytes) => ({ budgetBytes, store: createStore(folder, nodeId, opened) }),
    async close() {
      await root?.close();
      root = undefined;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createStore(folder: string, nodeId: string, opened: () => RootDatabase<Uint8Array, Uint8Array>): SpillStore {
  let database: Bytes | undefined;
  let untilLook = 0;
  let isInBatch = false;
  const db = (): Bytes => (database ??= opened().openDB<Uint8Array, Uint8Array>(nodeId, { encoding: "binary", keyEncoding: "binary" }));
  /** Nothing was put there yet. */
  const isUntouched = () => database === undefined;
  const lookForRoom = (bytes: number) => {
    untilLook -= bytes;
    if (untilLook > 0) return;
    untilLook = LOOK_EVERY;
    const { bavail, bsize } = statfsSync(folder);
    // LMDB writes the pages on the way to what it changes anew.
    if (bavail * bsize < ROOM_FOR_OTHERS + 4 * (LOOK_EVERY + bytes)) throw noRoom(folder, nodeId);
  };
  return {
    get(key) {
      if (isUntouched()) return undefined;
      const store = db();
      const found = store.getBinaryFast(storedKey(key)) as Uint8Array | undefined;
      // The buffer is longer than what was read into it.
      const value = found?.subarray(0, store.lastSize);
      return value && isLong(key) ? value.subarray(0, value.length - trailer(key)) : value;
    },
    put(key, value) {
      const store = db();
      lookForRoom(key.length + value.length);
      store.putSync(storedKey(key), isLong(key) ? withTrailer(value, key) : value);
    },
    delete(key) {
      if (!isUntouched()) db().removeSync(storedKey(key));
    },
    page(space, after, limit) {
      if (isUntouched()) return [];
      const start = after === undefined ? Uint8Array.of(space) : storedKey(after);
      return Array.from(db().getRange({ start, exclusiveStart: after !== undefined, end: Uint8Array.of(space + 1), limit }), pairOf);
    },
    batch(work) {
      if (isInBatch) return work();
      isInBatch = true;
      // Opening a database in a transaction of another one is not for LMDB.
      db();
      try {
        opened().transactionSync(work);
      } finally {
        isInBatch = false;
      }
    },
  };
}

function isLong(key: Uint8Array): boolean {
  return key.length >= LONGEST_KEY;
}

function storedKey(key: Uint8Array): Uint8Array {
  if (!isLong(key)) return key;
  return Buffer.concat([key.subarray(0, LONGEST_KEY - DIGEST_BYTES), createHash("sha256").update(key).digest()]);
}

/** Bytes behind the value of a long key: the key, and its length. */
function trailer(key: Uint8Array): number {
  return key.length + 4;
}

function withTrailer(value: Uint8Array, key: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(key.length);
  return Buffer.concat([value, key, length]);
}

function pairOf({ key, value }: { key: Uint8Array; value: Uint8Array }): Spilled {
  const content = Buffer.from(value);
  if (key.length !== LONGEST_KEY) return { key: new Uint8Array(key), value: content };
  const end = content.length - 4;
  const begin = end - content.readUInt32BE(end);
  return { key: content.subarray(begin, end), value: content.subarray(0, begin) };
}

function noRoom(folder: string, nodeId: string): ConnectionError {
  const id = JSON.stringify(nodeId);
  return new ConnectionError("state.no-room", {
    en: `The state of node ${id} does not fit into its memory, and the disk of ${folder} has no room for the rest. Free space, or let the node keep less; the run then goes on from its last checkpoint.`,
    zh: `节点 ${id} 的状态超出内存限额，且 ${folder} 所在磁盘没有空间存放其余部分。请释放空间，或让该节点少存一些；运行会从上一个检查点继续。`,
  });
}
