/** `node services/flink/start.ts [--port 8083]`: Flink with a SQL Gateway until it is interrupted. */
import { parseArgs } from "node:util";
import { CannotStart, startFlink } from "./index.ts";

const { values } = parseArgs({ options: { port: { type: "string" } } });

try {
  const flink = await startFlink({ port: values.port === undefined ? undefined : Number(values.port) });
  console.log(flink.gatewayUrl);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void flink.stop());
} catch (error) {
  if (!(error instanceof CannotStart)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
