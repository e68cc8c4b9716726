/**
 * `pnpm test`: everything that CI runs, in one go. Each suite runs even when one before it failed. At the end: what ran, what was left out and
 * why, and the sum as `N passed, N failed`. With CI=true nothing may be left out. Names as arguments run those suites alone.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { browserPath } from "./e2e/browser.ts";
import { chdbState } from "./nodes/src/connections/clickhouse/built-in/fetch-chdb.ts";
import { flinkIsMissing } from "./services/flink/jars.ts";
import { ikIsMissing } from "./services/ik/jars.ts";
import { kafkaIsMissing } from "./services/kafka/jars.ts";

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Why the suite, or part of it, did not run. */
  readonly leftOut?: string;
  /** Each test that failed, with where it stands and the head of its message: said again at the end, where a cut log still has it. */
  readonly failures?: readonly string[];
}

interface Suite {
  readonly name: string;
  readonly run: () => Outcome;
}

/** 178 MB are not fetched without being asked for. */
function chdbIsMissing(): string | undefined {
  const { state, version } = chdbState();
  if (state === "there") return undefined;
  return `the built-in ClickHouse (chDB ${version}) is not there${state === "no-build" ? ", and has no build for this machine" : "; `pnpm millrace install clickhouse` fetches it"}`;
}

const inCi = process.env.CI === "true";
const scratch = mkdtempSync(join(tmpdir(), "millrace-test-"));

/** A check that passes or fails as a whole. */
function check(name: string, script: string, ...args: string[]): Suite {
  return { name, run: () => (node(script, args) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }) };
}

const suites: readonly Suite[] = [
  check("format", "node_modules/@biomejs/biome/bin/biome", "format", "."),
  check("lint", "node_modules/@biomejs/biome/bin/biome", "lint", "--error-on-warnings", "."),
  check("types", "node_modules/typescript/bin/tsc", "-p", "."),
  check("types of the stories", "node_modules/typescript/bin/tsc", "-p", "e2e"),
  check("types of the designer", "node_modules/typescript/bin/tsc", "-p", "designer"),
  check("unused code", "node_modules/knip/bin/knip.js"),
  { name: "unit", run: () => vitest("unit") },
  witnessed("kafka", kafkaIsMissing),
  witnessed("flink", flinkIsMissing),
  witnessed("ik", ikIsMissing),
  witnessed("chdb", chdbIsMissing),
  { name: "end to end", run: endToEnd },
];

function vitest(name: string, ...more: string[]): Outcome {
  const report = join(scratch, `${name}.json`);
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...more];
  const status = node("node_modules/vitest/vitest.mjs", args);
  const result = readJson<VitestReport>(report);
  if (!result) return { passed: 0, failed: 1 };
  const failures = result.testResults.flatMap(({ name: file, status: fate, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    // A file that cannot even be loaded has no test that could fail.
    if (failed.length === 0) return fate === "failed" ? [failure(file, [], message)] : [];
    return failed.map((test) => failure(file, [test.fullName], test.failureMessages[0] ?? ""));
  });
  return { passed: result.numPassedTests, failed: Math.max(result.numFailedTests, status === 0 ? 0 : 1), failures };
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A failed test in a few lines: its file, its titles, the head of its message. */
function failure(file: string, titles: readonly string[], message: string): string {
  const plain = stripVTControlCharacters(message);
  const head = plain
    .split("\n")
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 300)}`);
  return [[relative(".", file), ...titles].join(" › "), ...head].join("\n");
}

/** What asks a real program of somebody else: a broker, a running Flink, the tokenizer's original, ClickHouse. */
function witnessed(name: string, missing: () => string | undefined): Suite {
  return {
    name,
    run() {
      const why = missing();
      if (why === undefined) return vitest(name, "--config", `vitest.${name}.config.ts`);
      return { passed: 0, failed: inCi ? 1 : 0, leftOut: why };
    },
  };
}

function endToEnd(): Outcome {
  const browser = browserPath();
  if (browser === undefined) {
    const why = "no Chromium or Chrome was found; install one, or set MILLRACE_BROWSER to its path";
    return inCi ? { passed: 0, failed: 1, leftOut: why } : { passed: 0, failed: 0, leftOut: why };
  }
  const report = join(scratch, "e2e.json");
  const built = node("designer/build-if-stale.ts", []);
  if (built !== 0) return { passed: 0, failed: 1, leftOut: "the designer could not be built" };
  const status = node(
    "e2e/node_modules/@playwright/test/cli.js",
    ["test", "--config", "e2e/playwright.config.ts", "--reporter=list,json"],
    {
      MILLRACE_BROWSER: browser,
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    },
  );
  const result = readJson<PlaywrightReport>(report);
  if (!result) return { passed: 0, failed: 1 };
  const { stats } = result;
  const missing = [
    ["Kafka", kafkaIsMissing()],
    ["analytical tables", chdbIsMissing()],
  ].flatMap(([what, why]) => (why === undefined ? [] : [`its stories on ${what}: ${why}`]));
  const failed = stats.unexpected + stats.flaky + stats.skipped + (inCi ? missing.length : 0);
  return {
    passed: stats.expected,
    failed: Math.max(failed, status === 0 ? 0 : 1),
    failures: result.suites.flatMap(failedStories),
    ...(missing.length > 0 ? { leftOut: missing.join("; ") } : {}),
  };
}

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number; readonly skipped: number };
  readonly suites: readonly PlaywrightSuite[];
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly file: string;
    readonly ok: boolean;
    readonly tests: readonly { readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[] }[];
  }[];
}

function failedStories({ suites: inner = [], specs }: PlaywrightSuite): string[] {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => {
      const errors = tests.flatMap(({ results }) => results.flatMap(({ errors: all }) => all.map(({ message = "" }) => message)));
      return failure(join("e2e", file), [title], errors.join("\n"));
    });
  return [...own, ...inner.flatMap(failedStories)];
}

function node(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const { status, error } = spawnSync(process.execPath, [script, ...args], { stdio: "inherit", env: { ...process.env, ...env } });
  if (error) console.error(error.message);
  return status ?? 1;
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no suite ${unknown.map((name) => JSON.stringify(name)).join(", ")}; there are ${suites.map(({ name }) => JSON.stringify(name)).join(", ")}.`,
  );
  process.exit(1);
}

const chosen = asked.length === 0 ? suites : suites.filter(({ name }) => asked.includes(name));
const outcomes = chosen.map((suite) => {
  console.log(`\n── ${suite.name}`);
  const begun = performance.now();
  const outcome = suite.run();
  return { name: suite.name, seconds: (performance.now() - begun) / 1000, ...outcome };
});
rmSync(scratch, { recursive: true, force: true });

const failures = outcomes.flatMap(({ name, failures: all = [] }) => all.map((text) => `${name}: ${text}`));
if (failures.length > 0) console.log(["\n── what failed", ...failures].join("\n"));
console.log("\n── what ran");
for (const { name, passed, failed, seconds } of outcomes)
  console.log(`${name}: ${passed} passed, ${failed} failed (${seconds.toFixed(1)} s)`);
for (const { name, leftOut } of outcomes) if (leftOut) console.log(`left out of ${name}: ${leftOut}`);
console.log(
  "left out here: what takes longer than a test run should; `pnpm verify:long` runs it, docs/verification.md has the last results",
);
const sum = outcomes.reduce((total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }), {
  passed: 0,
  failed: 0,
});
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 ? 1 : 0;
