/** The app on a port of its own, over stores in memory, for tests through HTTP. */
import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeType, TableStore } from "@millrace/engine/node";
import type { AnalyzeOptions, PipelineDocument, Problem } from "@millrace/engine/pipeline";
import { readDocument } from "@millrace/engine/pipeline";
import { type AppDeps, createApp } from "../app.ts";
import { createCollector } from "../applog/collector.ts";
import { connectionsOf, createDimensionStores, createTableStores, createTopicLogs } from "../connections/open.ts";
import { createConnectionStore } from "../connections/store.ts";
import { documentChanges, documentGraph, documentLineage, isFragmentDocument } from "../documents.ts";
import { openMetadata } from "../metadata/database.ts";
import { createSecretBox } from "../metadata/secrets.ts";
import { createPipelineStore } from "../pipelines/store.ts";
import { createPushTopics } from "../push/push-topic.ts";
import { openBuiltIn } from "../run-host/connections.ts";
import { systemClock } from "../runs/restarts.ts";
import { createRunLogs } from "../runs/run-logs.ts";
import { createRunsBeside } from "../runs/runs-beside.ts";
import { createSupervisor } from "../runs/supervisor.ts";
import { createMemoryHost, type MemoryHost } from "./memory-host.ts";
import { createMemoryTopics, type MemoryTopics } from "./memory-topics.ts";

export const TOKEN = "token-of-the-test";
export const INGEST_KEY = "ingest-key-of-the-test";
export const READ_KEY = "read-key-of-the-test";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Undefined when the answer is not JSON. */
  readonly json: Json;
}

/** Answers as tests look into them: any member, at any depth. */
interface Json {
  readonly [member: string]: Json;
}

export interface Served {
  readonly url: string;
  readonly host: MemoryHost;
  readonly topics: MemoryTopics;
  readonly deps: AppDeps;
  readonly dataFolder: string;
  readonly logged: string[];
  /** With the token, unless `headers` has an authorization of its own; a body that is no text or bytes goes as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Nothing added. */
  raw(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string | Buffer): Promise<Answer>;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly problems?: (document: PipelineDocument, options: AnalyzeOptions) => readonly Problem[];
  readonly nodeTypes?: ReadonlyMap<string, NodeType>;
  readonly now?: () => number;
  /** What every connection of role "table" leads to. */
  readonly tableStore?: TableStore;
  readonly clickHouse?: AppDeps["clickHouse"];
}

const ABSENT: AppDeps["clickHouse"] = {
  state: () => ({ state: "absent", version: "3.4.0", doneBytes: 0, totalBytes: 178_000_000, folder: "/cache/chdb" }),
  fetch: async () => undefined,
};

