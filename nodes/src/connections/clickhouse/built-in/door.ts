/**
 * The process that has a data folder's ClickHouse in it: `node door.ts <folder> <chDB's folder>`. It speaks as much of ClickHouse's HTTP as its client needs, on the loopback address, to those who know its token.
 * It stays as long as somebody is present: a request to /presence that is kept open and ends with whoever made it, however that ends.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { takeLock } from "../../process-lock.ts";
import { type ChdbSessions, openChdb } from "./chdb-sessions.ts";
import { DOOR_USER, type DoorAddress, doorFiles } from "./door-files.ts";
import { repairTokens } from "./repair-tokens.ts";

/** A predecessor that ends has so long to let the folder go. */
const LOCK_MS = 20_000;
/** Whoever has it started comes within this. */
const FIRST_MS = 20_000;
/** After the last one has gone: a run that is started again finds it. */
const LINGER_MS = 3_000;
const MOST_BYTES = 256 << 20;
/** Of ClickHouse's HTTP, what is no setting. */
const NO_SETTINGS: ReadonlySet<string> = new Set([
  "query",
  "database",
  "default_format",
  "query_id",
  "session_id",
  "session_timeout",
  "user",
  "password",
  "role",
  "compress",
  "decompress",
  "enable_http_compression",
  "wait_end_of_query",
  "buffer_size",
]);

const [folder, modules] = process.argv.slice(2) as [string, string];
const files = doorFiles(folder);
mkdirSync(files.data, { recursive: true, mode: 0o700 });
const lock = await lockFolder();
for (const line of repairTokens(files.data)) console.error(`A token whose rows were never written is taken back: ${line}`);
const chdb = await openChdb(modules, files.data);
const token = randomBytes(24).toString("base64url");
let present = 0;
let running = 0;
let leaving: NodeJS.Timeout | undefined = setTimeout(leaveIfAlone, FIRST_MS);

const server = createServer((request, response) => {
  answer(request, response, chdb).catch((error: unknown) => {
    // The connection broke: there is nobody to tell.
    if (!response.writableEnded) response.destroy(error as Error);
  });
});
server.keepAliveTimeout = 30_000;
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  const address: DoorAddress = { pid: process.pid, port: (server.address() as AddressInfo).port, token };
  writeFileSync(`${files.address}.${process.pid}`, JSON.stringify(address), { mode: 0o600 });
  renameSync(`${files.address}.${process.pid}`, files.address);
});
process.on("SIGTERM", () => void leave());
process.on("SIGINT", () => undefined); // Ctrl+C in a terminal is for those who use it.

async function lockFolder() {
  for (const end = Date.now() + LOCK_MS; ; await pause(50)) {
    const taken = takeLock(files.lock);
    if (taken) return taken;
    if (Date.now() > end) throw new Error(`another process serves ${folder}`);
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, sessions: ChdbSessions): Promise<void> {
  const url = new URL(request.url ?? "/", "http://door");
  if (url.pathname === "/ping") return void response.end("Ok.\n");
  if (!isKnown(request)) return fail(response, 401, 516, "AUTHENTICATION_FAILED", "the token is missing or wrong");
  if (url.pathname === "/presence") return stay(response);
  const body = await bodyOf(request);
  if (body === undefined) return fail(response, 413, 307, "TOO_MANY_BYTES", `the request is larger than ${MOST_BYTES} bytes`);
  const query = url.searchParams;
  const inAddress = query.get("query");
  const text = inAddress === null ? body : `${inAddress}\n${body}`;
  const settings = new Map([...query].filter(([name]) => !NO_SETTINGS.has(name) && !name.startsWith("param_")));
  const values = new Map(
    [...query].filter(([name]) => name.startsWith("param_")).map(([name, value]) => [name.slice("param_".length), value]),
  );
  const odd = [...settings.keys(), ...values.keys()].find((name) => !/^\w+$/.test(name));
  if (odd !== undefined) return fail(response, 400, 115, "UNKNOWN_SETTING", `unknown setting ${JSON.stringify(odd)}`);
  running++;
  try {
    const format = query.get("default_format") ?? "TabSeparated";
    const bytes = await sessions.run({ text, database: query.get("database") ?? undefined, settings, values, format });
    response.setHeader("content-type", "text/plain; charset=UTF-8");
    const id = query.get("query_id");
    if (id !== null) response.setHeader("x-clickhouse-query-id", id);
    response.end(bytes);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    response.statusCode = 500;
    response.setHeader("content-type", "text/plain; charset=UTF-8");
    response.end(said);
  } finally {
    running--;
  }
}

function isKnown({ headers }: IncomingMessage): boolean {
  const expected = Buffer.from(`Basic ${Buffer.from(`${DOOR_USER}:${token}`).toString("base64")}`);
  const given = Buffer.from(headers.authorization ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function fail(response: ServerResponse, status: number, code: number, type: string, said: string): void {
  response.statusCode = status;
  response.end(`Code: ${code}. DB::Exception: ${said}. (${type})`);
}

function stay(response: ServerResponse): void {
  present++;
  clearTimeout(leaving);
  leaving = undefined;
  response.writeHead(200);
  response.flushHeaders();
  response.on("close", () => {
    present--;
    if (present === 0) leaving = setTimeout(leaveIfAlone, LINGER_MS);
  });
}

function leaveIfAlone(): void {
  if (present > 0) return;
  if (running === 0) void leave();
  else leaving = setTimeout(leaveIfAlone, LINGER_MS);
}

async function leave(): Promise<void> {
  rmSync(files.address, { force: true });
  server.close();
  server.closeIdleConnections();
  while (running > 0) await pause(20);
  await chdb.close();
  lock.release();
  process.exit(0);
}
