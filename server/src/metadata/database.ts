/**
 * The server's own data (pipelines, versions, connections, environments) in one SQLite file. Each step of `STEPS` is applied once, in order, in a transaction; a step that was
 * published is never changed, a new one is added behind it.
 */
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../data-folder.ts";

const STEPS = [
  `CREATE TABLE pipelines (
     id TEXT PRIMARY KEY,
     template TEXT,
     document TEXT NOT NULL,
     revision INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     live_version INTEGER,
     desired TEXT NOT NULL DEFAULT 'stopped' CHECK (desired IN ('running', 'stopped', 'finished')),
     run_id TEXT,
     failure TEXT
   ) STRICT;
   CREATE TABLE versions (
     pipeline_id TEXT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
     version INTEGER NOT NULL,
     document TEXT NOT NULL,
     deployment TEXT NOT NULL,
     deployed_at INTEGER NOT NULL,
     PRIMARY KEY (pipeline_id, version)
   ) STRICT;
   CREATE TABLE connections (
     name TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     role TEXT NOT NULL,
     settings TEXT NOT NULL
   ) STRICT;
   CREATE TABLE environments (
     name TEXT PRIMARY KEY,
     connections TEXT NOT NULL
   ) STRICT;`,
];

/** Opens the file (":memory:" for tests), making or bringing up to date what is in it (as it was before, it is kept beside it). A file of a newer Millrace, or of something else, is refused. */
export function openMetadata(path: string, steps: readonly string[] = STEPS): DatabaseSync {
  const database = opened(path);
  const { user_version: at } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (at > steps.length) {
    database.close();
    throw new UsageError(
      `${path} was written by a newer Millrace (its format is ${at}, this one knows ${steps.length}). Use the newer one, or another --data folder.`,
    );
  }
  if (at > 0 && at < steps.length) keepCopy(database, `${path}.before-${steps.length}`);
  steps.slice(at).forEach((step, index) => {
    inTransaction(database, () => database.exec(`${step} PRAGMA user_version = ${at + index + 1};`));
  });
  return database;
}

/** Before the first step changes anything; one of an earlier try is replaced. */
function keepCopy(database: DatabaseSync, path: string): void {
  rmSync(path, { force: true });
  database.prepare("VACUUM INTO ?").run(path);
}

function opened(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: true });
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    return database;
  } catch (error) {
    database.close();
    throw new UsageError(
      `${path} cannot be used: ${(error as Error).message}. Put the file back as it was, free space if the disk is full, or use another --data folder.`,
    );
  }
}

export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
