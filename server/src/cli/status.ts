import type { PipelineSummary, RunNodes, RunStatus } from "../api.ts";
import { nodeFacts } from "./node-facts.ts";
import { connect, type ServerClient, type ServerOptions, serverCommand } from "./server-client.ts";
import { table, timeOf } from "./table.ts";

export const statusCommand = serverCommand("status")
  .description(
    "Says how the runs of a running server are, with the reason of the last failure of each; of a single one also what its nodes have seen, dropped and hold, which says why nothing comes out.",
  )
  .argument("[pipeline]", "its id, as `millrace list` names it; left out: all that were deployed")
  .option("--json", "as JSON")
  .action(async (pipeline: string | undefined, options: ServerOptions & { json?: true }) => {
    const server = connect(options);
    const { runs, nodes } = pipeline === undefined ? await allRuns(server) : await oneRun(server, pipeline);
    if (options.json) return console.log(JSON.stringify(nodes === undefined ? runs : { ...runs[0], nodes }, null, 2));
    if (runs.length === 0) return console.error("Nothing was deployed. `millrace deploy` does it.");
    console.log(table(["PIPELINE", "STATE", "VERSION", "STARTED", "LAST CHECKPOINT", "DEAD LETTERS"], runs.map(rowOf)));
    for (const run of runs) if (run.failure) console.log(failureLine(run));
    const facts = nodeFacts(nodes ?? {}, runs[0]?.state === "running");
    if (facts !== "") console.log(`\n${facts}`);
  });

interface Shown {
  readonly runs: readonly RunStatus[];
  readonly nodes?: RunNodes["nodes"];
}

async function allRuns(server: ServerClient): Promise<Shown> {
  return { runs: (await server.call<PipelineSummary[]>("GET", "/pipelines")).flatMap(({ run }) => run ?? []) };
}

async function oneRun(server: ServerClient, pipeline: string): Promise<Shown> {
  const { run, nodes } = await server.call<RunNodes>("GET", `/pipelines/${encodeURIComponent(pipeline)}/nodes`);
  return { runs: [run], nodes };
}

function rowOf(run: RunStatus): string[] {
  return [
    run.pipelineId,
    run.state,
    String(run.version ?? ""),
    run.startedAt === undefined ? "" : timeOf(run.startedAt),
    run.lastCheckpoint === undefined ? "" : timeOf(run.lastCheckpoint.at),
    String(run.deadLetters),
  ];
}

/** "a: failed last at …, at node sink: The disk is full." */
export function failureLine({ pipelineId, failure, restart }: RunStatus): string {
  if (!failure) return `${pipelineId}: no failure`;
  const node = failure.nodeId === undefined ? "" : `, at node ${failure.nodeId}`;
  const next = restart ? ` It is tried again at ${timeOf(restart.at)} (try ${restart.attempt}).` : "";
  return `${pipelineId}: failed last at ${timeOf(failure.at)}${node}: ${failure.message.en}${next}`;
}
