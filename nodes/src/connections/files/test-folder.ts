import { constants } from "node:fs";
import { access, opendir, stat } from "node:fs/promises";
import { ConnectionError, quote } from "../connection-error.ts";
import type { Attempt } from "../test-connection.ts";
import { fileError } from "./file-errors.ts";

/** Enough to see that it is the right folder; a folder of millions is not read through. */
const MAX_COUNTED = 1_000;

/** Tries the root folder of a file connection. `madeWhenNeeded`: it is Millrace's own, so that it need not be there yet. */
export async function testFolder(attempt: Attempt, root: string, madeWhenNeeded: boolean): Promise<void> {
  let isThere = true;
  await attempt({ en: "Find the folder", zh: "查找文件夹" }, async () => {
    isThere = await findFolder(root);
    if (isThere) return { en: root, zh: root };
    if (!madeWhenNeeded) throw noFolder(root);
    return { en: `${root}: not there yet; the first file that is written makes it.`, zh: `${root}：尚不存在，写入第一个文件时会创建。` };
  });
  if (!isThere) return;
  await attempt({ en: "List what is in it", zh: "列出其中的内容" }, async () => {
    const count = await countEntries(root);
    const en =
      count > MAX_COUNTED ? `more than ${MAX_COUNTED} files and folders` : count === 1 ? "1 file or folder" : `${count} files and folders`;
    return { en, zh: count > MAX_COUNTED ? `超过 ${MAX_COUNTED} 个文件和文件夹` : `${count} 个文件和文件夹` };
  });
  // No failure: whoever only reads from it needs no more.
  await attempt({ en: "Look whether it can be written to", zh: "检查是否可写" }, async () =>
    (await isWritable(root))
      ? { en: "yes", zh: "可写" }
      : {
          en: "no: files can be read, but a file sink cannot write here. Change the folder's permissions if one should.",
          zh: "不可写：可以读取文件，但文件输出无法写入。如需写入，请修改文件夹权限。",
        },
  );
}

async function findFolder(root: string): Promise<boolean> {
  try {
    if ((await stat(root)).isDirectory()) return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(String((error as NodeJS.ErrnoException).code))) return false;
    throw fileError(error, root);
  }
  throw new ConnectionError("files.not-a-folder", {
    en: `${quote(root)} is a file, not a folder. Name the folder that holds it.`,
    zh: `${quote(root)} 是文件，不是文件夹。请填写其所在的文件夹。`,
  });
}

async function countEntries(root: string): Promise<number> {
  try {
    let count = 0;
    for await (const _ of await opendir(root)) if (++count > MAX_COUNTED) break;
    return count;
  } catch (error) {
    throw fileError(error, root);
  }
}

async function isWritable(root: string): Promise<boolean> {
  return access(root, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function noFolder(root: string): ConnectionError {
  return new ConnectionError("files.no-folder", {
    en: `There is no folder ${quote(root)} on the machine where the server runs. Check the path, or make the folder.`,
    zh: `服务器所在的机器上没有文件夹 ${quote(root)}。请检查路径，或创建该文件夹。`,
  });
}
