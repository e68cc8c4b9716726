/** One Flink for all files of the suite. */
import { startFlink } from "../index.ts";

declare module "vitest" {
  interface ProvidedContext {
    flinkGateway: string;
  }
}

export default async function startWitness(project: { provide(name: "flinkGateway", value: string): void }): Promise<() => Promise<void>> {
  const flink = await startFlink();
  project.provide("flinkGateway", flink.gatewayUrl);
  return () => flink.stop();
}
