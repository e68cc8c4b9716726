/**
 * The LMDB environment of a data folder's topics, and of the dimension tables that commit with them. Any number of processes and threads may have it open; LMDB lets one of them write at a time, and shows each reader the state at
 * its last look.
 *
 * Writes are synchronous transactions: they wait for the writer before, write, and sync, in the calling thread. lmdb-js also has queued ones, but those hold LMDB's one lock while they wait for their
 * thread's event loop, and a write that fails in the middle of one does not undo what came before it. A killed process leaves nothing behind: the next writer takes the lock over. A
 * thread must not be terminated (`worker.terminate()`) while it may be writing, only asked to end: the lock is then its own for ever, and with it the process's.
 *
 * LMDB must never meet a full disk: where the operating system refuses a write, lmdb-js 3.5 prints the details into memory that is too small for them (`mdb_page_flush`), and the
 * process dies of it later. So each transaction first looks whether the disk has more room than it can need, and refuses by itself if not.
 *
 * | database | key | value |
 * | --- | --- | --- |
 * | meta | name | JSON: the format's version, the next topic's id, the next writer's epoch, the next owner of segments |
 * | topics | name | JSON: id and settings |
 * | doomed | topic id | JSON: partitions; topics whose chunks are still to be removed |
 * | files | topic id, owner, number | how many chunks lie in a segment file, see `segments.ts` |
 * | heads | topic id, partition | `Head` |
 * | index | topic id, partition, offset of a chunk's first record | `IndexEntry` |
 * | chunks | the same, where the index has no place for it | see `chunk.ts` |
 * | positions | group, topic, partition | JSON: offset to read next |
 * | records | name | JSON: small records of others that commit with the topics |
 * | dimensions | table | JSON: id, number of rows, number of the last change, what it was made by; see `../built-in-dimensions/` |
 * | dimensionRows | table id, key | the row's text |
 * | dimensionChanges | table id, number | JSON: the keys of one commit, or "all" |
 */
import { accessSync, closeSync, constants, mkdirSync, openSync, readSync, realpathSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { TableDefinition, Words } from "@millrace/engine/node";
import { type Database, open, type RootDatabase } from "lmdb";
import { ConnectionError, isDiskFull, quote } from "../connection-error.ts";
import { becomeOwner, type Owner } from "./segments.ts";

/** 2: segment files. A folder of format 1 has none, and is otherwise the same, so that it only gets the new number. */
const FORMAT_VERSION = 2;
const WITHOUT_SEGMENTS = 1;

export interface StoredTopic {
  readonly id: number;
  readonly partitions: number;
  readonly retentionMs?: number | undefined;
  readonly retentionBytes?: number | undefined;
}

export interface StoredDimension {
  readonly id: number;
  readonly rows: number;
  readonly lastChange: number;
  readonly definition?: TableDefinition | undefined;
}

export type PositionKey = [group: string, topic: string, partition: number];

export interface TopicStore {
  readonly folder: string;
  readonly meta: Database<number, string>;
  readonly topics: Database<StoredTopic, string>;
  readonly doomed: Database<number, number>;
  readonly files: Database<Uint8Array, Uint8Array>;
  readonly heads: Database<Uint8Array, Uint8Array>;
  readonly index: Database<Uint8Array, Uint8Array>;
  readonly chunks: Database<Uint8Array, Uint8Array>;
  readonly positions: Database<number, PositionKey>;
  readonly records: Database<unknown, string>;
  readonly dimensions: Database<StoredDimension, string>;
  readonly dimensionRows: Database<Uint8Array, Uint8Array>;
  readonly dimensionChanges: Database<readonly string[] | "all", Uint8Array>;
  /** All that `work` writes, durable on return, or nothing of it. Throws what `work` throws, or a `ConnectionError`. `adds`: bytes of records that it adds; without it, it adds none. */
  transact<T>(work: () => T, adds?: number): T;
  /** Inside a transaction: does the work once the transaction is durable, or never. */
  whenDurable(work: () => void): void;
  /** This thread as an owner of segments; it becomes one when it first writes some. */
  owner(): Owner;
  /** Frees what killed processes were reading. */
  forgetDeadReaders(): void;
  /** Closes the environment when nobody in this thread uses it any more. */
  release(): Promise<void>;
}

interface Opened {
  readonly store: TopicStore;
  uses: number;
}

/** One environment per folder and thread: whoever opens the same folder shares it, so that they can share a transaction. */
const opened = new Map<string, Opened>();
const closing = new Map<string, Promise<void>>();

export async function openStore(folder: string): Promise<TopicStore> {
  const path = madeFolder(folder);
  await closing.get(path);
  const known = opened.get(path);
  if (known) {
    known.uses += 1;
    return known.store;
  }
  const store = createStore(path);
  opened.set(path, { store, uses: 1 });
  return store;
}

function madeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return realpathSync(folder);
  } catch (error) {
    throw cannotOpen(folder, error);
  }
}

