/**
 * `millrace deploy`: documents from Git, or from wherever they are, onto a running server. A document belongs to the pipeline whose id is made from its name; that pipeline is made
 * when it is not there yet, else its draft is replaced. All documents are checked before the first is deployed.
 */
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { Deploy, Pipeline, RestorePlanView, RunStatus } from "../api.ts";
import { UsageError } from "../data-folder.ts";
import { analyzeDocument } from "../documents.ts";
import { idFrom } from "../pipelines/store.ts";
import { findDocument, problemLine } from "./load-pipeline.ts";
import { collectPairs } from "./options.ts";
import { ApiRefusal, connect, type ServerClient, type ServerOptions, serverCommand } from "./server-client.ts";
import { failureLine } from "./status.ts";

type Pairs = ReadonlyMap<string, string>;

interface DeployOptions extends ServerOptions {
  readonly set?: Pairs;
  readonly connect?: Pairs;
  readonly environment?: string;
  readonly from: string;
  readonly force?: true;
  readonly plan?: true;
  readonly wait?: true;
  readonly json?: true;
}

export const deployCommand = serverCommand("deploy")
  .description(
    "Deploys pipelines on a running server. What runs is stopped with a savepoint and gone on from with the new version; when that does not start, the old one goes on.",
  )
  .argument("<pipelines...>", "JSON files, templates' names, or ids of the server's pipelines (their drafts)")
  .option("--set <name=value>", "value of a pipeline parameter (repeatable)", collectPairs)
  .option("--connect <alias=name>", "the server's connection that an alias means (repeatable)", collectPairs)
  .option("--environment <name>", "the environment that says what other aliases mean")
  .option("--from <state>", "keep: go on from the newest state; fresh: begin without; or a savepoint's id", "keep")
  .option("--force", "go on from an older savepoint although rows written since will come twice")
  .option("--plan", "only say what would become of each node's state; nothing is changed")
  .option("--wait", "wait until each has made a checkpoint, has finished, or has run for 5 s; fail when one fails")
  .option("--json", "as JSON")
  .action(deploy);

/** A run that has held so long without records to make a checkpoint of, holds. */
const HOLDS_AFTER_MS = 5_000;
const LOOK_EVERY_MS = 200;

interface Wanted {
  readonly id: string;
  /** Undefined: the draft that the server has. */
  readonly document: PipelineDocument | undefined;
  /** Undefined: to be made. */
  readonly there: Pipeline | undefined;
}

interface Outcome {
  readonly id: string;
  readonly plan?: RestorePlanView;
  readonly run?: RunStatus;
}

async function deploy(names: readonly string[], options: DeployOptions): Promise<void> {
  const server = connect(options);
  const wanted: Wanted[] = [];
  for (const name of names) wanted.push(await find(server, name, options));
  refuseTwice(names, wanted);

  const outcomes: Outcome[] = [];
  for (const one of wanted) {
    const plan = await planOf(server, one, options);
    const run = options.plan ? undefined : await deployOne(server, one, options);
    outcomes.push({ id: one.id, ...(plan ? { plan } : {}), ...(run ? { run } : {}) });
    if (!options.json) print(one.id, plan, run, options.plan === true);
  }
  if (options.json) console.log(JSON.stringify(outcomes, null, 2));
}

async function find(server: ServerClient, name: string, options: DeployOptions): Promise<Wanted> {
  const document = findDocument(name);
  if (document) refuseErrors(name, document, options);
  const id = document ? idFrom(document.name) : name;
  const there = await orUndefined(server.call<Pipeline>("GET", `/pipelines/${encodeURIComponent(id)}`));
  if (document || there) return { id, document, there };
  throw new UsageError(
    `There is no file, no template and on ${server.origin} no pipeline ${JSON.stringify(name)}. \`millrace templates\` and \`millrace list\` name what there is.`,
  );
}

