/**
 * Files that others may remove while a backup is on its way are kept by a second name (a hard link) until it is done. They are only appended to, so what is behind the name stays
 * what it was. Where the file system has no hard links the backup goes without, and begins anew when a file has gone.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Pins {
  /** Where the file is now: pinned, or as it was. */
  placeOf(path: string): string;
  release(): void;
}

const FOLDER = "backup-pins";

/** Pins all files of the given folders below the data folder. One backup at a time does so; what an earlier one left is removed. */
export function pinFiles(dataFolder: string, folders: readonly string[]): Pins {
  const pinned = join(dataFolder, FOLDER);
  rmSync(pinned, { recursive: true, force: true });
  for (const path of folders.flatMap((folder) => filesBelow(dataFolder, folder))) pin(join(dataFolder, path), join(pinned, path));
  return {
    placeOf: (path) => (existsSync(join(pinned, path)) ? join(pinned, path) : join(dataFolder, path)),
    release: () => rmSync(pinned, { recursive: true, force: true }),
  };
}

/** Paths below `root`, with "/"; none for a folder that is not there. */
export function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "/").length).replaceAll("\\", "/"));
}

function pin(file: string, link: string): void {
  mkdirSync(dirname(link), { recursive: true, mode: 0o700 });
  try {
    linkSync(file, link);
  } catch (error) {
    // Gone already, or no hard links here.
    if (!["ENOENT", "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
  }
}
