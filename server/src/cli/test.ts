import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { playPipeline } from "@millrace/engine/testing";
import { templates } from "@millrace/templates";
import { Command } from "commander";
import { UsageError } from "../data-folder.ts";
import { nodeTypes } from "../documents.ts";
import { type JunitCase, junitXml } from "./junit.ts";
import { loadDocument } from "./load-pipeline.ts";

export const testCommand = new Command("test")
  .description("Plays the tests of pipelines; without a name, of all templates. Ends with a line of counts.")
  .argument("[names...]", "pipelines' JSON files or templates' names")
  .option("--junit <file>", "writes a JUnit report")
  .action((names: readonly string[], { junit }: { junit?: string }) => {
    const cases = (names.length > 0 ? names : templates.map(({ name }) => name)).flatMap(testsOf);
    for (const { suite, name, failures } of cases) {
      console.log(`${failures.length === 0 ? "passed" : "FAILED"}  ${suite}: ${name}`);
      for (const failure of failures) console.log(failure.replace(/^/gm, "        "));
    }
    if (junit !== undefined) writeReport(junit, cases);
    const failed = cases.filter(({ failures }) => failures.length > 0).length;
    console.log(`${cases.length - failed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  });

function testsOf(name: string): JunitCase[] {
  const document = loadDocument(name);
  return (document.tests ?? []).map((test) => {
    const begun = performance.now();
    const { failures } = playPipeline(document, nodeTypes, test as Parameters<typeof playPipeline>[2]);
    return { suite: name, name: test.name, failures, seconds: (performance.now() - begun) / 1000 };
  });
}

function writeReport(file: string, cases: readonly JunitCase[]): void {
  try {
    writeFileSync(file, junitXml(cases));
  } catch (error) {
    throw new UsageError(`The report cannot be written: ${(error as Error).message}.`);
  }
}
