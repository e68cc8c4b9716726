/** Brings topics back to what their settings keep, again and again, and says when all of them together have grown large. */
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import type { RunLimits } from "../runs/run-host.ts";
import { isDeadLetterTopic } from "./dead-letters.ts";

const EVERY_MS = 60_000;
const WARN_EVERY_MS = 3_600_000;

export interface KeepTopics {
  readonly limits: Pick<RunLimits, "topicMs" | "topicWarnBytes" | "deadLetterMs" | "deadLetterBytes">;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** Applies the limits, also to topics of dead letters that are there already, and begins. Returns how to end it. */
export async function keepTopics(topics: BuiltInTopicLog, { limits, now, log }: KeepTopics): Promise<() => void> {
  topics.setDefaultRetention(limits.topicMs);
  for (const { name } of await topics.listTopics())
    if (isDeadLetterTopic(name)) topics.changeRetention(name, { retentionMs: limits.deadLetterMs, retentionBytes: limits.deadLetterBytes });

  const warn = warnOfSize(topics, { limits, now, log });
  const timer = setInterval(
    () => void topics.retain().then(warn, (error: Error) => log(`Old records could not be removed: ${error.message}`)),
    EVERY_MS,
  );
  timer.unref();
  return () => clearInterval(timer);
}

/** Says it when it becomes true, and again every hour while it is. */
export function warnOfSize(topics: Pick<BuiltInTopicLog, "listTopics">, { limits, now, log }: KeepTopics): () => Promise<void> {
  let said = Number.NEGATIVE_INFINITY;
  return async () => {
    const all = (await topics.listTopics()).map(({ name, partitions }) => ({
      name,
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
    }));
    const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= limits.topicWarnBytes) {
      said = Number.NEGATIVE_INFINITY;
      return;
    }
    if (now() - said < WARN_EVERY_MS) return;
    said = now();
    const largest = all.sort((a, b) => b.bytes - a.bytes).slice(0, 3);
    log(
      `The topics take ${total} bytes, more than ${limits.topicWarnBytes} (setting topics.warn-size). The largest: ${largest.map(({ name, bytes }) => `${name} (${bytes})`).join(", ")}. Delete what is not needed, or let them keep records for less long; nothing was removed.`,
    );
  };
}
