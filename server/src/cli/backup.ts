import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { backUp } from "../backup/back-up.ts";
import type { Manifest } from "../backup/manifest.ts";
import { DEFAULT_DATA_FOLDER } from "../data-folder.ts";
import { timeOf } from "./table.ts";

export const backupCommand = new Command("backup")
  .description("Copies a data folder as it is at one moment, also while a server and runs use it.")
  .argument("<destination>", "a folder that is not there yet, or empty")
  .option("-d, --data <folder>", "the data folder", DEFAULT_DATA_FOLDER)
  .action(async (destination: string, { data }: { data: string }) => {
    const manifest = await backUp(data, destination, Date.now);
    console.log(`${resolve(destination)}: ${sizeOf(manifest)}, as of ${timeOf(manifest.at)}`);
    const key = `${resolve(data)}.key`;
    if (existsSync(key)) console.error(`The key of the stored secrets is not in it. Keep ${key} as well, at another place.`);
  });

/** "12 files, 345678 bytes" */
export function sizeOf({ files }: Manifest): string {
  const sums = Object.values(files);
  return `${sums.length} ${sums.length === 1 ? "file" : "files"}, ${sums.reduce((sum, { bytes }) => sum + bytes, 0)} bytes`;
}