export async function serve({
  problems = () => [],
  nodeTypes = new Map(),
  now = Date.now,
  tableStore = {} as TableStore,
  clickHouse = ABSENT,
}: ServeOptions = {}): Promise<Served> {
  const dataFolder = mkdtempSync(join(tmpdir(), "millrace 测试-"));
  const database = openMetadata(":memory:");
  const host = createMemoryHost(now);
  const topics = createMemoryTopics();
  const logged: string[] = [];
  const log = (line: string) => void logged.push(line);
  const logs = createRunLogs({ now, lines: 100 });
  const pipelines = createPipelineStore(database);
  const connections = createConnectionStore(database, createSecretBox(join(dataFolder, "secret.key"), undefined));
  const topicLogs = createTopicLogs(connections, async () => topics);
  const dimensions = createDimensionStores(connections, (config) => openBuiltIn(dataFolder, config));
  const clock = { ...systemClock, now };
  const beside = createRunsBeside(clock);
  const tables = createTableStores(connections, async () => tableStore);
  const supervisor = createSupervisor({
    store: pipelines,
    host,
    beside,
    analyze: problems,
    connectionsOf: (document, { environment, connect }) => connectionsOf(connections, document, environment, connect),
    claimRun: () => ({ release: () => undefined }),
    clock,
    restarts: { firstPauseMs: 1_000, longestPauseMs: 60_000, healthyAfterMs: 60_000 },
    log: (line, id) => logs.add(id, line),
  });
  const collector = createCollector({ topic: "ods_base_log", openTopics: () => topicLogs.open(undefined), dataFolder, now });
  const deps: AppDeps = {
    credentials: { token: TOKEN, ingestKey: INGEST_KEY, readKey: READ_KEY },
    allowedHosts: [],
    pipelines,
    connections,
    topics: topicLogs,
    dimensions,
    tables,
    clickHouse,
    queryLimits: { rows: 100, timeoutMs: 5_000 },
    connectionKinds: KINDS,
    testConnection: async ({ settings }) => [{ what: STEP, ok: true, detail: { en: `with ${Object.keys(settings)}`, zh: "" } }],
    supervisor,
    beside,
    host,
    logs,
    templates: [TEMPLATE],
    warehouses: [WAREHOUSE],
    readDocument,
    analyze: problems,
    isFragment: isFragmentDocument,
    changesOf: documentChanges,
    mostNodes: 1_000,
    lineageOf: documentLineage,
    graphOf: documentGraph,
    sameMeaning: (a, b) => JSON.stringify({ ...a, layout: 0 }) === JSON.stringify({ ...b, layout: 0 }),
    collector,
    collectedIn: { topic: "ods_base_log", connection: undefined },
    pushTopics: createPushTopics(pipelines, nodeTypes),
    designerFolder: join(dataFolder, "dist"),
    maxPostBytes: 1_000_000,
    schemaRecords: 500,
    now,
    log,
  };
  const server = createApp(deps).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;

  const raw: Served["raw"] = (method, path, headers = {}, body) => send(port, method, path, headers, body);
  return {
    url: `http://127.0.0.1:${port}`,
    host,
    topics,
    deps,
    dataFolder,
    logged,
    raw,
    call(method, path, body, headers = {}) {
      const asIs = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
      const type = asIs ? {} : { "content-type": "application/json" };
      return raw(method, path, { authorization: `Bearer ${TOKEN}`, ...type, ...headers }, asIs ? body : JSON.stringify(body));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await supervisor.close();
      await collector.close();
      await dimensions.close();
      database.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const isJson = response.headers["content-type"]?.includes("json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: (isJson ? JSON.parse(text) : undefined) as Json,
        });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export function documentOf(name: string, nodes: PipelineDocument["nodes"] = {}): PipelineDocument {
  return { formatVersion: 1, name, nodes, edges: [] };
}

/** One with a secret, a choice and a number, and one with a folder. */
const KINDS: AppDeps["connectionKinds"] = [
  {
    kind: "built-in",
    role: "topic",
    ...describedAs("Topics"),
    settings: [
      { name: "address", type: "text", ...describedAs("Address") },
      { name: "password", type: "secret", ...describedAs("Password") },
      {
        name: "login",
        type: "choice",
        options: ["none", "plain"].map((value) => ({ value, title: describedAs(value).title })),
        ...describedAs("Login"),
      },
      { name: "timeout", type: "number", ...describedAs("Timeout") },
    ],
  },
  { kind: "built-in", role: "files", ...describedAs("Files"), settings: [{ name: "root", type: "folder", ...describedAs("Folder") }] },
];
const STEP = { en: "Look", zh: "查看" };

function describedAs(text: string) {
  return { title: { en: text, zh: text }, description: { en: text, zh: text } };
}

const TEMPLATE = {
  name: "base-log-app",
  title: { en: "BaseLogApp", zh: "日志分流" },
  description: { en: "Splits app logs.", zh: "拆分日志。" },
  keywords: ["gmall"],
  document: documentOf("BaseLogApp", { logs: { type: "topic-source", name: "Logs", params: {} } }),
  readme: { en: "# BaseLogApp", zh: "# 日志分流" },
};

const WAREHOUSE = {
  name: "logs",
  title: { en: "Logs", zh: "日志" },
  description: { en: "All there is.", zh: "全部作业。" },
  keywords: ["gmall"],
  jobs: [{ name: "base-log-app", document: TEMPLATE.document }],
};
