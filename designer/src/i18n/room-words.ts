/**
 * The strings of one room (a folder under `src/`), each with both languages side by side, so that none can be missing. A room exports
 * its own from `words.ts` as `words`; its namespace is the folder's name: `useTranslation("inspector")`.
 *
 * `{{name}}` stands for an argument. With a `count`, English wants `key_one` and `key_other`; Chinese uses `key_other` alone.
 */
import type { Words } from "@millrace/engine/node";

export type RoomWords = Readonly<Record<string, Words>>;
