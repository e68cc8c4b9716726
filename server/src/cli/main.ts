#!/usr/bin/env node
import "./check-node.mjs";
import { Command } from "commander";
import { UsageError } from "../data-folder.ts";
import { checkCommand } from "./check.ts";
import { evalCommand } from "./eval.ts";
import { loggerCommand } from "./logger.ts";
import { runCommand } from "./run.ts";
import { startCommand } from "./start.ts";
import { templatesCommand } from "./templates.ts";
import { testCommand } from "./test.ts";

// `millrace … | head` ends when head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const program = new Command("millrace")
  .description("Draw a stream, watch it run.")
  .showHelpAfterError("(--help says what is possible)")
  .helpCommand("help [command]", "says what a command does");
for (const command of [startCommand, runCommand, checkCommand, testCommand, evalCommand, templatesCommand, loggerCommand]) {
  program.addCommand(command.copyInheritedSettings(program));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof UsageError ? `millrace: ${error.message}` : error);
}
