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
  // Tests' records are of 1970: they would be removed by the next look at what is too old.
  "log.retention.ms": "-1",
  "log.initial.task.delay.ms": "86400000",
};

export default async function startBroker(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await startKafka({ properties: PROPERTIES });
  project.provide("kafka", kafka.bootstrap);
  return kafka.stop;
}
