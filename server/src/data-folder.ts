/** The folder that everything a server keeps lies in, and the promise that one server at a time uses it. */
import { randomBytes } from "node:crypto";
import { accessSync, chmodSync, constants, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Credentials } from "./http/access.ts";
import { takeLock } from "./process-lock.ts";

/** An error whose message is for the person at the command line: printed without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const DEFAULT_DATA_FOLDER = ".millrace";

/** The absolute path of the folder, made if need be. */
export function openDataFolder(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`The data folder ${folder} cannot be used: ${reason(error)}. Choose another with --data.`);
  }
  return folder;
}

export interface FolderClaim {
  /** Tells others where this server is. */
  announce(address: string): void;
  release(): void;
}

/** Claims the folder for a server, or refuses with who has it. Held as long as the process lives, however it ends. */
export function claimDataFolder(folder: string): FolderClaim {
  const about = join(folder, "server.json");
  const lock = takeLock(join(folder, "server.lock"));
  if (!lock) throw new UsageError(takenBy(folder, about));
  rmSync(about, { force: true });
  return {
    announce: (address) => writeFileSync(about, `${JSON.stringify({ pid: process.pid, address })}\n`, { mode: 0o600 }),
    release() {
      rmSync(about, { force: true });
      lock.release();
    },
  };
}

function takenBy(folder: string, about: string): string {
  const { pid, address } = readAbout(about);
  const who =
    pid === undefined ? "Another Millrace server, which is just starting," : `Another Millrace server (process ${pid}, ${address})`;
  return `${who} uses the data folder ${folder}. Use that one, stop it, or give this one a folder of its own with --data.`;
}

/** Where the server of this folder says it is; undefined while none is there to say so. */
export function serverAddress(folder: string): string | undefined {
  return readAbout(join(folder, "server.json")).address;
}

function readAbout(about: string): { pid?: number; address?: string } {
  if (!existsSync(about)) return {};
  try {
    return JSON.parse(readFileSync(about, "utf8")) as { pid: number; address: string };
  } catch {
    // The other one is writing it at this moment.
    return {};
  }
}

/** Made at the first start, kept in the folder, readable by its owner alone. `MILLRACE_TOKEN` stands in for the stored token. */
export function openCredentials(folder: string, environment: NodeJS.ProcessEnv): Credentials {
  // Empty in scripts that hand on what may not be set.
  const given = environment.MILLRACE_TOKEN || undefined;
  if (given !== undefined && !/^[\w.~-]{16,}$/.test(given)) {
    throw new UsageError(`MILLRACE_TOKEN has ${given.length} characters; it needs at least 16, of letters, digits, "_", "-", "." and "~".`);
  }
  return {
    token: given ?? secretIn(join(folder, "token")),
    ingestKey: secretIn(join(folder, "ingest-key")),
    readKey: secretIn(join(folder, "read-key")),
  };
}

function secretIn(file: string): string {
  if (!existsSync(file)) makeSecret(file);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const secret = readFileSync(file, "utf8").trim();
  if (secret.length < 16)
    throw new UsageError(`${file} holds no secret of at least 16 characters. Remove it; a new one is made at the next start.`);
  return secret;
}

/** Several processes may begin at once: the file appears whole or not at all, and the first one stays. */
function makeSecret(file: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EEXIST" || code === "ENOTDIR") return "there is a file in its way";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "it may not be written to";
  return message;
}
