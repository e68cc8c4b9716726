/** Where chDB lies on this machine, and whether it can lie there at all. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConnectionError } from "../../connection-error.ts";

/** What is fetched: a package that depends on nothing but chDB, with its lockfile. */
export const RECIPE = fileURLToPath(new URL("./chdb/", import.meta.url));

/** The version that the recipe names. */
export const CHDB_VERSION = (JSON.parse(readFileSync(join(RECIPE, "package.json"), "utf8")) as { dependencies: { chdb: string } })
  .dependencies.chdb;

/** Of a download, before it is unpacked to 546 MB. */
export const CHDB_DOWNLOAD_BYTES = 178_000_000;

const PLATFORM = `${process.platform}-${process.arch}`;
const BUILDS: ReadonlySet<string> = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);

/** Shared by all data folders of a user. `MILLRACE_CACHE` moves it. */
export function chdbFolder(): string {
  return join(
    process.env.MILLRACE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "millrace"),
    `chdb-${CHDB_VERSION}-${PLATFORM}`,
  );
}

export function chdbIsThere(): boolean {
  return existsSync(join(chdbFolder(), "node_modules", "chdb", "package.json"));
}

/** Undefined where there is a build for this machine. */
export function noBuild(): ConnectionError | undefined {
  const isMusl =
    process.platform === "linux" &&
    !(process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime;
  if (BUILDS.has(PLATFORM) && !isMusl) return undefined;
  const machine = isMusl ? `${PLATFORM} (musl)` : PLATFORM;
  return new ConnectionError("table.no-build", {
    en: `The built-in ClickHouse (chDB) has no build for ${machine}; there are ${[...BUILDS].join(", ")} (glibc). Use a ClickHouse server of your own: a connection of kind "clickhouse". On Windows, running Millrace in WSL2 works too.`,
    zh: `内置 ClickHouse（chDB）没有适用于 ${machine} 的版本，仅支持 ${[...BUILDS].join("、")}（glibc）。请使用自己的 ClickHouse 服务器：新建类型为 clickhouse 的连接。在 Windows 上也可以在 WSL2 中运行 Millrace。`,
  });
}
