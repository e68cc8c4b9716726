/** Puts the server together: stores in the data folder, the run host, the app on its port. What the app does with them is in `app.ts`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { AnalyzeOptions, PipelineDocument } from "@millrace/engine/pipeline";
import { chdbState, fetchChdb, testConnection } from "@millrace/nodes/connections";
import { connectionKinds } from "@millrace/nodes/specs";
import { templates } from "@millrace/templates";
import { warehouses } from "@millrace/templates/warehouses";
import { createApp } from "./app.ts";
import { createCollector, TOPIC_OF_APP_LOGS } from "./applog/collector.ts";
import { connectionsOf, createDimensionStores, createTableStores, createTopicLogs } from "./connections/open.ts";
import { createConnectionStore } from "./connections/store.ts";
import { claimDataFolder, openCredentials, openDataFolder } from "./data-folder.ts";
import { bringUpToDate } from "./data-format.ts";
import {
  analyzeDocument,
  documentChanges,
  documentGraph,
  documentLineage,
  isFragmentDocument,
  nodeTypes,
  readPipeline,
} from "./documents.ts";
import { listen } from "./listen.ts";
import { openMetadata } from "./metadata/database.ts";
import { createSecretBox } from "./metadata/secrets.ts";
import { createPipelineStore } from "./pipelines/store.ts";
import { createPushTopics } from "./push/push-topic.ts";
import { openBuiltIn } from "./run-host/connections.ts";
import { createRunHost } from "./run-host/index.ts";
import { claimRun } from "./runs/claim-run.ts";
import { systemClock } from "./runs/restarts.ts";
import { createRunLogs } from "./runs/run-logs.ts";
import { createRunsBeside } from "./runs/runs-beside.ts";
import { createSupervisor } from "./runs/supervisor.ts";
import { loadSettings, runLimits } from "./settings.ts";
import { type StartWarehouseDeps, startWarehouse } from "./warehouses/start.ts";

export interface ServerOptions {
  readonly dataFolder: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Connection whose topic takes posted app logs; left out: the built-in one. */
  readonly applogConnection?: string | undefined;
  /** Left out: what the settings say. */
  readonly maxPostBytes?: number | undefined;
  /** Settings of this process, before those of the data folder. */
  readonly settings?: ReadonlyMap<string, string> | undefined;
  /** The first start brings nothing along. */
  readonly isEmpty?: boolean | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

export interface RunningServer {
  readonly origin: string;
  /** The origin with the token: what people open. */
  readonly address: string;
  /** Settles when what should run, runs (or has failed and waits for another try). */
  readonly resumed: Promise<void>;
  close(): Promise<void>;
}

