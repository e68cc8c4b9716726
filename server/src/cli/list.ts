import type { PipelineSummary } from "../api.ts";
import { connect, type ServerOptions, serverCommand } from "./server-client.ts";
import { table } from "./table.ts";

export const listCommand = serverCommand("list")
  .description("Lists the pipelines of a running server.")
  .option("--json", "as JSON")
  .action(async (options: ServerOptions & { json?: true }) => {
    const pipelines = await connect(options).call<PipelineSummary[]>("GET", "/pipelines");
    if (options.json) return console.log(JSON.stringify(pipelines, null, 2));
    if (pipelines.length === 0) return console.error("There is no pipeline. `millrace deploy` brings one.");
    const rows = pipelines.map(({ id, name, changed, run }) => [
      id,
      run === undefined ? "never deployed" : run.process === undefined ? run.state : `${run.state} in process ${run.process}`,
      run?.version === undefined ? "" : String(run.version),
      run && changed ? "changed" : "",
      name,
    ]);
    console.log(table(["PIPELINE", "STATE", "VERSION", "DRAFT", "NAME"], rows));
  });
