/** The topics that are written to, as long as they need not be looked up again. */
import type { TopicSettings } from "@millrace/engine/node";
import { unknownTopic } from "../topic-errors.ts";
import type { Cluster } from "./cluster.ts";
import type { Target } from "./staging.ts";
import { createTopic, whatItTakes } from "./topics.ts";

export interface Targets {
  /** Undefined while it must be looked up. */
  known(topic: string): Target | undefined;
  /** Looks up those that are there. */
  expect(topics: readonly string[]): Promise<void>;
  /** Looks up anew, in the background, what has been known for long. To be called now and then. */
  refresh(): void;
  /** Rejects with a `ConnectionError` when there is no such topic and none is to be made. */
  find(topic: string): Promise<Target>;
  forget(topic: string): void;
}

/** Partitions may be added, and limits changed, while a topic is in use. */
const FRESH_MS = 60_000;

/** `newTopics`: of topics that are not there, which are made; undefined: they are not. */
export function createTargets(cluster: Cluster, newTopics: TopicSettings | undefined): Targets {
  const found = new Map<string, { target: Target; since: number }>();
  const looking = new Map<string, Promise<Target>>();

  async function lookUp(topic: string): Promise<Target> {
    const target = await findTarget(cluster, topic, newTopics);
    found.set(topic, { target, since: performance.now() });
    return target;
  }

  function find(topic: string): Promise<Target> {
    const asked = looking.get(topic) ?? lookUp(topic).finally(() => looking.delete(topic));
    looking.set(topic, asked);
    return asked;
  }

  return {
    known: (topic) => found.get(topic)?.target,
    async expect(topics) {
      const there = await Promise.all(topics.map((topic) => cluster.topic(topic, true)));
      await Promise.all(there.map((topic) => topic && find(topic.name)));
    },
    refresh() {
      const now = performance.now();
      for (const [topic, known] of found) {
        if (now - known.since < FRESH_MS) continue;
        known.since = now;
        // Until then, and should it fail, with what is known: whatever is wrong shows when the records are sent.
        find(topic).catch(() => undefined);
      }
    },
    find,
    forget: (topic) => void found.delete(topic),
  };
}

async function findTarget(cluster: Cluster, name: string, newTopics: TopicSettings | undefined): Promise<Target> {
  let topic = await cluster.topic(name, true);
  if (!topic && newTopics) {
    await createTopic(cluster, name, newTopics);
    topic = await cluster.topic(name, true);
  }
  if (!topic)
    throw unknownTopic(
      name,
      (await cluster.topics()).map((one) => one.name),
    );
  return { topic: name, partitions: topic.leaders.length, ...(await whatItTakes(cluster, topic)) };
}
