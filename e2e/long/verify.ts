/**
 * `pnpm verify:long [NAME …]`: what takes longer than a test run should. Each part runs alone; its result is written into docs/verification.md with the date
 * and the commit it was seen on.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "../millrace.ts";
import { decoderFuzzLong } from "./decoder-fuzz.ts";
import { expressionFuzzLong } from "./expression-fuzz.ts";
import { killBrokerLong, killKafkaLong, killLong, killRunLong } from "./kill.ts";
import { operatorsLong } from "./operators.ts";
import { scannerLong } from "./scanner.ts";
import { simulationLong } from "./simulation.ts";
import { soakLong } from "./soak.ts";
import { stalledSinkLong } from "./stalled-sink.ts";
import { wholeDayLong } from "./whole-day.ts";

export interface Part {
  readonly name: string;
  /** What it shows, for the page. */
  readonly shows: string;
  /** Resolves with the figures; throws when they are not what they must be. */
  readonly run: () => Promise<string>;
}

const parts: readonly Part[] = [
  killLong,
  killKafkaLong,
  killBrokerLong,
  killRunLong,
  soakLong,
  stalledSinkLong,
  decoderFuzzLong,
  expressionFuzzLong,
  scannerLong,
  simulationLong,
  operatorsLong,
  wholeDayLong,
];
const PAGE = join(REPOSITORY, "docs/verification.md");

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(", ")}; there are ${parts.map(({ name }) => name).join(", ")}.`);
  process.exit(1);
}

let failed = 0;
const chosen = parts.filter(({ name }) => asked.length === 0 || asked.includes(name));
for (const part of chosen) {
  console.log(`── ${part.name}: ${part.shows}`);
  let result: string;
  try {
    result = await part.run();
  } catch (error) {
    failed++;
    result = `FAILED: ${(error as Error).message.split("\n")[0]}`;
  }
  console.log(result);
  record(part, result);
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Replaces the part's line, leaving the others as they are. */
function record(part: Part, result: string): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: REPOSITORY, encoding: "utf8" }).trim();
  const row = `| ${part.name} | ${part.shows} | ${result} | ${new Date().toISOString().slice(0, 10)} | ${commit} |`;
  const lines = readFileSync(PAGE, "utf8").trimEnd().split("\n");
  const index = lines.findIndex((line) => line.startsWith(`| ${part.name} |`));
  if (index === -1) lines.push(row);
  else lines[index] = row;
  writeFileSync(PAGE, `${lines.join("\n")}\n`);
}
