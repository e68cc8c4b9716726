/**
 * `pnpm conformance DIR`: plays recorded answers of Flink through the product: one line for each case that fails, then for each file, and for all,
 * `N passed, N failed, N unsupported`. Exit status 1 if one failed.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCases } from "./case-value.ts";
import { patternCases } from "./cep.ts";
import { type ExpressionCase, playExpressions } from "./expressions.ts";
import { newTally, sumOf, type Tally } from "./tally.ts";
import { operatorScripts } from "./windows.ts";

const FILES: Readonly<Record<string, (json: never) => Tally>> = {
  "cep.json": patternCases,
  "expressions.json": ({ cases }: { cases: readonly ExpressionCase[] }) => playExpressions(cases),
  "windows.json": operatorScripts,
};

const [folder] = process.argv.slice(2);
const names = Object.keys(FILES).filter((name) => folder !== undefined && existsSync(join(folder, name)));
if (folder === undefined || names.length === 0) {
  console.error(
    folder === undefined
      ? "Name the folder that holds the cases: pnpm conformance DIR"
      : `There are no cases in ${folder}: expected one of ${Object.keys(FILES).join(", ")}.`,
  );
  process.exit(1);
}

const all = newTally();
const lines: string[] = [];
for (const name of names) {
  const tally = (FILES[name] as (json: unknown) => Tally)(readCases(join(folder, name)));
  for (const failure of tally.failures) console.log(`${name}: ${oneLine(failure)}`);
  for (const [reason, count] of tally.unsupported) lines.push(`${name}: unsupported: ${count} (${reason})`);
  lines.push(`${name}: ${sumOf(tally)}`);
  all.passed += tally.passed;
  all.failures.push(...tally.failures);
  for (const [reason, count] of tally.unsupported) all.unsupported.set(`${name}: ${reason}`, count);
}
for (const line of lines) console.log(line);
console.log(`in all: ${sumOf(all)}`);
process.exitCode = all.failures.length > 0 ? 1 : 0;

function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n");
}
