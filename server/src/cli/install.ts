import { chdbState, fetchChdb } from "@millrace/nodes/connections";
import { Argument, Command } from "commander";

/** A line at least this often where there is no terminal to rewrite one in. */
const LINE_MS = 5_000;

export const installCommand = new Command("install")
  .description(
    "Fetches what is too big to come with the rest: clickhouse, the built-in analytical tables (chDB). They come by themselves when a run first needs them.",
  )
  .addArgument(new Argument("<what>").choices(["clickhouse"]))
  .action(async () => {
    const before = chdbState();
    if (before.state === "there") return console.log(`chDB ${before.version} is there: ${before.folder}`);
    let told = 0;
    const folder = await fetchChdb(({ doneBytes, totalBytes }) => {
      const line = `chDB ${before.version}: ${Math.round(doneBytes / 1e6)} of ${Math.round(totalBytes / 1e6)} MB`;
      if (process.stderr.isTTY) process.stderr.write(`\r${line}`);
      else if (Date.now() - told >= LINE_MS) console.error(line);
      else return;
      told = Date.now();
    });
    if (process.stderr.isTTY) process.stderr.write("\n");
    console.log(`chDB ${before.version} is there: ${folder}`);
  });
