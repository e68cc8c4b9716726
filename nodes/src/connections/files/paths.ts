/** Where a name in a document leads to on the disk: into the connection's folder, or nowhere. */
import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ConnectionError, quote } from "../connection-error.ts";

/** The file's real place below `root`; links are followed. Rejects for a path that leads out of it, by "..", as an absolute path or through a link. `forWriting` makes missing folders. */
export async function placeOf(root: string, path: string, forWriting: boolean): Promise<string> {
  if (path === "" || path.includes("\0")) throw outside(root, path);
  if (forWriting) await mkdir(root, { recursive: true });
  const found = await realPathOf(root);
  const realRoot = found ?? resolve(root);
  const file = isAbsolute(path) ? insteadOf(resolve(root), realRoot, resolve(path)) : resolve(realRoot, path);
  if (!isBelow(realRoot, file)) throw outside(root, path);
  if (found === undefined) return file;

  const real = await realPathOf(file);
  if (real !== undefined) {
    if (!isBelow(realRoot, real)) throw outside(root, path);
    return real;
  }
  const folder = await nearestFolder(dirname(file));
  if (folder !== realRoot && !isBelow(realRoot, folder)) throw outside(root, path);
  if (!forWriting) return file;
  await mkdir(dirname(file), { recursive: true });
  const place = join((await realPathOf(dirname(file))) ?? dirname(file), basename(file));
  if (!isBelow(realRoot, place)) throw outside(root, path);
  return place;
}

/** A path that was written with the root's own name, which may be a link. */
function insteadOf(root: string, realRoot: string, file: string): string {
  return isBelow(root, file) ? join(realRoot, relative(root, file)) : file;
}

/** The real place of the deepest folder on the way that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const real = await realPathOf(folder);
  if (real !== undefined) return real;
  const above = dirname(folder);
  return above === folder ? folder : nearestFolder(above);
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

function isBelow(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(root: string, path: string): ConnectionError {
  return new ConnectionError("files.outside-root", {
    en: `${quote(path)} is not a file in the connection's folder ${quote(root)}. Name one below it, without "..", and not through a link that leads out.`,
    zh: `${quote(path)} 不在连接的文件夹 ${quote(root)} 之内。请使用其下的文件，不要用 ".."，也不要经由指向外部的链接。`,
  });
}
