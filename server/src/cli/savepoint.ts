import { Option } from "commander";
import type { SavedStateView } from "../api.ts";
import { connect, type ServerOptions, serverCommand } from "./server-client.ts";
import { table, timeOf } from "./table.ts";

interface SavepointOptions extends ServerOptions {
  readonly list?: true;
  readonly delete?: string;
  readonly json?: true;
}

export const savepointCommand = serverCommand("savepoint")
  .description("Makes a savepoint of a pipeline of a running server, while it goes on, and prints its id.")
  .argument("<pipeline>", "its id, as `millrace list` names it")
  .addOption(new Option("--list", "lists what is saved instead: savepoints, and checkpoints that are kept").conflicts("delete"))
  .option("--delete <id>", "deletes that savepoint instead")
  .option("--json", "as JSON")
  .action(async (pipeline: string, options: SavepointOptions) => {
    const server = connect(options);
    const path = `/pipelines/${encodeURIComponent(pipeline)}/savepoints`;
    if (options.delete !== undefined) return server.call<void>("DELETE", `${path}/${encodeURIComponent(options.delete)}`);
    if (options.list) return printAll(await server.call<SavedStateView[]>("GET", path), options.json);
    const saved = await server.call<SavedStateView>("POST", path);
    console.log(options.json ? JSON.stringify(saved, null, 2) : saved.id);
  });

function printAll(saved: readonly SavedStateView[], json: true | undefined): void {
  if (json) return console.log(JSON.stringify(saved, null, 2));
  if (saved.length === 0) return console.error("Nothing is saved.");
  const rows = saved.map(({ id, kind, at, version, bytes }) => [id, kind, timeOf(at), String(version), String(bytes)]);
  console.log(table(["ID", "KIND", "MADE", "VERSION", "BYTES"], rows));
}