function refuseErrors(name: string, document: PipelineDocument, { set }: DeployOptions): void {
  const problems = analyzeDocument(document, { set: Object.fromEntries(set ?? []) }).filter(({ severity }) => severity === "error");
  if (problems.length === 0) return;
  const lines = problems.map((problem) => `  ${problemLine(problem)}`);
  throw new UsageError(`${name} has errors; nothing was deployed:\n${lines.join("\n")}`);
}

function refuseTwice(names: readonly string[], wanted: readonly Wanted[]): void {
  for (const [i, { id }] of wanted.entries()) {
    const first = wanted.findIndex((other) => other.id === id);
    if (first < i)
      throw new UsageError(
        `${names[first]} and ${names[i]} are both pipeline ${JSON.stringify(id)}, by their names. Give one another name; nothing was deployed.`,
      );
  }
}

/** Undefined when there is no state to go on from, or none is wanted. */
async function planOf(server: ServerClient, { id, document, there }: Wanted, options: DeployOptions): Promise<RestorePlanView | undefined> {
  const from = fromOf(options);
  if (!there || from === "fresh") return undefined;
  const body = { ...(document ? { document } : {}), ...(from === "keep" ? {} : { from }), set: Object.fromEntries(options.set ?? []) };
  const plan = server.call<RestorePlanView>("POST", `/pipelines/${encodeURIComponent(id)}/restore-plan`, body);
  // A savepoint that is not there is refused; that nothing is saved yet is not.
  return from === "keep" ? orUndefined(plan) : plan;
}

async function deployOne(server: ServerClient, { id, document, there }: Wanted, options: DeployOptions): Promise<RunStatus> {
  const path = `/pipelines/${encodeURIComponent(id)}`;
  if (!there) await server.call("POST", "/pipelines", { document });
  else if (document && !isDeepStrictEqual(document, there.draft))
    await server.call("PUT", `${path}/draft`, { document, revision: there.revision });
  const body: Deploy = {
    from: fromOf(options),
    ...(options.force ? { force: true } : {}),
    ...(options.set ? { set: Object.fromEntries(options.set) } : {}),
    ...(options.connect ? { connect: Object.fromEntries(options.connect) } : {}),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  };
  const run = await orForce(server.call<RunStatus>("POST", `${path}/deploy`, body));
  return options.wait ? untilItHolds(server, run) : run;
}

function fromOf({ from }: DeployOptions): NonNullable<Deploy["from"]> {
  return from === "keep" || from === "fresh" ? from : { savepoint: from };
}

async function untilItHolds(server: ServerClient, deployed: RunStatus): Promise<RunStatus> {
  for (;;) {
    const run = await server.call<RunStatus>("GET", `/pipelines/${encodeURIComponent(deployed.pipelineId)}/run`);
    if (run.failure) throw new UsageError(failureLine(run));
    if (run.version !== deployed.version || run.state === "stopping" || run.state === "stopped")
      throw new UsageError(`${run.pipelineId}: somebody else stopped or deployed it meanwhile (version ${run.version}, ${run.state}).`);
    const held = run.lastCheckpoint !== undefined || Date.now() - (run.startedAt ?? Date.now()) >= HOLDS_AFTER_MS;
    if (run.state === "finished" || (run.state === "running" && held)) return run;
    await pause(LOOK_EVERY_MS);
  }
}

function print(id: string, plan: RestorePlanView | undefined, run: RunStatus | undefined, onlyPlan: boolean): void {
  // What came of a deploy is for pipes, how the state fits is for the person who looks on; a plan is asked for itself.
  const say = onlyPlan ? console.log : console.error;
  if (plan) say(`${id}: from ${plan.from.kind} ${plan.from.id} of version ${plan.from.version}`);
  else if (onlyPlan) say(`${id}: begins without state`);
  for (const { nodeId, state, how } of plan?.nodes ?? []) say(`${id}: node ${nodeId}: ${state}${how ? `: ${how.en}` : ""}`);
  if (run) console.log(`${id}: version ${run.version} is ${run.state}`);
}

async function orForce<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === "rows-double")
      throw new UsageError(`${error.message} (--force does it all the same.)`);
    throw error;
  }
}

async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
}
