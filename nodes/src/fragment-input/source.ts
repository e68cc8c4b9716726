import type { Source } from "@millrace/engine/node";

/** A fragment is not run by itself; where it is tried out, nothing comes in but what is given. */
export function createSource(): Source {
  return {
    splits: async () => [],
    open: () => Promise.reject(new Error("a fragment's input has no splits")),
    close: async () => undefined,
  };
}
