/** Files on disk below a root folder: the role `FileStore`. */
import { constants } from "node:fs";
import { mkdir, open, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { FileReader, FileStore, FileWriter } from "@millrace/engine/node";
import { FileLineReader } from "./line-reader.ts";

/** `root` is an absolute path; names are resolved inside of it and nowhere else. */
export function openFileStore(root: string): FileStore & { close(): Promise<void> } {
  return {
    async openReader(path, start, options): Promise<FileReader> {
      const file = await inside(root, path);
      let handle: Awaited<ReturnType<typeof open>>;
      try {
        handle = await open(file, "r");
      } catch (error) {
        throw readable(error, file);
      }
      if (!(await handle.stat()).isFile()) {
        await handle.close();
        throw new Error(`${file} is not a file.`);
      }
      return new FileLineReader(handle, file, start, options.quoted);
    },
    openWriter: async (path, committedBytes) => openWriter(await inside(root, path), committedBytes),
    close: async () => {},
  };
}

/** The file's real place; a name that leads out of the root, by `..`, as an absolute path or through a link, is refused. */
async function inside(root: string, path: string): Promise<string> {
  if (path === "" || path.includes("\0") || isAbsolute(path)) throw outside(root, path);
  const realRoot = await realpath(root).catch((error: unknown) => {
    throw readable(error, root);
  });
  const file = resolve(realRoot, path);
  if (!isBelow(realRoot, file)) throw outside(root, path);
  const real = await realpath(file).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    // It is still to be made: its folder must be inside.
    const folder = await realpath(dirname(file)).catch(() => dirname(file));
    return join(folder, file.slice(dirname(file).length + 1));
  });
  if (!isBelow(realRoot, real)) throw outside(root, path);
  return real;
}

function isBelow(root: string, file: string): boolean {
  const way = relative(root, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(root: string, path: string): Error {
  return new Error(`path ${JSON.stringify(path)} is not inside of the connection's folder ${root}. Name a file below it, without "..".`);
}

async function openWriter(file: string, committedBytes: number | undefined): Promise<FileWriter> {
  await mkdir(dirname(file), { recursive: true });
  const flags = constants.O_RDWR | constants.O_CREAT | (committedBytes === undefined ? constants.O_TRUNC : 0);
  const handle = await open(file, flags, 0o644).catch((error: unknown) => {
    throw readable(error, file);
  });
  const { size } = await handle.stat();
  let length = committedBytes ?? 0;
  if (size < length) {
    await handle.close();
    throw new Error(
      `${file} has ${size} bytes, but ${length} were committed: it was cut or replaced since. Put it back, or start without state.`,
    );
  }
  if (size > length) await handle.truncate(length);
  let staged: Uint8Array[] = [];
  let stagedBytes = 0;
  return {
    append(line) {
      staged.push(line, NEWLINE);
      stagedBytes += line.length + 1;
    },
    get stagedBytes() {
      return stagedBytes;
    },
    get length() {
      return length;
    },
    discard() {
      staged = [];
      stagedBytes = 0;
    },
    async flush() {
      if (stagedBytes === 0) return length;
      const bytes = Buffer.concat(staged, stagedBytes);
      for (let written = 0; written < bytes.length; )
        written += (await handle.write(bytes, written, bytes.length - written, length + written)).bytesWritten;
      await handle.datasync();
      length += bytes.length;
      staged = [];
      stagedBytes = 0;
      return length;
    },
    close: () => handle.close(),
  };
}

const NEWLINE = new Uint8Array([0x0a]);

function readable(error: unknown, file: string): Error {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return new Error(`there is no file ${file}. Check the path.`, { cause: error });
    case "EACCES":
    case "EPERM":
      return new Error(`${file} may not be opened by this user.`, { cause: error });
    case "EISDIR":
      return new Error(`${file} is a folder, not a file.`, { cause: error });
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}
