/**
 * A copy of a data folder as it is at one moment, also while servers, runs and loggers go on. What commits together is copied together: LMDB (topics, positions, checkpoints) is one
 * snapshot, and the files that it refers to are append-only. The rest is small and changes rarely:
 *
 * - the metadata come behind LMDB; when a pipeline was deployed in between, all begins anew, so that no checkpoint meets another version than its own;
 * - the ids of posts come before LMDB: a post that is repeated to the restored server may then count twice, but never not at all.
 *
 * Not copied: locks, what runs keep for speed, and the key of the stored secrets, which is kept apart on purpose.
 */
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { copyTopics, isDiskFull } from "@millrace/nodes/connections";
import { UsageError } from "../data-folder.ts";
import { formatOf } from "../data-format.ts";
import { isDatabaseFull } from "../http/errors.ts";
import { takeLock } from "../process-lock.ts";
import { savedFiles } from "../run-host/saved-files.ts";
import { MANIFEST, type Manifest, sumOf } from "./manifest.ts";
import { filesBelow, pinFiles } from "./pins.ts";

/** Copied as they are. */
const PLAIN = ["format.json", "settings.json", "token", "ingest-key", "read-key"];
const TRIES = 5;

/** Makes the backup in `destination`, which is not there yet or empty. Rejects with `UsageError`; nothing is left in it then. */
export async function backUp(dataFolder: string, destination: string, now: () => number): Promise<Manifest> {
  const folder = resolve(dataFolder);
  const into = resolve(destination);
  if (!["metadata.db", "topics"].some((name) => existsSync(join(folder, name))))
    throw new UsageError(`${folder} is no data folder: nothing is kept in it. Name one with --data.`);
  refuseUnfit(folder, into);
  makeFolder(into);
  const lock = takeLock(join(folder, "backup.lock"));
  if (!lock) throw new UsageError(`Another backup of ${folder} is on its way. Wait for it.`);
  try {
    for (let left = TRIES; left > 0; left--) {
      const at = now();
      if (await copyAll(folder, into)) return await finish(folder, into, at);
      empty(into);
    }
    throw new UsageError(`${folder} changed too much while it was copied, ${TRIES} times. Try again when less is deployed and removed.`);
  } catch (error) {
    empty(into);
    if (isDiskFull(error) || isDatabaseFull(error))
      throw new UsageError(
        `The disk of ${into} has no room for a backup of ${folder}; nothing is left there. Free space, or name a folder on another disk.`,
      );
    throw error;
  } finally {
    lock.release();
  }
}

function refuseUnfit(folder: string, into: string): void {
  if (into === folder || into.startsWith(join(folder, "/")))
    throw new UsageError(`${into} lies in the data folder itself. Name a folder elsewhere, best on another disk.`);
  if (!existsSync(into)) return;
  let entries: string[];
  try {
    entries = readdirSync(into);
  } catch (error) {
    throw new UsageError(`${into} cannot be used: ${(error as Error).message}. Name a new folder.`);
  }
  if (entries.length > 0) throw new UsageError(`${into} is not empty. Name a new folder; a backup never writes over another one.`);
}

/** Level by level: where no folder can be made (in /proc), Node's recursive `mkdir` tries for ever. */
function makeFolder(into: string): void {
  if (existsSync(into)) return;
  const above = dirname(into);
  if (above !== into) makeFolder(above);
  try {
    mkdirSync(into, { mode: 0o700 });
  } catch (error) {
    throw new UsageError(`The folder ${into} cannot be made: ${(error as Error).message}. Name another one.`);
  }
}

/** False when something changed that does not fit together any more. */
async function copyAll(folder: string, into: string): Promise<boolean> {
  const before = deployed(join(folder, "metadata.db"));
  const pins = pinFiles(folder, ["runs", "topics/segments"]);
  try {
    copyDatabase(folder, into, "record-ids.db");
    const { files, records } = await copyTopics(join(folder, "topics"), join(into, "topics"));
    copyDatabase(folder, into, "metadata.db");
    if (deployed(join(into, "metadata.db")) !== before) return false;
    const needed = [...savedFiles(records), ...files.map((path) => `topics/${path.replaceAll("\\", "/")}`)];
    for (const path of needed) if (!copyIfThere(pins.placeOf(path), join(into, path))) return false;
  } finally {
    pins.release();
  }
  // Behind LMDB: a sink's file is at least as long as its checkpoint says.
  for (const path of [...PLAIN, ...filesBelow(folder, "files")]) copyIfThere(join(folder, path), join(into, path));
  return true;
}

/** What each pipeline runs, as text to compare. */
function deployed(file: string): string {
  if (!existsSync(file)) return "";
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    return JSON.stringify(database.prepare("SELECT id, live_version, run_id FROM pipelines ORDER BY id").all());
  } finally {
    database.close();
  }
}

function copyDatabase(folder: string, into: string, name: string): void {
  if (!existsSync(join(folder, name))) return;
  const database = new DatabaseSync(join(folder, name), { timeout: 10_000 });
  try {
    database.prepare("VACUUM INTO ?").run(join(into, name));
  } finally {
    database.close();
  }
}

function copyIfThere(from: string, to: string): boolean {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    copyFileSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Sums what was copied, makes it durable, and writes the manifest, which makes it a backup. */
async function finish(folder: string, into: string, at: number): Promise<Manifest> {
  const files: [string, Manifest["files"][string]][] = [];
  for (const path of filesBelow(into, "").sort()) {
    sync(join(into, path));
    files.push([path, await sumOf(join(into, path))]);
  }
  const manifest: Manifest = { format: formatOf(folder), at, files: Object.fromEntries(files) };
  writeFileSync(join(into, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

function sync(file: string): void {
  const handle = openSync(file, "r+");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
