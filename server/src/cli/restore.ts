import { resolve } from "node:path";
import { Command } from "commander";
import { restore } from "../backup/restore.ts";
import { sizeOf } from "./backup.ts";
import { timeOf } from "./table.ts";

export const restoreCommand = new Command("restore")
  .description(
    "Makes a data folder of a backup. A server on it goes on from there; the one that it was made of must not run on the same outside systems any more.",
  )
  .argument("<backup>", "a folder that `millrace backup` made")
  .requiredOption("-d, --data <folder>", "the data folder: not there yet, or empty")
  .action(async (backup: string, { data }: { data: string }) => {
    const manifest = await restore(backup, data);
    console.log(
      `${resolve(data)}: ${sizeOf(manifest)}, as of ${timeOf(manifest.at)}. \`millrace start --data ${data}\` goes on from there.`,
    );
  });
