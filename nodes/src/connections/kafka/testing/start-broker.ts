/** Starts the broker that the tests of this run share. */
import { startKafka } from "@millrace/services/kafka";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly kafka: string;
  }
}

const PROPERTIES = {
  "message.max.bytes": "20000000",
  "replica.fetch.max.bytes": "20000000",
  // Some topics of the contract keep records for a minute: none is to be removed while it looks at them.
  "log.initial.task.delay.ms": "86400000",
};

export default async function startBroker(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await startKafka({ properties: PROPERTIES });
  project.provide("kafka", kafka.bootstrap);
  return kafka.stop;
}
