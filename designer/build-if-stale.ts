/**
 * Builds the designer when something it is made of has changed since the last build, so that only the first `pnpm start` takes long. What it was made from is known by the names, sizes and
 * times of the files: a few hundred look-ups, some hundredths of a second.
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const designer = import.meta.dirname;
const repository = join(designer, "..");
const stamp = join(designer, "dist", ".built-from");

/** The designer itself, and what it imports of the other rooms. */
const SOURCES = [
  "designer/{index.html,package.json,vite.config.ts,tsconfig.json}",
  "designer/{src,public}/**/*",
  "engine/src/{pipeline,node,expression,schema,codec}/**/*.ts",
  "engine/package.json",
  "nodes/src/**/*.{ts,svg,md}",
  "nodes/package.json",
  "server/src/api.ts",
  "pnpm-lock.yaml",
];

function fingerprint(): string {
  const hash = createHash("sha256");
  for (const path of globSync(SOURCES, { cwd: repository }).sort()) {
    const { size, mtimeMs, isFile } = statOf(path);
    if (isFile && !/\.test\.tsx?$/.test(path)) hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function statOf(path: string): { size: number; mtimeMs: number; isFile: boolean } {
  const stat = statSync(join(repository, path), { throwIfNoEntry: false });
  return { size: stat?.size ?? 0, mtimeMs: stat?.mtimeMs ?? 0, isFile: stat?.isFile() ?? false };
}

function builtFrom(): string | undefined {
  try {
    return readFileSync(stamp, "utf8");
  } catch {
    return undefined;
  }
}

const wanted = fingerprint();
if (builtFrom() !== wanted) {
  const begun = performance.now();
  console.log("Building the designer …");
  const { build } = await import("vite");
  try {
    await build({ root: designer, logLevel: "warn" });
  } catch (error) {
    console.error(`The designer could not be built: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  // Behind the build: one that was broken off is made again.
  writeFileSync(stamp, wanted);
  console.log(`Built in ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
}
