import { inject } from "vitest";
import { describeTopicLog } from "../topic-log.contract.ts";
import { openForTest, removeTopics } from "./testing/open.ts";

const brokers = inject("kafka");

describeTopicLog(
  "topics of a Kafka broker",
  async () => {
    // Other files' tests use the same broker.
    await removeTopics(brokers);
    return {
      open: () => openForTest({ brokers }),
      opening: { module: new URL("./testing/open.ts", import.meta.url).href, settings: { brokers } },
      clear: () => removeTopics(brokers),
    };
  },
  { retention: false },
);
