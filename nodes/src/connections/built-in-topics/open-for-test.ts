import type { TopicLog } from "@millrace/engine/node";
import { openBuiltInTopics } from "./index.ts";

/** For processes that the contract's tests start. */
export function openForTest({ folder }: Readonly<Record<string, string>>): Promise<TopicLog> {
  return openBuiltInTopics({ folder: folder as string, now: Date.now });
}
