import type { Millis, Position } from "@millrace/engine/node";
import type { PacedRecords } from "../paced-records.ts";
import { createOriginalStream, type OriginalPosition, resumeOriginal, startOriginal } from "./original.ts";
import type { AppLogParams } from "./params.ts";
import { type AppLogPosition, createAppLogStream, resumeAppLogs, startAppLogs } from "./stream.ts";

/** The stream from its beginning at `now`, or from where it was. Without `now` (in virtual time) a stop leaves nothing out. */
export function openAppLogs(params: AppLogParams, timeZone: string, from: { readonly start: Millis } | AppLogResume): PacedRecords {
  if (params.timing === "lifelike") {
    if ("start" in from) return createAppLogStream(params, timeZone, startAppLogs(from.start));
    const position = from.position as AppLogPosition;
    return createAppLogStream(params, timeZone, from.now === undefined ? position : resumeAppLogs(position, from.now));
  }
  if ("start" in from) return createOriginalStream(params, startOriginal(from.start));
  const position = from.position as OriginalPosition;
  return createOriginalStream(params, from.now === undefined ? position : resumeOriginal(position, params, from.now));
}

interface AppLogResume {
  readonly position: Position;
  readonly now: Millis | undefined;
}
