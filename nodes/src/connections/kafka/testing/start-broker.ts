/** Starts the broker that the tests of this run share. */
import { startKafka } from "@millrace/services/kafka";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    readonly kafka: string;
  }
}

export default async function startBroker(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await startKafka({ properties: { "message.max.bytes": "20000000", "replica.fetch.max.bytes": "20000000" } });
  project.provide("kafka", kafka.bootstrap);
  return kafka.stop;
}
