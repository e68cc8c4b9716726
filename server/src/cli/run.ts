import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { connectionAliases, type PipelineDocument } from "@millrace/engine/pipeline";
import { Command, Option } from "commander";
import { DEFAULT_DATA_FOLDER, openDataFolder, serverAddress, UsageError } from "../data-folder.ts";
import { bringUpToDate } from "../data-format.ts";
import { analyzeDocument, documentGraph } from "../documents.ts";
import { idFrom } from "../pipelines/store.ts";
import { type ProcessLock, takeLock } from "../process-lock.ts";
import { createRunHost } from "../run-host/index.ts";
import { claimRun } from "../runs/claim-run.ts";
import type { ConnectionConfig, RunHandle, RunHost } from "../runs/run-host.ts";
import { loadSettings, runLimits } from "../settings.ts";
import { loadDocument, problemLine } from "./load-pipeline.ts";
import { collectPairs } from "./options.ts";
import { startTopicsFrom, withFileSinks, withFileSources } from "./override-nodes.ts";
import { storedConnection } from "./stored-connections.ts";
import { tellServer } from "./tell-server.ts";
import { onStop } from "./until-stopped.ts";

type Pairs = ReadonlyMap<string, string>;

interface RunOptions {
  readonly source?: Pairs;
  readonly sink?: Pairs;
  readonly from?: "earliest" | "latest";
  readonly set?: Pairs;
  readonly connect?: Pairs;
  readonly data: string;
  readonly resume?: true;
}

export const runCommand = new Command("run")
  .description(
    "Runs one pipeline in this process: to the end when all its sources are files, else until Ctrl+C, which stops it with a savepoint. Prints a summary as JSON.",
  )
  .argument("<pipeline>", "a pipeline's JSON file, or a template's name (also that of the job's class: OrderWideApp)")
  .option("--source <node=file>", "the node reads this file (JSON lines; .csv: CSV) instead of what it says (repeatable)", collectPairs)
  .option("--sink <node=file>", "the node writes this file (JSON lines; .csv: CSV) instead of what it says (repeatable)", collectPairs)
  .addOption(new Option("--from <where>", "where topics are read from").choices(["earliest", "latest"]))
  .option("--set <name=value>", "value of a pipeline parameter (repeatable)", collectPairs)
  .option("--connect <alias=name>", "the connection that an alias means, as stored in the data folder (repeatable)", collectPairs)
  .option("--resume", "go on from the savepoint or last checkpoint of an earlier run in this data folder")
  .option("-d, --data <folder>", "where topics and checkpoints are", DEFAULT_DATA_FOLDER)
  .action(run);

async function run(name: string, options: RunOptions): Promise<void> {
  const set = Object.fromEntries(options.set ?? []);
  const files: Record<string, ConnectionConfig> = {};
  let document = loadDocument(name);
  document = withFileSources(document, options.source ?? new Map(), files);
  document = withFileSinks(document, options.sink ?? new Map(), files);
  if (options.from) document = startTopicsFrom(document, options.from);
  const dataFolder = openDataFolder(options.data);
  const limits = runLimits(loadSettings(dataFolder));
  refuseErrors(name, document, set, limits.nodes);

  await bringUpToDate(dataFolder, (line) => console.error(line));
  const lock = takeLock(join(dataFolder, `${stateIdOf(document)}.lock`));
  if (!lock)
    throw new UsageError(
      `Another \`millrace run\` of ${JSON.stringify(document.name)} uses the data folder ${dataFolder}. Wait for it, or give this one a folder of its own with --data.`,
    );
  const claim = writesOnlyGivenFiles(document, options.sink) ? undefined : claimOf(dataFolder, document);
  const connections = { ...connectionsFor(options.connect ?? new Map(), document, dataFolder), ...files };
  const host = await createRunHost({ dataFolder, log: (line) => console.error(line), limits });
  try {
    await runToEnd(host, document, { set, connections, resume: options.resume === true, dataFolder });
  } finally {
    await host.close();
    claim?.release();
    lock.release();
  }
}

/** What a server may run beside it: none of the rows goes where that one's go. */
function writesOnlyGivenFiles(document: PipelineDocument, given: Pairs = new Map()): boolean {
  const sinks = documentGraph(document).nodes.filter(({ spec }) => spec.category === "sink");
  return sinks.every(({ id }) => given.has(id));
}

function claimOf(dataFolder: string, document: PipelineDocument): ProcessLock {
  const id = idFrom(document.name);
  const claim = claimRun(dataFolder, id);
  if (claim) return claim;
  const server = serverAddress(dataFolder);
  throw new UsageError(
    `The server${server === undefined ? "" : ` at ${server}`} runs ${JSON.stringify(id)} on the data folder ${dataFolder} already; a second run would write every row twice. Stop it there (\`millrace stop ${id}\`), exchange each sink with --sink, or give this run a folder of its own with --data.`,
  );
}

/** Runs of the command line keep their state apart from those of a server's pipeline of the same name. */
function stateIdOf(document: PipelineDocument): string {
  return `run-${idFrom(document.name)}`;
}

