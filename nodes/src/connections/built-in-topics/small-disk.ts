/**
 * Loaded before a program under test (`--import`), makes it see a small disk: of what `SMALL_DISK` says, as JSON, in `bytes`, as much is free as the files below `folder` leave. A file
 * "more-room" in the folder ends it. A real small disk needs rights that tests do not have everywhere.
 */
import fs, { existsSync, readdirSync, statSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";

const { folder, bytes } = JSON.parse(process.env.SMALL_DISK as string) as { folder: string; bytes: number };
const { statfsSync } = fs;

function used(): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

fs.statfsSync = ((path: string) => {
  const real = statfsSync(path);
  return existsSync(join(folder, "more-room")) ? real : { ...real, bsize: 1, bavail: Math.max(0, bytes - used()) };
}) as typeof statfsSync;
syncBuiltinESMExports();
