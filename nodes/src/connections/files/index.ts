/** The built-in driver of role "files": lines of files below a root folder. */
import type { FileStore } from "@millrace/engine/node";
import { openLineReader } from "./line-reader.ts";
import { openLineWriter } from "./line-writer.ts";
import { placeOf } from "./paths.ts";

/** Nothing is read or made before it is asked for. */
export function openFileStore(root: string): FileStore {
  return {
    openReader: async (path, start, options) => openLineReader(await placeOf(root, path, false), start, options),
    openWriter: async (path, committedBytes) => openLineWriter(await placeOf(root, path, true), committedBytes),
  };
}