interface RunIn {
  readonly set: Record<string, string>;
  readonly connections: Record<string, ConnectionConfig>;
  readonly resume: boolean;
  readonly dataFolder: string;
}

async function runToEnd(host: RunHost, document: PipelineDocument, { set, connections, resume, dataFolder }: RunIn): Promise<void> {
  const pipelineId = stateIdOf(document);
  const lettersBefore = resume ? (await host.deadLetters(pipelineId, { limit: 1 })).total : 0;
  if (!resume) await host.forget(pipelineId);
  const begun = performance.now();
  const handle = await startRun(host, {
    pipelineId,
    runId: randomUUID(),
    version: 1,
    document,
    set,
    connections,
    restoreFrom: resume ? "newest" : undefined,
  });
  let stopFailure: unknown;
  const stop = ({ savepoint }: { readonly savepoint: boolean }) =>
    handle.stop({ savepoint }).catch((error: unknown) => {
      stopFailure = error;
      return handle.stop({ savepoint: false });
    });
  onStop(() => void stop({ savepoint: true }));
  console.error(`Running ${document.name}; Ctrl+C stops it with a savepoint.`);
  const telling = tellServer({ dataFolder, document, handle, stop, log: (line) => console.error(line) });
  const end = await handle.ended;
  await telling.close();
  const seconds = (performance.now() - begun) / 1000;
  const { total } = await host.deadLetters(pipelineId, { limit: 1 });
  console.log(
    JSON.stringify(
      { pipeline: document.name, state: end.state, ...summary(document, handle, seconds), deadLetters: total - lettersBefore },
      null,
      2,
    ),
  );

  if (total > lettersBefore) await explainDeadLetters(host, pipelineId, total - lettersBefore);
  if (end.state === "failed")
    throw new UsageError(`The run failed${end.failure.nodeId ? ` at node ${end.failure.nodeId}` : ""}: ${end.failure.message.en}`);
  if (stopFailure)
    throw new UsageError(
      `It stopped at its last checkpoint, for the savepoint failed: ${stopFailure instanceof Error ? stopFailure.message : String(stopFailure)}`,
    );
}

async function startRun(host: RunHost, request: Parameters<RunHost["startRun"]>[0]): Promise<RunHandle> {
  try {
    return await host.startRun(request);
  } catch (error) {
    throw new UsageError(`The run did not start: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Rows in and out per node and port; the rate counts the rows that the sources gave. */
function summary(document: PipelineDocument, handle: RunHandle, seconds: number) {
  const sources = new Set(documentGraph(document).nodes.flatMap(({ id, inputs }) => (Object.keys(inputs).length === 0 ? [id] : [])));
  let read = 0;
  const nodes = Object.entries(handle.nodes()).map(([id, live]) => {
    if (sources.has(id)) read += Object.values(live.out).reduce((sum, { total }) => sum + total, 0);
    const totals = (ports: typeof live.in) => Object.fromEntries(Object.entries(ports).map(([port, { total }]) => [port, total]));
    return [id, { in: totals(live.in), out: totals(live.out), dropped: live.dropped, errors: live.errors }];
  });
  return {
    seconds: round(seconds),
    rowsPerSecond: Math.round(read / Math.max(seconds, 0.001)),
    nodes: Object.fromEntries(nodes) as unknown,
  };
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

async function explainDeadLetters(host: RunHost, pipelineId: string, count: number): Promise<void> {
  const { letters } = await host.deadLetters(pipelineId, { limit: 3 });
  console.error(`${count} ${count === 1 ? "row" : "rows"} could not be processed${count > letters.length ? "; the last ones" : ""}:`);
  for (const { nodeId, message, text } of letters)
    console.error(`  at ${nodeId}: ${message.en} The row: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`);
}

function refuseErrors(name: string, document: PipelineDocument, set: Record<string, string>, mostNodes: number): void {
  const problems = analyzeDocument(document, { set, pipelineId: stateIdOf(document), mostNodes, runs: true }).filter(
    ({ severity }) => severity === "error",
  );
  if (problems.length === 0) return;
  throw new UsageError(
    `${name} has ${problems.length === 1 ? "an error" : `${problems.length} errors`}:\n${problems.map((problem) => `  ${problemLine(problem)}`).join("\n")}`,
  );
}

/** Connections by alias, from those that the server of this data folder has stored. */
function connectionsFor(connect: Pairs, document: PipelineDocument, dataFolder: string): Record<string, ConnectionConfig> {
  const entries = [...connect].map(([alias, connection]) => {
    const role = Object.entries(connectionAliases(document)).find(([name]) => name === alias)?.[1].role;
    if (!role) throw new UsageError(`The pipeline has no connection alias ${JSON.stringify(alias)}. ${aliasesOf(document)}`);
    const config = storedConnection(connection, dataFolder);
    if (config.role !== role) throw new UsageError(`Alias ${alias} is for ${role}, but connection ${connection} is for ${config.role}.`);
    return [alias, config] as const;
  });
  return Object.fromEntries(entries);
}

function aliasesOf(document: PipelineDocument): string {
  const aliases = Object.keys(connectionAliases(document));
  return aliases.length === 0 ? "It uses none." : `It has: ${aliases.join(", ")}.`;
}
