/** The data folder's own ClickHouse, with chDB itself. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TableStore } from "@millrace/engine/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { isLocked } from "../../process-lock.ts";
import { describeTableStore } from "../../table-store.contract.ts";
import { openClickHouseServer } from "../server.ts";
import { readClickHouseSettings } from "../settings.ts";
import { type DoorAddress, doorFiles, readAddress } from "./door-files.ts";
import { builtInTablesFolder, openBuiltInTables } from "./index.ts";

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace 分析表 "));
  folders.push(folder);
  return folder;
}
const isServed = (folder: string) => isLocked(doorFiles(builtInTablesFolder(folder)).lock);
const gone = (folder: string) => vi.waitFor(() => expect(isServed(folder)).toBe(false), { timeout: 30_000, interval: 100 });
const serving = (folder: string) => readAddress(builtInTablesFolder(folder)) as DoorAddress;

afterAll(async () => {
  for (const folder of folders) await gone(folder);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const shared = newFolder();
let kept: TableStore;
beforeAll(async () => {
  kept = openBuiltInTables(shared);
  await kept.ready();
}, 120_000);
afterAll(() => kept.close());
describeTableStore("the built-in ClickHouse", async () => openBuiltInTables(shared));

// A server of one's own, when there is one: MILLRACE_TEST_CLICKHOUSE=http://localhost:8123
const server = process.env.MILLRACE_TEST_CLICKHOUSE;
if (server) describeTableStore(`ClickHouse at ${server}`, async () => openClickHouseServer(readClickHouseSettings({ url: server })));

describe("its process", { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  const opened: TableStore[] = [];
  const open = () => {
    const store = openBuiltInTables(folder);
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  const one = async (store: TableStore, sql: string) => (await store.query(sql, { rows: 10, timeoutMs: 10_000 })).rows[0]?.[0];
  const make = (store: TableStore) => store.createTable("t", { columns: [{ name: "a", type: "UInt64" }], sortKey: ["a"], remembers: 100 });
  const insert = (store: TableStore, from: number, count: number, token = String(from)) =>
    store.insert("t", {
      columns: ["a"],
      lines: Buffer.from(Array.from({ length: count }, (_, i) => `{"a":${from + i}}\n`).join("")),
      token,
    });

  it("is started once however many ask for it at the same time, and ends after the last one", async () => {
    const stores = [open(), open(), open(), open()];
    await Promise.all(stores.map((store) => store.ready()));
    const { pid } = serving(folder);
    expect(await Promise.all(stores.map((store) => one(store, "SELECT 7")))).toEqual([7, 7, 7, 7]);
    expect(serving(folder).pid).toBe(pid);
    for (const store of stores.slice(1)) await store.close();
    expect(await one(stores[0] as TableStore, "SELECT 8")).toBe(8);
    await stores[0]?.close();
    await gone(folder);
    expect(existsSync(doorFiles(builtInTablesFolder(folder)).address)).toBe(false);
  });

  it("is shared by processes: who comes later finds it, and it outlives the one that started it", async () => {
    const first = another(folder, "wait");
    await first.said("ready");
    const store = open();
    await make(store);
    await insert(store, 0, 3);
    const { pid } = serving(folder);
    first.kill();
    await first.ended;
    expect(await one(store, "SELECT count() FROM t")).toBe("3");
    expect(serving(folder).pid).toBe(pid);
    const second = another(folder, "SELECT count() FROM t");
    await second.said('[["3"]]');
    await second.ended;
  });

  it("is ready after all when it is killed as soon as it has written where it is", async () => {
    const store = open();
    const ready = store.ready();
    let kills = 0;
    for (let last: number | undefined; kills < 2; await new Promise((resolve) => setTimeout(resolve, 1))) {
      const pid = existsSync(doorFiles(builtInTablesFolder(folder)).address) ? serving(folder)?.pid : undefined;
      if (pid === undefined || pid === last || !killed(pid)) continue;
      last = pid;
      kills++;
    }
    await ready;
    expect(await one(store, "SELECT 7")).toBe(7);
  });

  it("loses nothing and doubles nothing when it is killed again and again while batches are written", async () => {
    const store = open();
    await make(store);
    let isDone = false;
    let kills = 0;
    const killing = (async () => {
      while (!isDone) {
        const { pid } = serving(folder) ?? {};
        if (pid !== undefined && isServed(folder)) {
          if (killed(pid)) kills++;
        }
        // Kills come at other moments of a batch each time: what is tried is the moment, nothing is waited for.
        await new Promise((resolve) => setTimeout(resolve, 150 + 37 * (kills % 7)));
      }
    })();
    let batches = 0;
    for (; batches < 40 || kills < 3; batches++) await insert(store, batches * 100, 100);
    isDone = true;
    await killing;
    // What was acknowledged before a kill is asked once more, as a run that goes on from its checkpoint does.
    for (let batch = batches - 10; batch < batches; batch++) await insert(store, batch * 100, 100);
    const rows = String(batches * 100);
    expect((await store.query("SELECT count(), uniqExact(a) FROM t", { rows: 1, timeoutMs: 10_000 })).rows).toEqual([[rows, rows]]);
  });

  it("answers nobody who does not know its token, and listens on the loopback address alone", async () => {
    await open().ready();
    const { port } = serving(folder);
    expect(await statusOf(port, "/ping")).toBe(200);
    expect(await statusOf(port, "/?query=SELECT%201")).toBe(401);
    expect(await statusOf(port, "/?query=SELECT%201", `Basic ${Buffer.from("millrace:wrong").toString("base64")}`)).toBe(401);
    expect(await statusOf(port, "/presence")).toBe(401);
    expect(statSync(doorFiles(builtInTablesFolder(folder)).address).mode & 0o077).toBe(0);
    if (process.platform === "linux") {
      const listening = readFileSync("/proc/net/tcp", "utf8")
        .split("\n")
        .filter((line) => line.includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`));
      expect(listening.map((line) => line.trim().split(/\s+/)[1]?.split(":")[0])).toEqual(["0100007F"]);
    }
  });

  it("reads while something else takes long, and writes meanwhile", async () => {
    const store = open();
    await make(store);
    const slow = store.query("SELECT sleepEachRow(1) FROM numbers(3)", { rows: 10, timeoutMs: 10_000 });
    await insert(store, 0, 5);
    expect(await one(store, "SELECT count() FROM t")).toBe("5");
    expect((await slow).tookMs).toBeGreaterThan(2_000);
  });
});

/** False when it is gone already. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

function another(folder: string, sql: string) {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./built-in.process.ts", import.meta.url)), folder, sql], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  return {
    kill: () => child.kill("SIGKILL"),
    ended: new Promise((resolve) => child.on("exit", resolve)),
    said: (what: string) => vi.waitFor(() => expect(text).toContain(what), { timeout: 30_000 }),
  };
}

function statusOf(port: number, path: string, authorization?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, headers: authorization ? { authorization } : {} }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}