function createStore(path: string): TopicStore {
  const root = openRoot(path);
  const afterwards: (() => void)[] = [];
  let owner: Owner | undefined;
  const json = { encoding: "json" } as const;
  const binary = { encoding: "binary", keyEncoding: "binary" } as const;
  const store: TopicStore = {
    folder: path,
    meta: root.openDB<number, string>("meta", json),
    topics: root.openDB<StoredTopic, string>("topics", json),
    doomed: root.openDB<number, number>("doomed", json),
    files: root.openDB<Uint8Array, Uint8Array>("files", binary),
    heads: root.openDB<Uint8Array, Uint8Array>("heads", binary),
    index: root.openDB<Uint8Array, Uint8Array>("index", binary),
    chunks: root.openDB<Uint8Array, Uint8Array>("chunks", binary),
    positions: root.openDB<number, PositionKey>("positions", json),
    records: root.openDB<unknown, string>("records", json),
    dimensions: root.openDB<StoredDimension, string>("dimensions", json),
    dimensionRows: root.openDB<Uint8Array, Uint8Array>("dimensionRows", binary),
    dimensionChanges: root.openDB<readonly string[] | "all", Uint8Array>("dimensionChanges", { encoding: "json", keyEncoding: "binary" }),
    transact(work, adds) {
      try {
        const done = transact(root, path, work, adds);
        for (const one of afterwards) one();
        return done;
      } finally {
        afterwards.length = 0;
      }
    },
    whenDurable: (work) => void afterwards.push(work),
    owner: () => (owner ??= becomeOwner(store)),
    forgetDeadReaders: () => void root.readerCheck(),
    release: () => release(path, root, () => owner?.release()),
  };
  try {
    checkFormat(store);
  } catch (error) {
    void root.close();
    throw error;
  }
  return store;
}

function openRoot(path: string): RootDatabase<Uint8Array, Uint8Array> {
  try {
    // lmdb-js crashes when LMDB refuses a file.
    checkFiles(path);
    return open({
      path,
      noSubdir: false,
      // Durable when a transaction returns, and LMDB's own well-tried order of writes.
      overlappingSync: false,
      noMemInit: true,
      maxDbs: 16,
      maxReaders: 512,
    });
  } catch (error) {
    throw cannotOpen(path, error);
  }
}

/** Left for what else is kept on the disk, so that the server can go on saying what is wrong; and for what removing takes, which must work when adding does not. */
const ROOM_FOR_OTHERS = 16 << 20;
const ROOM_TO_REMOVE = 1 << 20;

/** LMDB writes the pages on the way to what it changes anew, hence twice. */
export function requireRoom(path: string, adds: number | undefined): void {
  const needed = adds === undefined ? ROOM_TO_REMOVE : ROOM_FOR_OTHERS + 2 * adds;
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  if (free < needed)
    throw diskFull(path, { en: `${free} bytes are free, ${needed} are needed`, zh: `可用 ${free} 字节，需要 ${needed} 字节` });
}

