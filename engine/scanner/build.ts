/**
 * `pnpm scanner`: compiles the scanner and writes it where the engine takes it from, as text, so that it goes wherever the engine does. The compiler is fetched for that alone: it is
 * larger than all else that the engine needs.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PAGES } from "../src/codec/scanner-layout.ts";

const COMPILER = "assemblyscript@0.28.20";
const HERE = import.meta.dirname;
const LAYOUT = join(HERE, "../src/codec/scanner-layout.ts");
const SOURCES = join(HERE, "assembly");
export const TARGET = join(HERE, "../src/codec/scanner-code.ts");

/** Of the sources, the compiler and how it is called. */
export function sourceHash(): string {
  const hash = createHash("sha256");
  const files = readdirSync(SOURCES)
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(SOURCES, name));
  for (const file of [...files, LAYOUT, import.meta.filename]) hash.update(readFileSync(file, "utf8").replaceAll("\r\n", "\n"));
  return hash.digest("hex");
}

/** The compiled scanner as a module of the engine. Fetches the compiler where npm does not have it. */
export function scannerModule(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-scanner-"));
  const out = join(folder, "scanner.wasm");
  const memory = ["--importMemory", "--initialMemory", String(PAGES), "--maximumMemory", String(PAGES)];
  const flags = ["-O3", "--runtime", "stub", "--noAssert", "--enable", "simd", ...memory];
  try {
    execFileSync("npx", ["--yes", "--package", COMPILER, "asc", "index.ts", "-o", out, ...flags], { cwd: SOURCES, stdio: "inherit" });
    const code = readFileSync(out).toString("base64");
    return `/** Written by \`pnpm scanner\`, of the sources with this SHA-256. */
export const SCANNER = {
  sources: "${sourceHash()}",
  code: "${code}",
} as const;
`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) writeFileSync(TARGET, scannerModule());
