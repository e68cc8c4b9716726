/** What leaves a node by its `error` port, wired or not. */
import type { Schema } from "../schema/index.ts";

export const ERROR_PORT = "error";

export const ERROR_SCHEMA: Schema = {
  type: "ROW",
  fields: [
    { name: "node", dataType: { type: "STRING", nullable: false } },
    /** Stable code of the reason. */
    { name: "code", dataType: { type: "STRING", nullable: false } },
    /** The reason in English. */
    { name: "message", dataType: { type: "STRING", nullable: false } },
    /** The record, whole, as text (invalid UTF-8 as U+FFFD; the dead letter keeps the bytes). */
    { name: "text", dataType: { type: "STRING" } },
    /** "topic-partition@offset" where known. */
    { name: "origin", dataType: { type: "STRING" } },
  ],
};
