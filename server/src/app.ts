/** The web application: routes over what it is handed; no port, no globals. `start-server.ts` puts it together for real. */
import { type AnalyzeOptions, outdatedFragments, type PipelineDocument, type Problem, type ReadResult } from "@millrace/engine/pipeline";
import express, { type Express, Router } from "express";
import { type ApplogDeps, applogRouter } from "./applog/routes.ts";
import { connectionsOf, type DimensionStores, type TableStores, type TopicLogs } from "./connections/open.ts";
import { type ConnectionDeps, connectionRoutes } from "./connections/routes.ts";
import type { ConnectionStore } from "./connections/store.ts";
import { deadLetterRoutes } from "./dead-letters/routes.ts";
import { designerPages } from "./designer/pages.ts";
import { dimensionRoutes } from "./dimensions/routes.ts";
import { nodeTypes } from "./documents.ts";
import { exampleRoutes } from "./examples/routes.ts";
import { type FragmentDeps, fragmentRoutes } from "./fragments/routes.ts";
import { type Credentials, createAccess } from "./http/access.ts";
import { docsPage } from "./http/docs-page.ts";
import { apiErrors, noSuchRoute } from "./http/errors.ts";
import { noStore, securityHeaders } from "./http/headers.ts";
import { openApi } from "./http/openapi.ts";
import { type Route, routerOf } from "./http/route.ts";
import { liveStream } from "./live/routes.ts";
import { createJobGraphs, type JobGraphDeps } from "./map/job-graphs.ts";
import { createMap } from "./map/map.ts";
import { mapRoutes } from "./map/routes.ts";
import { secondWriters } from "./map/second-writers.ts";
import { createStoreFigures } from "./map/store-figures.ts";
import { metricsText } from "./metrics/metrics.ts";
import { type PipelineRouteDeps, pipelineRoutes } from "./pipelines/routes.ts";
import type { PipelineStore } from "./pipelines/store.ts";
import { createPipelineViews } from "./pipelines/views.ts";
import type { PushTopics } from "./push/push-topic.ts";
import { pushRouter } from "./push/routes.ts";
import { runRoutes } from "./runs/routes.ts";
import type { RunHost } from "./runs/run-host.ts";
import type { RunLogs } from "./runs/run-logs.ts";
import type { RunsBeside } from "./runs/runs-beside.ts";
import type { Supervisor } from "./runs/supervisor.ts";
import { type TableRouteDeps, tableRoutes } from "./tables/routes.ts";
import { type Template, templateRoutes } from "./templates/routes.ts";
import { topicRoutes } from "./topics/routes.ts";
import { tryRoutes } from "./try/routes.ts";
import { type WarehouseTemplate, warehouseRoutes } from "./warehouses/routes.ts";

export interface AppDeps {
  readonly credentials: Credentials;
  /** Names by which the server may be called beside those of the loopback. */
  readonly allowedHosts: readonly string[];
  readonly pipelines: PipelineStore;
  readonly connections: ConnectionStore;
  readonly topics: TopicLogs;
  readonly dimensions: DimensionStores;
  readonly tables: TableStores;
  readonly clickHouse: TableRouteDeps["clickHouse"];
  /** Of a query of a person's over analytical tables. */
  readonly queryLimits: TableRouteDeps["limits"];
  readonly connectionKinds: ConnectionDeps["kinds"];
  readonly testConnection: ConnectionDeps["test"];
  readonly supervisor: Supervisor;
  readonly beside: RunsBeside;
  readonly host: RunHost;
  readonly logs: RunLogs;
  readonly templates: readonly Template[];
  readonly warehouses: readonly WarehouseTemplate[];
  readonly readDocument: (json: unknown) => ReadResult;
  readonly analyze: (document: PipelineDocument, options: AnalyzeOptions) => readonly Problem[];
  readonly isFragment: FragmentDeps["isFragment"];
  readonly changesOf: FragmentDeps["changesOf"];
  /** Nodes of a pipeline, those inside of fragments counted. */
  readonly mostNodes: number;
  readonly lineageOf: PipelineRouteDeps["lineageOf"];
  readonly graphOf: JobGraphDeps["graphOf"];
  /** Whether two documents do the same, however they are drawn. */
  readonly sameMeaning: (a: PipelineDocument, b: PipelineDocument) => boolean;
  readonly collector: ApplogDeps["collector"];
  /** Where the collector puts what is posted. */
  readonly collectedIn: { readonly topic: string; readonly connection: string | undefined };
  readonly pushTopics: PushTopics;
  /** Built designer. */
  readonly designerFolder: string;
  /** Of a post of records and of a request's body, after decompression. */
  readonly maxPostBytes: number;
  /** Of a source, to propose its schema. */
  readonly schemaRecords: number;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

export function createApp(deps: AppDeps): Express {
  const access = createAccess(deps.credentials, deps.allowedHosts);
  const routes = apiRoutes(deps);
  const { pipelines: store, supervisor, now } = deps;

  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);

