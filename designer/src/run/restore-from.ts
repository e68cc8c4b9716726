/** Where a run is to go on, as the dialogs hold it and as the server wants it. */
import type { SavedStateView } from "@millrace/server/api";
import type { ServerError } from "../server.ts";

/** "newest": the newest state; "fresh": none. */
export type RestoreFrom = "newest" | "fresh" | { readonly savepoint: string };

export function restoreFrom(savepoint: string | undefined): RestoreFrom {
  return savepoint === undefined ? "newest" : { savepoint };
}

/** While a run goes on a checkpoint is gone before anybody has chosen it. */
export function canBeChosen(state: SavedStateView, isRunning: boolean): boolean {
  return state.retained || !isRunning;
}

/** Whether the server would start it all the same, with rows that come twice. */
export function canBeForced(refusal: Pick<ServerError, "code"> | undefined): boolean {
  return refusal?.code === "rows-double";
}
