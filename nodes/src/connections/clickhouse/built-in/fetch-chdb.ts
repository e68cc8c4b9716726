/**
 * chDB comes when it is first needed, by pnpm and the recipe's lockfile: exact versions, checksums of what is fetched, no scripts. One process fetches, others wait for it; all read how far it is from a small file.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Words } from "@millrace/engine/node";
import { ConnectionError } from "../../connection-error.ts";
import { isLocked, takeLock } from "../../process-lock.ts";
import { CHDB_DOWNLOAD_BYTES, CHDB_VERSION, chdbFolder, chdbIsThere, noBuild, RECIPE } from "./chdb-place.ts";

export interface ChdbState {
  readonly state: "there" | "fetching" | "absent" | "no-build";
  readonly version: string;
  /** Of the download. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly folder: string;
  /** Of "no-build": the ways out. */
  readonly words?: Words;
}

const LOOK_MS = 250;

const lockFile = () => `${chdbFolder()}.lock`;
const progressFile = () => `${chdbFolder()}.progress.json`;

export function chdbState(): ChdbState {
  const missing = noBuild();
  const state = chdbIsThere() ? "there" : missing ? "no-build" : isLocked(lockFile()) ? "fetching" : "absent";
  const progress = state === "fetching" ? readProgress() : undefined;
  return {
    state,
    version: CHDB_VERSION,
    doneBytes: progress?.done ?? (state === "there" ? CHDB_DOWNLOAD_BYTES : 0),
    totalBytes: progress?.total ?? CHDB_DOWNLOAD_BYTES,
    folder: chdbFolder(),
    ...(missing && { words: missing.words }),
  };
}

export function fetchingWords({ doneBytes, totalBytes }: ChdbState): Words {
  const mb = (bytes: number) => Math.round(bytes / 1e6);
  return {
    en: `the built-in ClickHouse (chDB ${CHDB_VERSION}) is being fetched: ${mb(doneBytes)} of ${mb(totalBytes)} MB. Rows wait where they are`,
    zh: `正在获取内置 ClickHouse（chDB ${CHDB_VERSION}）：${mb(doneBytes)} / ${mb(totalBytes)} MB。数据行留在原处等待`,
  };
}

/** Resolves with chDB's folder once it is there. Rejects with a `ConnectionError` that names the ways out. `onProgress`: a few times a second. */
export async function fetchChdb(onProgress: (state: ChdbState) => void = () => undefined): Promise<string> {
  for (;;) {
    if (chdbIsThere()) return chdbFolder();
    const missing = noBuild();
    if (missing) throw missing;
    await mkdir(dirname(chdbFolder()), { recursive: true });
    const lock = takeLock(lockFile());
    if (lock === undefined) {
      onProgress(chdbState());
      await pause(LOOK_MS);
      continue;
    }
    try {
      if (!chdbIsThere()) await fetchTo(chdbFolder(), onProgress);
    } finally {
      await rm(progressFile(), { force: true });
      lock.release();
    }
  }
}

async function fetchTo(folder: string, onProgress: (state: ChdbState) => void): Promise<void> {
  for (const left of await readdir(dirname(folder)))
    if (left.startsWith(`${basename(folder)}.draft-`)) await rm(join(dirname(folder), left), { recursive: true, force: true });
  const draft = await mkdtemp(`${folder}.draft-`);
  try {
    await cp(RECIPE, draft, { recursive: true });
    await runPnpm(draft, async (done, total) => {
      await writeFile(progressFile(), JSON.stringify({ done, total }));
      onProgress({ ...chdbState(), state: "fetching", doneBytes: done, totalBytes: total });
    });
    if (!existsSync(join(draft, "node_modules", "chdb", "package.json"))) throw new Error("pnpm ended without it");
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    throw cannotFetch(error, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

interface PnpmLine {
  readonly name?: string;
  readonly level?: string;
  readonly status?: string;
  readonly packageId?: string;
  readonly size?: number;
  readonly downloaded?: number;
  readonly err?: { readonly message?: string };
  readonly message?: string;
}

async function runPnpm(folder: string, onProgress: (done: number, total: number) => Promise<void>): Promise<void> {
  const [command, ...args] = pnpmCommand();
  // The lockfile knows the checksums of the platforms that it was written on; of others the version is exact and the registry's checksum is checked.
  const frozen = readFileSync(join(folder, "pnpm-lock.yaml"), "utf8").includes(`@chdb/lib-${process.platform}-${process.arch}`);
  const child = spawn(
    command as string,
    [...args, "install", "--ignore-scripts", frozen ? "--frozen-lockfile" : "--no-frozen-lockfile", "--reporter=ndjson"],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, CI: "true" } },
  );
  const sizes = new Map<string, { size: number; downloaded: number }>();
  let last = "";
  let told = 0;
  const read = async (stream: NodeJS.ReadableStream) => {
    for await (const text of createInterface({ input: stream })) {
      const line = parsed(text);
      last = line?.err?.message ?? (line?.level === "error" || line === undefined ? (line?.message ?? text) : last);
      if (line?.name !== "pnpm:fetching-progress" || line.packageId === undefined) continue;
      const known = sizes.get(line.packageId) ?? { size: 0, downloaded: 0 };
      sizes.set(line.packageId, { size: line.size ?? known.size, downloaded: line.downloaded ?? known.downloaded });
      if (Date.now() - told < LOOK_MS) continue;
      told = Date.now();
      const all = [...sizes.values()];
      await onProgress(sum(all.map(({ downloaded }) => downloaded)), Math.max(CHDB_DOWNLOAD_BYTES, sum(all.map(({ size }) => size))));
    }
  };
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  await Promise.all([read(child.stdout), read(child.stderr), ended]);
  const code = await ended;
  if (code !== 0) throw new Error(last || `pnpm ended with code ${code}`);
}

/** The pnpm that runs us, else the one on the path, else npx's. */
function pnpmCommand(): readonly string[] {
  const own = process.env.npm_execpath ?? "";
  if (/pnpm/.test(basename(own)) && existsSync(own)) return /\.[cm]?js$/.test(own) ? [process.execPath, own] : [own];
  const onPath = (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, "pnpm")));
  return onPath ? ["pnpm"] : ["npx", "-y", "pnpm"];
}

function parsed(text: string): PnpmLine | undefined {
  try {
    return JSON.parse(text) as PnpmLine;
  } catch {
    return undefined;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function readProgress(): { readonly done: number; readonly total: number } | undefined {
  try {
    return JSON.parse(readFileSync(progressFile(), "utf8")) as { done: number; total: number };
  } catch {
    // Not begun, or being written at this moment.
    return undefined;
  }
}

function cannotFetch(error: unknown, folder: string): ConnectionError {
  const said = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").slice(0, 400);
  return new ConnectionError(
    "table.cannot-fetch",
    {
      en: `The built-in ClickHouse (chDB ${CHDB_VERSION}) could not be fetched: ${said}. Try again with \`pnpm millrace install clickhouse\` (pnpm's registry and proxy settings count); without the internet copy ${folder} from a machine that has it; or use a ClickHouse server of your own: a connection of kind "clickhouse".`,
      zh: `无法获取内置 ClickHouse（chDB ${CHDB_VERSION}）：${said}。请用 \`pnpm millrace install clickhouse\` 重试（遵循 pnpm 的 registry 和代理设置）；无法联网时，可从已安装的机器复制 ${folder}；或使用自己的 ClickHouse 服务器：新建类型为 clickhouse 的连接。`,
    },
    error,
  );
}
