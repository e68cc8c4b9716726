/** Fetching, with a pnpm that does as it is told. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CHDB_VERSION, noBuild } from "./chdb-place.ts";
import { type ChdbState, chdbState, fetchChdb } from "./fetch-chdb.ts";

let cache: string;
const before = { cache: process.env.MILLRACE_CACHE, pnpm: process.env.npm_execpath };
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "millrace 缓存 "));
  process.env.MILLRACE_CACHE = cache;
});
afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
  for (const [name, value] of [
    ["MILLRACE_CACHE", before.cache],
    ["npm_execpath", before.pnpm],
  ] as const)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

function pnpmThat(script: string): void {
  const file = join(cache, "pnpm.mjs");
  const log = join(cache, "calls");
  writeFileSync(
    file,
    `import { appendFileSync, mkdirSync, writeFileSync, readFileSync } from "node:fs";
appendFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(" ") + "\\n");
const say = (line) => console.error(JSON.stringify(line));
const progress = (more) => say({ name: "pnpm:fetching-progress", packageId: "@chdb/lib", ...more });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const make = () => { mkdirSync("node_modules/chdb", { recursive: true }); writeFileSync("node_modules/chdb/package.json", readFileSync("package.json")); };
${script}`,
  );
  chmodSync(file, 0o755);
  process.env.npm_execpath = file;
}
const calls = () => readFileSync(join(cache, "calls"), "utf8").trim().split("\n");

it.runIf(noBuild() === undefined)(
  "fetches once for all who ask, by the lockfile and without scripts, and tells how far it is",
  async () => {
    pnpmThat(`progress({ status: "started", size: 400e6 });
for (let i = 1; i <= 4; i++) { await wait(300); progress({ status: "in_progress", downloaded: i * 100e6 }); }
make();`);
    const seen: ChdbState[] = [];
    const first = fetchChdb((state) => seen.push(state));
    const folders = await Promise.all([first, fetchChdb((state) => seen.push(state)), fetchChdb()]);
    expect(new Set(folders).size).toBe(1);
    expect(existsSync(join(folders[0] as string, "node_modules", "chdb", "package.json"))).toBe(true);
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toContain("install --ignore-scripts");
    if (process.platform === "linux" && process.arch === "x64") expect(calls()[0]).toContain("--frozen-lockfile");
    expect(seen.some(({ doneBytes, totalBytes, state }) => state === "fetching" && doneBytes === 300e6 && totalBytes === 400e6)).toBe(true);
    expect(chdbState()).toMatchObject({ state: "there", version: CHDB_VERSION });
    expect(await fetchChdb()).toBe(folders[0]);
    expect(calls()).toHaveLength(1);
  },
);

it.runIf(noBuild() === undefined)(
  "says why it could not, names the ways out, leaves nothing half done, and can be tried again",
  async () => {
    pnpmThat(
      `make(); say({ level: "error", err: { message: "GET https://registry.example/chdb: getaddrinfo ENOTFOUND" } }); process.exit(1);`,
    );
    const failed = await fetchChdb().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "table.cannot-fetch" });
    const { message } = failed as Error;
    for (const part of ["getaddrinfo ENOTFOUND", "pnpm millrace install clickhouse", "copy ", 'a connection of kind "clickhouse"'])
      expect(message).toContain(part);
    expect(chdbState().state).toBe("absent");
    expect(readdirSync(cache).filter((name) => name.includes("draft"))).toEqual([]);
    pnpmThat("make();");
    await fetchChdb();
    expect(chdbState().state).toBe("there");
  },
);

it.runIf(noBuild() === undefined)("takes away what a killed one left", async () => {
  pnpmThat("make();");
  const folder = chdbState().folder;
  mkdirSync(`${folder}.draft-killed`);
  await fetchChdb();
  expect(readdirSync(cache).filter((name) => name.includes("draft"))).toEqual([]);
});