  app.get("/health", noStore, (_request, response) => response.json({ status: "ok" }));
  app.get("/metrics", noStore, access.read, (_request, response) => {
    response.type("text/plain; version=0.0.4").send(metricsText(store, supervisor, deps.collector, now()));
  });
  app.use("/applog", noStore, applogRouter({ collector: deps.collector, maxPostBytes: deps.maxPostBytes, access: access.ingest }));
  app.use(
    "/in",
    noStore,
    pushRouter({ topics: deps.topics, pushTopics: deps.pushTopics, maxPostBytes: deps.maxPostBytes, access: access.ingest, now }),
  );

  const api = Router();
  api.get("/openapi.json", (_request, response) => response.json(openApi(routes)));
  api.get("/docs", (_request, response) => response.type("html").send(docsPage(routes)));
  api.get("/live", liveStream({ store, supervisor, now, log: deps.log }));
  api.use(routerOf(routes, { maxBodyBytes: deps.maxPostBytes, readDocument: deps.readDocument }));
  api.use(noSuchRoute);
  app.use("/api", noStore, access.api, api);

  app.use(access.page, designerPages(deps.designerFolder));
  app.use(noSuchRoute);
  app.use(apiErrors(deps.log));
  return app;
}

/** Every route of the REST API, as data. */
export function apiRoutes(deps: AppDeps): Route[] {
  const { pipelines: store, connections, supervisor, host, templates, analyze, topics, now } = deps;
  const jobs = createJobGraphs({ store, connections, graphOf: deps.graphOf });
  const newestOf = (fragment: string) => {
    const there = store.get(fragment);
    return there && deps.isFragment(there.draft) ? store.newestVersion(fragment)?.version : undefined;
  };
  const views = createPipelineViews(store, supervisor, analyze, deps.sameMeaning, deps.isFragment, (one) => [
    ...secondWriters(jobs.draft(one), jobs.all()),
    ...outdatedFragments(one.draft, newestOf),
  ]);
  const drawMap = createMap({
    jobs,
    supervisor,
    figures: createStoreFigures({
      openTopics: topics.open,
      openDimensions: deps.dimensions.open,
      openTables: (connection) =>
        connection === undefined && deps.clickHouse.state().state !== "there" ? undefined : deps.tables.open(connection),
    }),
    collected: () => ({ ...deps.collectedIn, records: deps.collector.counts().records }),
  });

  return [
    ...templateRoutes(templates),
    ...warehouseRoutes(deps.warehouses, { store, supervisor, now }),
    ...pipelineRoutes({
      store,
      views,
      supervisor,
      logs: deps.logs,
      templates,
      lineageOf: deps.lineageOf,
      pushTopics: deps.pushTopics,
      topics,
      now,
    }),
    ...exampleRoutes(nodeTypes),
    ...fragmentRoutes({
      store,
      analyze,
      isFragment: deps.isFragment,
      changesOf: deps.changesOf,
      sameMeaning: deps.sameMeaning,
      mostNodes: deps.mostNodes,
      now,
    }),
    ...runRoutes({ store, supervisor, host, logs: deps.logs, beside: deps.beside, now: deps.now }),
    ...deadLetterRoutes({ store, supervisor, host }),
    ...tryRoutes({
      schemaRecords: deps.schemaRecords,
      store,
      supervisor,
      host,
      connectionsOf: (document, { environment, connect }) => connectionsOf(connections, document, environment, connect),
    }),
    ...mapRoutes({ store, jobs, draw: drawMap, lineageOf: deps.lineageOf }),
    ...topicRoutes(topics.open, now),
    ...dimensionRoutes(deps.dimensions.open),
    ...tableRoutes({ open: deps.tables.open, clickHouse: deps.clickHouse, limits: deps.queryLimits, log: deps.log }),
    ...connectionRoutes({
      store: connections,
      kinds: deps.connectionKinds,
      test: deps.testConnection,
      changed: async (name) => {
        await topics.forget(name);
        await deps.dimensions.forget(name);
        await deps.tables.forget(name);
      },
      deployedWith: (environment) => store.list().flatMap((one) => (one.environment === environment ? [one.draft.name] : [])),
    }),
  ];
}
