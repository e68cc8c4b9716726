/** Finds the process that has the data folder's ClickHouse in it, or starts one; and is present there. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConnectionError } from "../../connection-error.ts";
import { takeLock } from "../../process-lock.ts";
import { DOOR_USER, type DoorAddress, doorFiles, readAddress } from "./door-files.ts";

export interface DoorFinder {
  /** The process that serves now; starts one where there is none. Rejects with a `ConnectionError`. */
  find(): Promise<DoorAddress>;
  /** No longer present: the process ends with the last one who is. */
  close(): void;
}

const START_MS = 60_000;
const LOOK_MS = 25;

/** `chdb`: where chDB is, once it is there. */
export function createDoorFinder(folder: string, chdb: () => Promise<string>): DoorFinder {
  let found: Promise<DoorAddress> | undefined;
  let presence: ClientRequest | undefined;
  let isClosed = false;

  async function enter(address: DoorAddress): Promise<DoorAddress | undefined> {
    const entered = await knock(address);
    if (entered === undefined) return undefined;
    presence = entered;
    entered.on("close", () => {
      if (presence !== entered) return;
      presence = undefined;
      found = undefined;
    });
    if (isClosed) entered.destroy();
    return address;
  }

  async function look(): Promise<DoorAddress> {
    const there = await enterKnown();
    if (there) return there;
    const modules = await chdb();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const lock = takeLock(doorFiles(folder).starting);
      const now = await enterKnown().catch(() => undefined);
      if (now || lock) {
        try {
          return now ?? (await start(modules));
        } finally {
          lock?.release();
        }
      }
      await pause(LOOK_MS);
    }
  }

  async function enterKnown(): Promise<DoorAddress | undefined> {
    const known = readAddress(folder);
    return known && enter(known);
  }

  async function start(modules: string): Promise<DoorAddress> {
    const { log } = doorFiles(folder);
    const output = openSync(log, "w", 0o600);
    const child = spawn(process.execPath, [fileURLToPath(new URL("./door.ts", import.meta.url)), folder, modules], {
      detached: true,
      stdio: ["ignore", output, output],
      // Its zone is not the host's: columns name theirs.
      env: { ...process.env, TZ: "UTC", UV_THREADPOOL_SIZE: "8", NODE_OPTIONS: "" },
    });
    closeSync(output);
    child.unref();
    let ended: string | undefined;
    let wasKilled = false;
    child.on("error", (error) => {
      ended = error.message;
    });
    child.on("exit", (code, signal) => {
      ended ??= `it ended with ${signal ?? `code ${code}`}`;
      wasKilled = signal === "SIGKILL";
    });
    for (const end = Date.now() + START_MS; Date.now() < end && ended === undefined; await pause(LOOK_MS)) {
      const address = readAddress(folder);
      if (address?.pid !== child.pid) continue;
      const entered = await enter(address as DoorAddress);
      if (entered) return entered;
    }
    // Whoever killed it may let the next one live.
    throw cannotStart(
      wasKilled ? "table.unavailable" : "table.cannot-start",
      ended ?? `it did not answer within ${START_MS / 1000} s`,
      log,
    );
  }

  return {
    find() {
      if (isClosed) return Promise.reject(new Error("the built-in ClickHouse was closed"));
      found ??= look().catch((error: unknown) => {
        found = undefined;
        throw error;
      });
      return found;
    },
    close() {
      isClosed = true;
      presence?.destroy();
    },
  };
}

/** The request that stays open while its maker is present; undefined when nobody serves there. */
function knock({ port, token }: DoorAddress): Promise<ClientRequest | undefined> {
  return new Promise((resolve) => {
    const authorization = `Basic ${Buffer.from(`${DOOR_USER}:${token}`).toString("base64")}`;
    const asked = request({ host: "127.0.0.1", port, path: "/presence", agent: false, headers: { authorization } });
    asked.on("error", () => resolve(undefined));
    asked.on("response", (response: IncomingMessage) => {
      // Being present keeps no process alive.
      response.socket.unref();
      response.resume();
      // Broken off: the request closes.
      response.on("error", () => undefined);
      if (response.statusCode === 200) return resolve(asked);
      asked.destroy();
      resolve(undefined);
    });
    asked.end();
  });
}

function cannotStart(code: string, why: string, log: string): ConnectionError {
  const last = lastLines(log);
  return new ConnectionError(code, {
    en: `The built-in ClickHouse could not be started: ${why}. ${last}Its whole log is in ${log}.`,
    zh: `无法启动内置 ClickHouse：${why}。${last}完整日志见 ${log}。`,
  });
}

function lastLines(log: string): string {
  const text = readFileSync(log, "utf8").trim();
  return text === "" ? "" : `${text.slice(-400)} `;
}
