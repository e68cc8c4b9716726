/**
 * The version of a data folder, in `format.json`, and the steps that bring an older one up to date. A step that was published is never changed, a new one is added behind it. What a
 * step changes is copied first, to `before-format-N` in the folder: a step that fails, or that was cut off by a crash, is undone from there before anything else happens.
 *
 * Stores inside the folder have formats of their own (the metadata, the topics, state files) and refuse what they do not know; a step here is for what no store can do by itself.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./data-folder.ts";
import { isLocked, takeLock } from "./process-lock.ts";

export interface Upgrade {
  /** From the format before to this one. */
  readonly to: number;
  /** Nobody else may use the folder meanwhile. */
  readonly alone: boolean;
  /** Files and folders that it changes, below the data folder, other than by adding to a store. */
  readonly changes: readonly string[];
  /** `log`: what people must know of it. */
  readonly apply: (folder: string, log: (line: string) => void) => void | Promise<void>;
}

const UPGRADES: readonly Upgrade[] = [
  // Folders of format 0 say nothing of their format, and are otherwise the same.
  { to: 1, alone: false, changes: [], apply: () => undefined },
  // Loaded when it is needed: it brings the topics' store along.
  {
    to: 2,
    alone: true,
    changes: [],
    apply: async (folder, log) => (await import("./upgrades/checkpoint-lists.ts")).listCheckpoints(folder, log),
  },
];

export const DATA_FORMAT = 2;

const FILE = "format.json";
/** An upgrade by another process may take so long. */
const WAIT_MS = 120_000;

/** 0 for a folder that does not say. Throws `UsageError` for a file that cannot be read. */
export function formatOf(folder: string): number {
  const file = join(folder, FILE);
  if (!existsSync(file)) return 0;
  const wanted = 'It holds the folder\'s format, as in {"format":1}. Put it back as it was, or restore a backup.';
  try {
    const { format } = JSON.parse(readFileSync(file, "utf8")) as { format?: unknown };
    if (Number.isSafeInteger(format)) return format as number;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}. ${wanted}`);
  }
  throw new UsageError(`${file} does not say which format the folder has. ${wanted}`);
}

/** Brings the folder to the present format, or throws `UsageError` with why not; the folder is then as it was. `log`: what was done. */
export async function bringUpToDate(
  folder: string,
  log: (line: string) => void,
  { upgrades = UPGRADES, latest = DATA_FORMAT }: { readonly upgrades?: readonly Upgrade[]; readonly latest?: number } = {},
): Promise<void> {
  if (formatOf(folder) === latest) return;
  refuseNewer(folder, latest);
  const lock = takeLock(join(folder, "upgrade.lock"), WAIT_MS);
  if (!lock) throw new UsageError(`Another process has been upgrading the data folder ${folder} for two minutes. Wait for it, or stop it.`);
  try {
    if (isFresh(folder)) return writeFormat(folder, latest);
    // Another one may have done it meanwhile.
    const from = formatOf(folder);
    refuseNewer(folder, latest);
    const steps = upgrades.filter(({ to }) => to > from && to <= latest);
    for (const step of steps) await take(folder, step, log);
    const kept = steps.filter(({ changes }) => changes.length > 0).map(({ to }) => copyPath(folder, to));
    const what = kept.length > 0 ? ` What was changed is kept in ${kept.join(", ")}; remove it when all is well.` : "";
    log(`The data folder ${folder} was upgraded from format ${from} to ${latest}.${what}`);
  } finally {
    lock.release();
  }
}

function refuseNewer(folder: string, latest: number): void {
  const format = formatOf(folder);
  if (format <= latest) return;
  throw new UsageError(
    `The data folder ${folder} was written by a newer Millrace (its format is ${format}, this one knows ${latest}). Use the newer one, or another --data folder.`,
  );
}

/** No Millrace has kept anything in it yet; people may have put their files and settings there. */
function isFresh(folder: string): boolean {
  return !["format.json", "metadata.db", "topics", "runs", "token"].some((name) => existsSync(join(folder, name)));
}

async function take(folder: string, step: Upgrade, log: (line: string) => void): Promise<void> {
  const { to, alone, changes, apply } = step;
  const copy = copyPath(folder, to);
  if (alone) refuseUsed(folder, to);
  // An earlier try was cut off.
  if (existsSync(copy)) putBack(folder, step);
  try {
    if (changes.length > 0) keepCopy(folder, step);
    await apply(folder, log);
    writeFormat(folder, to);
  } catch (error) {
    if (existsSync(copy)) putBack(folder, step);
    throw new UsageError(
      `The data folder ${folder} could not be brought to format ${to}: ${error instanceof Error ? error.message : String(error)}. It is as it was; mend the cause and start again, or use the Millrace that wrote it.`,
    );
  }
}

function copyPath(folder: string, to: number): string {
  return join(folder, `before-format-${to}`);
}

/** Whole, or under another name. */
function keepCopy(folder: string, { to, changes }: Upgrade): void {
  const unfinished = `${copyPath(folder, to)}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  for (const path of changes)
    if (existsSync(join(folder, path))) cpSync(join(folder, path), join(unfinished, path), { recursive: true, preserveTimestamps: true });
  renameSync(unfinished, copyPath(folder, to));
}

function putBack(folder: string, { to, changes }: Upgrade): void {
  const copy = copyPath(folder, to);
  for (const path of changes) {
    rmSync(join(folder, path), { recursive: true, force: true });
    if (!existsSync(join(copy, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(copy, path), join(folder, path), { recursive: true, preserveTimestamps: true });
  }
  rmSync(copy, { recursive: true });
}

function writeFormat(folder: string, format: number): void {
  const draft = join(folder, `${FILE}.draft`);
  writeFileSync(draft, `${JSON.stringify({ format })}\n`, { mode: 0o600, flush: true });
  renameSync(draft, join(folder, FILE));
}

function refuseUsed(folder: string, to: number): void {
  const used = locksIn(folder).find((lock) => isLocked(join(folder, lock)));
  if (used === undefined) return;
  throw new UsageError(
    `The data folder ${folder} has to be brought to format ${to}, but another process uses it (${used} is locked). Stop servers, runs and loggers on it first.`,
  );
}

/** Of servers, runs and collectors. */
function locksIn(folder: string): string[] {
  const below = ["", "locks", "collectors"].flatMap((name) =>
    existsSync(join(folder, name)) ? readdirSync(join(folder, name)).map((entry) => join(name, entry)) : [],
  );
  return below.filter((path) => path.endsWith(".lock") && path !== "upgrade.lock");
}
