const NAME = /^[a-zA-Z0-9._-]{1,249}$/;

/** Kafka's rule (`org.apache.kafka.common.internals.Topic`): 1 to 249 ASCII letters, digits, dots, underscores and hyphens, but not "." or "..". */
export function isTopicName(name: string): boolean {
  return NAME.test(name) && name !== "." && name !== "..";
}