function transact<T>(root: RootDatabase<Uint8Array, Uint8Array>, path: string, work: () => T, adds?: number): T {
  let failed: { readonly error: unknown } | undefined;
  try {
    return root.transactionSync(() => {
      // lmdb-js goes on without a transaction when LMDB refuses to begin one.
      if (root.getWriteTxnId() === 0) throw new Error("LMDB refused to begin a transaction");
      try {
        // With the lock held: nobody else of us takes the room meanwhile.
        requireRoom(path, adds);
        return work();
      } catch (error) {
        failed = { error };
        throw error;
      }
    });
  } catch (error) {
    const known = asDiskFull(path, error);
    if (known instanceof ConnectionError) throw known;
    if (failed) throw failed.error;
    throw new ConnectionError(
      "topic.cannot-write",
      {
        en: `The topics in ${quote(path)} cannot be written: ${messageOf(error)}. Nothing of this commit is visible. Check the disk, then start again.`,
        zh: `无法写入 ${quote(path)} 中的主题：${messageOf(error)}。本次提交的内容均不可见。请检查磁盘后重新启动。`,
      },
      error,
    );
  }
}

/** The error in words, where it says that the disk is full; else the error itself. */
export function asDiskFull(path: string, error: unknown): unknown {
  if (error instanceof ConnectionError || !isDiskFull(error)) return error;
  return diskFull(path, { en: messageOf(error), zh: messageOf(error) }, error);
}

function diskFull(path: string, detail: Words, error?: unknown): ConnectionError {
  return new ConnectionError(
    "topic.disk-full",
    {
      en: `The disk of ${quote(path)} is full: ${detail.en}. What was to be written is not visible, what was there before is untouched. Free space; what runs then goes on by itself.`,
      zh: `${quote(path)} 所在磁盘已满：${detail.zh}。待写入的内容不可见，原有内容不受影响。请释放空间，之后运行会自动继续。`,
    },
    error,
  );
}

function cannotOpen(path: string, error: unknown): ConnectionError {
  return new ConnectionError(
    "topic.cannot-open",
    {
      en: `The topics in ${quote(path)} cannot be opened: ${messageOf(error)}. Check that the folder can be written and that its files are whole.`,
      zh: `无法打开 ${quote(path)} 中的主题：${messageOf(error)}。请检查该文件夹可写且其中的文件完整。`,
    },
    error,
  );
}

/** LMDB's mark, in its first page behind the page's header; pages of other systems have other headers. */
const MARK = Buffer.from([0xde, 0xc0, 0xef, 0xbe]);
const MARK_WITHIN = 64;

function checkFiles(path: string): void {
  accessSync(path, constants.W_OK | constants.X_OK);
  const file = join(path, "data.mdb");
  let handle: number;
  try {
    handle = openSync(file, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    const beginning = Buffer.alloc(MARK_WITHIN);
    const length = readSync(handle, beginning, 0, MARK_WITHIN, 0);
    if (length > 0 && !beginning.subarray(0, length).includes(MARK)) throw new Error(`${file} is not LMDB's`);
  } finally {
    closeSync(handle);
  }
}

function checkFormat(store: TopicStore): void {
  const known = store.meta.get("format");
  if (known === FORMAT_VERSION) return;
  const version = store.transact(() => {
    const found = store.meta.get("format") ?? WITHOUT_SEGMENTS;
    if (found !== WITHOUT_SEGMENTS) return found;
    store.meta.put("format", FORMAT_VERSION);
    return FORMAT_VERSION;
  });
  if (version === FORMAT_VERSION) return;
  throw new ConnectionError("topic.format", {
    en: `The topics in ${quote(store.folder)} have format ${version}; this Millrace reads format ${FORMAT_VERSION}. Use the Millrace that wrote them, or another data folder.`,
    zh: `${quote(store.folder)} 中主题的格式为 ${version}，当前 Millrace 只能读取格式 ${FORMAT_VERSION}。请使用写入它们的 Millrace 版本，或换一个数据文件夹。`,
  });
}

async function release(path: string, root: RootDatabase<Uint8Array, Uint8Array>, onClosing: () => void): Promise<void> {
  const entry = opened.get(path);
  if (!entry) return;
  entry.uses -= 1;
  if (entry.uses > 0) return;
  opened.delete(path);
  onClosing();
  const done = root.close().finally(() => closing.delete(path));
  closing.set(path, done);
  await done;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
