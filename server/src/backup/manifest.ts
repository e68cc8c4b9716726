/** What a backup holds: `backup.json`, written last, so that a folder without it is no whole backup. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../data-folder.ts";

export const MANIFEST = "backup.json";

export interface Manifest {
  /** Of the data folder. */
  readonly format: number;
  /** As of when: epoch ms. */
  readonly at: number;
  /** By path below the folder, with "/". */
  readonly files: Readonly<Record<string, FileSum>>;
}

export interface FileSum {
  readonly bytes: number;
  readonly sha256: string;
}

export async function sumOf(file: string): Promise<FileSum> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const part of createReadStream(file)) {
    hash.update(part as Buffer);
    bytes += (part as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Throws `UsageError` for a folder that holds none. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST);
  if (!existsSync(file))
    throw new UsageError(
      `${folder} holds no whole backup: there is no ${MANIFEST} in it. Name a folder that \`millrace backup\` finished.`,
    );
  try {
    const { format, at, files } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    if (Number.isSafeInteger(format) && Number.isFinite(at) && typeof files === "object" && files !== null) return { format, at, files };
  } catch {
    // Said below.
  }
  throw new UsageError(`${file} cannot be read, so the backup cannot be trusted. Use another one.`);
}
