/** A server whose app logs go to a Kafka topic, and what can be read there. */
import { readCommitted } from "@millrace/services/kafka";
import { type Millrace, startEmpty, startMillrace } from "./millrace.ts";

/** Name of the connection that `startOnKafka` stores. */
export const KAFKA = "kafka";
const APPLOG = ["--applog-connection", KAFKA];

/** A server on a new data folder with a connection to the broker; what is posted to `/applog` goes there. */
export async function startOnKafka(data: string, bootstrap: string): Promise<Millrace> {
  const first = await startEmpty(data);
  await first.api("PUT", `/api/connections/${KAFKA}`, { kind: "kafka", role: "topic", settings: { brokers: bootstrap } });
  await first.stop();
  return startMillrace({ data, args: APPLOG });
}

/** The server again, on the same port. */
export function restartOnKafka(data: string, port: string): Promise<Millrace> {
  return startMillrace({ data, args: [...APPLOG, "--port", port] });
}

/** The texts of all committed records of a topic, by a client that shares no code with Millrace. */
export async function committedTexts(bootstrap: string, topic: string): Promise<string[]> {
  return (await readCommitted(bootstrap, [topic])).map(({ value }) => value?.toString() ?? "");
}
