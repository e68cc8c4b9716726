import { setTimeout as pause } from "node:timers/promises";
import type { LogPage } from "../api.ts";
import { connect, type ServerClient, type ServerOptions, serverCommand } from "./server-client.ts";
import { timeOf } from "./table.ts";

const ALL = 10_000;
const LOOK_EVERY_MS = 500;

export const logsCommand = serverCommand("logs")
  .description("Prints what a running server logged about a pipeline's runs: starts, stops, savepoints, failures with their reasons.")
  .argument("<pipeline>", "its id, as `millrace list` names it")
  .option("-f, --follow", "goes on with lines as they come, until Ctrl+C")
  .option("--json", "one JSON object a line")
  .action(async (pipeline: string, options: ServerOptions & { follow?: true; json?: true }) => {
    const server = connect(options);
    const print = options.json ? asJson : asText;
    let next = await printSince(server, pipeline, undefined, print);
    while (options.follow) {
      await pause(LOOK_EVERY_MS);
      next = await printSince(server, pipeline, next, print);
    }
  });

async function printSince(
  server: ServerClient,
  pipeline: string,
  after: number | undefined,
  print: (line: LogPage["lines"][number]) => string,
): Promise<number> {
  const query = after === undefined ? `limit=${ALL}` : `limit=${ALL}&after=${after}`;
  const page = await server.call<LogPage>("GET", `/pipelines/${encodeURIComponent(pipeline)}/logs?${query}`);
  for (const line of page.lines) console.log(print(line));
  return page.next;
}

const asJson = JSON.stringify as (line: LogPage["lines"][number]) => string;
const asText = ({ at, text }: LogPage["lines"][number]) => `${timeOf(at)} ${text}`;
