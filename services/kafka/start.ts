/** `node services/kafka/start.ts [--port 9092] [--folder <path>]`: a broker until it is interrupted. Without a folder nothing of it is kept. */
import { parseArgs } from "node:util";
import { CannotStart, startKafka } from "./index.ts";

const { values } = parseArgs({ options: { port: { type: "string" }, folder: { type: "string" } } });

try {
  const kafka = await startKafka({ port: values.port === undefined ? undefined : Number(values.port), folder: values.folder });
  console.log(kafka.bootstrap);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void kafka.stop());
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
