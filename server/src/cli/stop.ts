import { Option } from "commander";
import type { RunStatus } from "../api.ts";
import { connect, type ServerOptions, serverCommand } from "./server-client.ts";

export const stopCommand = serverCommand("stop")
  .description("Stops pipelines of a running server, with a savepoint: the next deploy goes on from it.")
  .argument("<pipelines...>", "their ids, as `millrace list` names them")
  .addOption(new Option("--savepoint", "with a savepoint; when that fails the run goes on (the default)").conflicts("drop"))
  .option("--drop", "without a savepoint: at the last checkpoint, from which the next deploy goes on")
  .action(async (pipelines: readonly string[], options: ServerOptions & { drop?: true }) => {
    const server = connect(options);
    const savepoint = options.drop !== true;
    for (const id of pipelines) {
      const { state } = await server.call<RunStatus>("POST", `/pipelines/${encodeURIComponent(id)}/stop`, { savepoint });
      console.log(`${id}: ${state}${savepoint ? " with a savepoint" : " at its last checkpoint"}`);
    }
  });
