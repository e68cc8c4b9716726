/** Opens logs for tests. */
import type { TopicLog } from "@millrace/engine/node";
import { openKafkaTopics } from "../index.ts";
import { readSettings } from "../settings.ts";

/** For processes that the contract's tests start, too. */
export async function openForTest(settings: Readonly<Record<string, string>>): Promise<TopicLog> {
  return openKafkaTopics({ settings: readSettings(settings), now: Date.now });
}

/** Removes all topics, and with them the positions in them. */
export async function removeTopics(brokers: string): Promise<void> {
  const log = await openForTest({ brokers });
  for (const { name } of await log.listTopics()) await log.deleteTopic(name);
  await log.close();
}
