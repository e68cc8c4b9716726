import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBuiltInTopics } from "@millrace/nodes/connections";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { RecordPage, RunStatus } from "../api.ts";
import { openMetadata } from "../metadata/database.ts";
import { killMillraces, MAIN, PATIENCE, runMillrace, startMillrace } from "../testing/millrace-process.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 备份 "));
});
afterEach(killMillraces);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COUNT = 4_000;
const ALL = Array.from({ length: COUNT }, (_, n) => n + 1);
const NUMBERS = {
  formatVersion: 1,
  name: "Numbers",
  nodes: {
    numbers: {
      type: "generator",
      name: "Numbers",
      params: { kind: "schema", rate: 1_000, count: COUNT, fields: [{ name: "n", rule: "sequence" }] },
    },
    out: { type: "topic-sink", name: "Out", params: { topic: "numbers" } },
  },
  edges: [{ from: "numbers.out", to: "out.in" }],
};

async function startServer(data: string) {
  const server = startMillrace(folder, ["start", "--port", "0", "--data", data]);
  const [, origin = "", token = ""] = await server.prints(/(http:\/\/127\.0\.0\.1:\d+)\/\?token=(\S+)/);
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${origin}/api${path}`, { headers: { authorization: `Bearer ${token}` } })).json()) as T;
  const drive = (...args: string[]) => runMillrace(folder, [...args, "--server", origin, "--token", token]);
  return { ...server, get, drive };
}

type Server = Awaited<ReturnType<typeof startServer>>;

async function numbers(server: Server): Promise<number[]> {
  const found: number[] = [];
  let offset: string | undefined;
  for (;;) {
    const page = await server.get<RecordPage>(`/topics/numbers/records?limit=1000${offset === undefined ? "" : `&offset=${offset}`}`);
    for (const { text } of page.records) found.push((JSON.parse(text ?? "") as { n: number }).n);
    if (page.done) return found.sort((a, b) => a - b);
    offset = Object.entries(page.next)
      .map(([partition, at]) => `${partition}:${at}`)
      .join();
  }
}

const finished = (server: Server) =>
  expect.poll(async () => (await server.get<RunStatus>("/pipelines/numbers/run")).state, { timeout: 30_000 }).toBe("finished");

it("of a running server restores to where every run goes on, with nothing lost or doubled", PATIENCE, async () => {
  const data = join(folder, "数据");
  const server = await startServer(data);
  writeFileSync(join(folder, "numbers.json"), JSON.stringify(NUMBERS));
  expect((await server.drive("deploy", "numbers.json")).err).toBe("");
  await expect
    .poll(async () => (await server.get<RunStatus>("/pipelines/numbers/run")).lastCheckpoint?.id, { timeout: 20_000 })
    .toBeGreaterThan(1);
  const state = join("runs", "base-log-app", "state");
  await expect.poll(() => existsSync(join(data, state)) && readdirSync(join(data, state)).length).toBeGreaterThan(0);

  const made = await runMillrace(folder, ["backup", "saved", "--data", data]);
  expect([made.code, made.err]).toEqual([0, ""]);
  expect(made.out).toMatch(/saved: \d+ files, \d+ bytes, as of \S+\n$/);
  expect((await server.get<RunStatus>("/pipelines/numbers/run")).state).toBe("running");
  const again = await runMillrace(folder, ["backup", "saved", "--data", data]);
  expect([again.code, again.out, again.err]).toEqual([
    1,
    "",
    `millrace: ${join(folder, "saved")} is not empty. Name a new folder; a backup never writes over another one.\n`,
  ]);
  await finished(server);
  expect(await numbers(server)).toEqual(ALL);
  server.child.kill("SIGKILL");
  await server.ended;

  const restored = await runMillrace(folder, ["restore", "saved", "--data", "back"]);
  expect([restored.code, restored.err]).toEqual([0, ""]);
  expect(restored.out).toMatch(/back: \d+ files, \d+ bytes, as of \S+\. `millrace start --data back` goes on from there\.\n$/);
  const second = await startServer(join(folder, "back"));
  await finished(second);
  expect(await numbers(second)).toEqual(ALL);
  expect(readdirSync(join(folder, "saved", state))).not.toEqual([]);
  await expect
    .poll(async () => {
      const { state: now, failure } = await second.get<RunStatus>("/pipelines/base-log-app/run");
      return [now, failure];
    })
    .toEqual(["running", undefined]);
  second.child.kill("SIGTERM");
  expect((await second.ended).code).toBe(0);
});

it.skipIf(process.platform === "win32")("leaves nothing where there is no room", PATIENCE, async () => {
  const data = join(folder, "large");
  mkdirSync(join(data, "files"), { recursive: true });
  writeFileSync(join(data, "files", "large.bin"), Buffer.alloc(2_000_000));
  openMetadata(join(data, "metadata.db")).close();
  await (await openBuiltInTopics({ folder: join(data, "topics"), now: Date.now })).close();
  expect((await runMillrace(folder, ["backup", "fits", "--data", data])).code).toBe(0);

  // No file may grow beyond a megabyte.
  const limited = (...args: string[]) =>
    spawnSync("sh", ["-c", 'ulimit -f 2000 && exec "$0" "$@"', process.execPath, MAIN, ...args], { cwd: folder, encoding: "utf8" });
  const backup = limited("backup", "full", "--data", data);
  expect([backup.status, backup.stdout, backup.stderr]).toEqual([
    1,
    "",
    `millrace: The disk of ${join(folder, "full")} has no room for a backup of ${data}; nothing is left there. Free space, or name a folder on another disk.\n`,
  ]);
  expect(readdirSync(join(folder, "full"))).toEqual([]);
  const restored = limited("restore", "fits", "--data", "nowhere");
  expect([restored.status, restored.stderr]).toEqual([1, expect.stringContaining("has no room for the backup")]);
  expect(readdirSync(folder).filter((name) => name.startsWith("nowhere"))).toEqual([]);
});

it("says what cannot be backed up or restored, with exit status 1", PATIENCE, async () => {
  const nothing = await runMillrace(folder, ["backup", "b", "--data", "nothing"]);
  expect([nothing.code, nothing.out, nothing.err]).toEqual([
    1,
    "",
    `millrace: ${join(folder, "nothing")} is no data folder: nothing is kept in it. Name one with --data.\n`,
  ]);
  const none = await runMillrace(folder, ["restore", "nothing", "--data", "b"]);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining("holds no whole backup: there is no backup.json in it.")]);
  expect((await runMillrace(folder, ["restore", "nothing"])).err).toContain("required option '-d, --data <folder>' not specified");
  expect(existsSync(join(folder, "b"))).toBe(false);
});
