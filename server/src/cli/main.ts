#!/usr/bin/env node
import "./check-node.mjs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { Command } from "commander";
import { UsageError } from "../data-folder.ts";
import { keepFreedMemory } from "../keep-freed-memory.ts";
import { makeRowsYoung } from "../young-rows.ts";

if (["start", "run"].includes(process.argv[2] ?? "")) {
  keepFreedMemory();
  makeRowsYoung();
}

// Later starts take a third of the time and less memory. Worker threads look into the environment.
enableCompileCache();
const cache = getCompileCacheDir();
if (cache) process.env.NODE_COMPILE_CACHE ??= cache;

/** Loaded when asked for: `templates` need not wait for the server's modules. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ["start", async () => (await import("./start.ts")).startCommand],
  ["run", async () => (await import("./run.ts")).runCommand],
  ["check", async () => (await import("./check.ts")).checkCommand],
  ["test", async () => (await import("./test.ts")).testCommand],
  ["eval", async () => (await import("./eval.ts")).evalCommand],
  ["schema", async () => (await import("./schema.ts")).schemaCommand],
  ["lineage", async () => (await import("./lineage.ts")).lineageCommand],
  ["templates", async () => (await import("./templates.ts")).templatesCommand],
  ["deploy", async () => (await import("./deploy.ts")).deployCommand],
  ["stop", async () => (await import("./stop.ts")).stopCommand],
  ["savepoint", async () => (await import("./savepoint.ts")).savepointCommand],
  ["status", async () => (await import("./status.ts")).statusCommand],
  ["logs", async () => (await import("./logs.ts")).logsCommand],
  ["list", async () => (await import("./list.ts")).listCommand],
  ["backup", async () => (await import("./backup.ts")).backupCommand],
  ["restore", async () => (await import("./restore.ts")).restoreCommand],
  ["install", async () => (await import("./install.ts")).installCommand],
  ["logger", async () => (await import("./logger.ts")).loggerCommand],
]);

// `millrace … | head` ends when head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  const program = new Command("millrace")
    .description("Draw a stream, watch it run.")
    .showHelpAfterError("(--help says what is possible)")
    .helpCommand("help [command]", "says what a command does");
  const named = COMMANDS.get(process.argv[2] ?? "");
  for (const load of named ? [named] : COMMANDS.values()) program.addCommand((await load()).copyInheritedSettings(program));
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  console.error(isForPeople(error) ? `millrace: ${error.message}` : error);
}

/** What a person can act on; the rest is a bug, whose place is needed. Connections' errors carry words in both languages. */
function isForPeople(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof Error && "words" in error);
}