/** Shown on the first start of an empty data folder. */
const FIRST_WAREHOUSE = "gmall-warehouse";

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { environment, log } = options;
  const now = Date.now;
  const dataFolder = openDataFolder(options.dataFolder);
  await bringUpToDate(dataFolder, log);
  const settings = loadSettings(dataFolder, options.settings);
  const claim = claimDataFolder(dataFolder);
  const closing: (() => unknown)[] = [() => claim.release()];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };

  try {
    const credentials = openCredentials(dataFolder, environment);
    const metadataFile = join(dataFolder, "metadata.db");
    const isFirstStart = !existsSync(metadataFile);
    const database = openMetadata(metadataFile);
    closing.push(() => database.close());
    const pipelines = createPipelineStore(database);
    const connections = createConnectionStore(database, createSecretBox(`${dataFolder}.key`, environment.MILLRACE_SECRET_KEY));
    const topics = createTopicLogs(connections, (config) => openBuiltIn(dataFolder, config));
    closing.push(() => topics.close());
    const dimensions = createDimensionStores(connections, (config) => openBuiltIn(dataFolder, config));
    closing.push(() => dimensions.close());
    const tables = createTableStores(connections, (config) => openBuiltIn(dataFolder, config));
    closing.push(() => tables.close());

    const logs = createRunLogs({ now, lines: settings["logs.lines"] });
    const logAbout = (line: string, pipelineId: string) => {
      logs.add(pipelineId, line);
      log(`${pipelineId}: ${line}`);
    };
    const host = await createRunHost({
      dataFolder,
      log: (line, about) => (about === undefined ? log(line) : logAbout(line, about)),
      limits: runLimits(settings),
    });
    const mostNodes = settings["fragments.nodes"];
    const analyze = (document: PipelineDocument, about: AnalyzeOptions) => analyzeDocument(document, { mostNodes, ...about });
    const beside = createRunsBeside(systemClock);
    const supervisor = createSupervisor({
      store: pipelines,
      host,
      beside,
      analyze,
      connectionsOf: (document, { environment: name, connect }) => connectionsOf(connections, document, name, connect),
      claimRun: (id) => claimRun(dataFolder, id),
      clock: systemClock,
      restarts: {
        firstPauseMs: settings["restarts.first-pause"],
        longestPauseMs: settings["restarts.longest-pause"],
        healthyAfterMs: settings["restarts.healthy-after"],
      },
      log: logAbout,
    });
    closing.push(() => supervisor.close());
    const collector = createCollector({
      topic: TOPIC_OF_APP_LOGS,
      openTopics: () => topics.open(options.applogConnection),
      dataFolder,
      now,
    });
    closing.push(() => collector.close());

    const app = createApp({
      credentials,
      allowedHosts: options.allowedHosts,
      pipelines,
      connections,
      topics,
      dimensions,
      tables,
      clickHouse: { state: chdbState, fetch: fetchChdb },
      queryLimits: { rows: settings["queries.rows"], timeoutMs: settings["queries.timeout"] },
      connectionKinds,
      testConnection: (config) => testConnection(config, { dataFolder, now }),
      supervisor,
      beside,
      host,
      logs,
      templates,
      warehouses,
      readDocument: readPipeline,
      analyze,
      isFragment: isFragmentDocument,
      changesOf: (document, fragment, next) => documentChanges(document, fragment, next, { mostNodes }),
      mostNodes,
      lineageOf: (document, port, field, about) => documentLineage(document, port, field, { mostNodes, ...about }),
      graphOf: (document, about) => documentGraph(document, { mostNodes, ...about }),
      sameMeaning,
      collector,
      collectedIn: { topic: TOPIC_OF_APP_LOGS, connection: options.applogConnection },
      pushTopics: createPushTopics(pipelines, nodeTypes),
      designerFolder: fileURLToPath(new URL("../../designer/dist", import.meta.url)),
      maxPostBytes: options.maxPostBytes ?? settings["posts.size"],
      schemaRecords: settings["schemas.records"],
      now,
      log,
    });
    const listening = await listen(app, options.host, options.port);
    closing.push(() => listening.close());
    claim.announce(listening.origin);

    const resumed = isFirstStart && options.isEmpty !== true ? showFirst({ store: pipelines, supervisor, now }) : supervisor.resume();
    return { origin: listening.origin, address: `${listening.origin}/?token=${credentials.token}`, resumed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function showFirst(deps: StartWarehouseDeps): Promise<void> {
  const warehouse = warehouses.find(({ name }) => name === FIRST_WAREHOUSE);
  if (!warehouse) throw new Error(`there is no warehouse ${FIRST_WAREHOUSE} to begin with`);
  const failed = (await startWarehouse(warehouse.jobs, deps)).flatMap(({ id, failure }) => (failure ? [`${id}: ${failure.en}`] : []));
  if (failed.length > 0) throw new Error(failed.join("\n"));
}

/** Where things are drawn is no change of the pipeline. */
function sameMeaning({ layout: _a, ...a }: PipelineDocument, { layout: _b, ...b }: PipelineDocument): boolean {
  return isDeepStrictEqual(a, b);
}
