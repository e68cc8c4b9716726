/** Makes a data folder of a backup. Every file is compared with what the backup says of it before the folder gets its name. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isDiskFull } from "@millrace/nodes/connections";
import { UsageError } from "../data-folder.ts";
import { DATA_FORMAT } from "../data-format.ts";
import { type Manifest, readManifest, sumOf } from "./manifest.ts";

/** `dataFolder` is not there yet, or empty. Rejects with `UsageError`; nothing is left there then. */
export async function restore(source: string, dataFolder: string): Promise<Manifest> {
  const from = resolve(source);
  const folder = resolve(dataFolder);
  const manifest = readManifest(from);
  if (manifest.format > DATA_FORMAT)
    throw new UsageError(
      `${from} was made by a newer Millrace (its format is ${manifest.format}, this one knows ${DATA_FORMAT}). Restore it with the newer one.`,
    );
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UsageError(`The data folder ${folder} is not empty. Move it away, or name another one with --data.`);

  const draft = `${folder}.restoring`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    for (const [path, expected] of Object.entries(manifest.files)) {
      const place = join(draft, path);
      if (!place.startsWith(join(draft, "/"))) throw damaged(from, path, "its name leads out of the backup");
      mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
      if (!existsSync(join(from, path))) throw damaged(from, path, "it is not there");
      copyFileSync(join(from, path), place);
      chmodSync(place, 0o600);
      const found = await sumOf(place);
      if (found.bytes !== expected.bytes) throw damaged(from, path, `it has ${found.bytes} bytes, ${expected.bytes} were written`);
      if (found.sha256 !== expected.sha256) throw damaged(from, path, "it is not what was written");
    }
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (isDiskFull(error))
      throw new UsageError(
        `The disk of ${folder} has no room for the backup ${from}; nothing was restored. Free space, or name a folder on another disk.`,
      );
    throw error;
  }
  return manifest;
}

function damaged(from: string, path: string, how: string): UsageError {
  return new UsageError(`The backup ${from} is damaged at ${path}: ${how}. Nothing was restored; use another backup.`);
}
