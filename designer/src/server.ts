/** The one file that calls the server: REST of `server/src/api.ts` and the live stream. Failures are `ServerError`s with words to show. */
import type { Words } from "@millrace/engine/node";
import type { PipelineDocument, Problem } from "@millrace/engine/pipeline";
import type {
  AnalyticalTableView,
  ApiError,
  AppendedRecords,
  ClickHouseState,
  Connection,
  ConnectionTest,
  CreateFragment,
  CreatePipeline,
  DeadLetterPage,
  Deploy,
  DimensionPage,
  DimensionTable,
  Environment,
  Fragment,
  Fragments,
  FragmentUser,
  LineageAcross,
  LiveFrame,
  LogPage,
  NewRecords,
  NodeExample,
  Pipeline,
  PipelineSummary,
  QueryResultView,
  RecordPage,
  RestorePlanView,
  RunStatus,
  Sample,
  SavedDraft,
  SavedFragment,
  SavedStateView,
  SchemaProposal,
  TableDescriptionView,
  Template,
  TemplateSummary,
  TestedConnection,
  TopicSummary,
  TryRequest,
  TryResult,
  VersionSummary,
  WarehouseMap,
  WarehouseStart,
  WarehouseSummary,
} from "@millrace/server/api";

/** A call that did not succeed. `status` 0: the server could not be reached. */
export class ServerError extends Error {
  readonly status: number;
  readonly code: string;
  readonly words: Words;
  /** What is wrong with the document, when that is the reason. */
  readonly problems: readonly Problem[];
  constructor(status: number, code: string, words: Words, problems: readonly Problem[] = []) {
    super(words.en);
    this.name = "ServerError";
    this.status = status;
    this.code = code;
    this.words = words;
    this.problems = problems;
  }
}

export interface DeadLetterQuery {
  readonly node?: string;
  /** The `next` of the page before. */
  readonly before?: string;
  readonly limit?: number;
  readonly search?: string;
}

export interface RecordQuery {
  readonly connection?: string;
  readonly partition?: number;
  readonly from?: "earliest" | "latest" | "offset" | "time";
  readonly offset?: number;
  /** Epoch ms, with `from: "time"`. */
  readonly time?: number;
  readonly search?: string;
  readonly limit?: number;
}

export interface DimensionQuery {
  readonly connection?: string | undefined;
  readonly prefix?: string | undefined;
  readonly after?: string | undefined;
}

export interface StartOptions {
  /** "savepoint": the newest state. */
  readonly from: "savepoint" | "fresh" | { readonly savepoint: string };
  /** Although rows written since are visible and come twice. */
  readonly force?: boolean;
}

export interface NewTopic {
  readonly name: string;
  readonly connection?: string;
  readonly partitions?: number;
  readonly retentionMs?: number;
  readonly retentionBytes?: number;
}

/** Every call takes a signal last, so that a component that goes can let go. */
export const server = {
  templates: (signal?: AbortSignal) => get<TemplateSummary[]>("/templates", {}, signal),
  template: (name: string, signal?: AbortSignal) => get<Template>(`/templates/${part(name)}`, {}, signal),

  /** Plays it. */
  nodeExample: (type: string) => get<NodeExample>(`/node-types/${part(type)}/example`, {}, undefined),

  pipelines: (signal?: AbortSignal) => get<PipelineSummary[]>("/pipelines", {}, signal),
  createPipeline: (body: CreatePipeline) => send<Pipeline>("POST", "/pipelines", body),
  pipeline: (id: string, signal?: AbortSignal) => get<Pipeline>(`/pipelines/${part(id)}`, {}, signal),
  /** Fails with status 409 when `revision` is not the latest. */
  saveDraft: (id: string, document: PipelineDocument, revision: number) =>
    send<SavedDraft>("PUT", `/pipelines/${part(id)}/draft`, { document, revision }),
  deletePipeline: (id: string) => send<void>("DELETE", `/pipelines/${part(id)}`),
  /** Fails with status 422 and `problems` when the draft has errors. */
  deploy: (id: string, body: Deploy = {}) => send<RunStatus>("POST", `/pipelines/${part(id)}/deploy`, body),
  stop: (id: string, savepoint: boolean) => send<RunStatus>("POST", `/pipelines/${part(id)}/stop`, { savepoint }),
  start: (id: string, body: StartOptions) => send<RunStatus>("POST", `/pipelines/${part(id)}/start`, body),
  run: (id: string, signal?: AbortSignal) => get<RunStatus>(`/pipelines/${part(id)}/run`, {}, signal),
  versions: (id: string, signal?: AbortSignal) => get<VersionSummary[]>(`/pipelines/${part(id)}/versions`, {}, signal),
  version: (id: string, version: number, signal?: AbortSignal) =>
    get<{ document: PipelineDocument }>(`/pipelines/${part(id)}/versions/${version}`, {}, signal),

  fragments: (signal?: AbortSignal) => get<Fragments>("/fragments", {}, signal),
  /** Fails with status 422 when it has errors or no ports. */
  createFragment: (body: CreateFragment) => send<Fragment>("POST", "/fragments", body),
  /** What its draft would change for each user; with `version` what that version would. */
  fragmentUsers: (id: string, version?: number, signal?: AbortSignal) =>
    get<FragmentUser[]>(`/fragments/${part(id)}/users`, { version }, signal),
  /** A version of the draft. */
  saveFragment: (id: string, revision: number) => send<SavedFragment>("POST", `/fragments/${part(id)}/versions`, { revision }),

  /** The last lines logged about its runs, or those after `after` (the `next` of the page before). */
  logs: (id: string, after?: number, signal?: AbortSignal) => get<LogPage>(`/pipelines/${part(id)}/logs`, { after }, signal),

  /** What a run can go on from, newest first: savepoints and the checkpoints that are kept. */
  savedStates: (id: string, signal?: AbortSignal) => get<SavedStateView[]>(`/pipelines/${part(id)}/savepoints`, {}, signal),
  /** While the run goes on. */
  makeSavepoint: (id: string) => send<SavedStateView>("POST", `/pipelines/${part(id)}/savepoints`),
  deleteSavepoint: (id: string, savepoint: string) => send<void>("DELETE", `/pipelines/${part(id)}/savepoints/${part(savepoint)}`),
  /** What would become of each node's state if the document went on from there; fails with status 404 when nothing is saved. */
  restorePlan: (id: string, body: { document: PipelineDocument; from?: { savepoint: string } }, signal?: AbortSignal) =>
    send<RestorePlanView>("POST", `/pipelines/${part(id)}/restore-plan`, body, signal),

  /** Retained samples of an edge ("a.out->b.in") or a port ("a.out"), latest last. */
  samples: (id: string, edge: string, signal?: AbortSignal) => get<Sample[]>(`/pipelines/${part(id)}/samples`, { edge }, signal),
  deadLetters: (id: string, query: DeadLetterQuery = {}, signal?: AbortSignal) =>
    get<DeadLetterPage>(`/pipelines/${part(id)}/dead-letters`, { ...query }, signal),
  /** `text` repairs a single letter. */
  replayDeadLetters: (id: string, ids: readonly string[], text?: string) =>
    send<{ replayed: number }>("POST", `/pipelines/${part(id)}/dead-letters/replay`, text === undefined ? { ids } : { ids, text }),

  /** Plays a document over records with sinks off. */
  tryDocument: (body: TryRequest, signal?: AbortSignal) => send<TryResult>("POST", "/try", body, signal),
  /** Looks at the newest records of the source, or at those that the pipeline's run keeps. */
  proposeSchema: (body: { document: PipelineDocument; node: string; pipelineId?: string }, signal?: AbortSignal) =>
    send<SchemaProposal>("POST", "/propose-schema", body, signal),

  dimensions: (connection?: string, signal?: AbortSignal) => get<DimensionTable[]>("/dimensions", { connection }, signal),
  /** In the order of their keys; `after` is the `next` of the page before. */
  dimensionRows: (table: string, range: DimensionQuery = {}, signal?: AbortSignal) =>
    get<DimensionPage>(`/dimensions/${part(table)}/rows`, { ...range }, signal),

  lineageAcross: (id: string, place: { port: string; field: string }, signal?: AbortSignal) =>
    get<LineageAcross>(`/pipelines/${part(id)}/lineage/across`, place, signal),
  warehouses: (signal?: AbortSignal) => get<WarehouseSummary[]>("/warehouses", {}, signal),
  startWarehouse: (name: string) => send<WarehouseStart>("POST", `/warehouses/${part(name)}/start`),
  map: (signal?: AbortSignal) => get<WarehouseMap>("/map", {}, signal),
  /** How far the built-in ClickHouse is. */
  clickHouse: (signal?: AbortSignal) => get<ClickHouseState>("/clickhouse", {}, signal),
  fetchClickHouse: () => send<ClickHouseState>("POST", "/clickhouse/fetch"),
  tables: (connection?: string, signal?: AbortSignal) => get<AnalyticalTableView[]>("/tables", { connection }, signal),
  table: (name: string, connection?: string, signal?: AbortSignal) =>
    get<TableDescriptionView>(`/tables/${part(name)}`, { connection }, signal),
  /** One statement that reads. */
  queryTables: (body: { sql: string; connection?: string | undefined }, signal?: AbortSignal) =>
    send<QueryResultView>("POST", "/tables/query", body, signal),

  topics: (connection?: string, signal?: AbortSignal) => get<TopicSummary[]>("/topics", { connection }, signal),
  createTopic: (body: NewTopic) => send<TopicSummary>("POST", "/topics", body),
  deleteTopic: (topic: string, connection?: string) => send<void>("DELETE", `/topics/${part(topic)}${query({ connection })}`),
  appendRecords: (topic: string, body: NewRecords) => send<AppendedRecords>("POST", `/topics/${part(topic)}/records`, body),
  topicRecords: (topic: string, search: RecordQuery = {}, signal?: AbortSignal) =>
    get<RecordPage>(`/topics/${part(topic)}/records`, { ...search }, signal),

  connections: (signal?: AbortSignal) => get<Connection[]>("/connections", {}, signal),
  saveConnection: ({ name, ...body }: Connection) => send<Connection>("PUT", `/connections/${part(name)}`, body),
  deleteConnection: (name: string) => send<void>("DELETE", `/connections/${part(name)}`),
  /** Tries settings, saved or not; with a name, the stored secrets of that connection stand in for hidden ones. */
  testConnection: (settings: TestedConnection) => send<ConnectionTest>("POST", "/connections/test", settings),
  environments: (signal?: AbortSignal) => get<Environment[]>("/environments", {}, signal),
  saveEnvironment: ({ name, ...body }: Environment) => send<Environment>("PUT", `/environments/${part(name)}`, body),
  deleteEnvironment: (name: string) => send<void>("DELETE", `/environments/${part(name)}`),
};

export interface LiveListener {
  readonly onFrame: (frame: LiveFrame) => void;
  /** False: the connection is gone; it is tried again until `close`. */
  readonly onConnected: (connected: boolean) => void;
}

/** Opens the live stream of a pipeline, with samples of `edges`. The answer closes it. */
export function openLiveStream(pipelineId: string, edges: readonly string[], listener: LiveListener): () => void {
  const source = new EventSource(`${BASE}/live${query({ pipeline: pipelineId, edges: edges.length > 0 ? edges.join(",") : undefined })}`);
  source.addEventListener("live", (event: MessageEvent<string>) => listener.onFrame(JSON.parse(event.data) as LiveFrame));
  source.addEventListener("open", () => listener.onConnected(true));
  let again: ReturnType<typeof setTimeout> | undefined;
  let reopened: (() => void) | undefined;
  source.addEventListener("error", () => {
    listener.onConnected(false);
    // The browser tries again by itself unless the answer was no stream at all (the server is starting, or gone).
    if (source.readyState !== EventSource.CLOSED || again !== undefined) return;
    again = setTimeout(() => {
      reopened = openLiveStream(pipelineId, edges, listener);
    }, RETRY_MS);
  });
  return () => {
    clearTimeout(again);
    source.close();
    reopened?.();
  };
}

const BASE = "/api";
const RETRY_MS = 2_000;

type Query = Readonly<Record<string, string | number | undefined>>;

function part(text: string): string {
  return encodeURIComponent(text);
}

function query(values: Query): string {
  const given = Object.entries(values).filter((entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function get<T>(path: string, values: Query, signal: AbortSignal | undefined): Promise<T> {
  return call<T>(`${path}${query(values)}`, signal ? { signal } : {});
}

function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return call<T>(path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    ...(signal ? { signal } : {}),
  });
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await reach(path, init);
  if (!response.ok) throw await failure(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(BASE + path, { ...init, credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ServerError(0, "unreachable", {
      en: "The server does not answer. Is it running? What you draw is kept in this browser until it does.",
      zh: "服务器没有响应。它在运行吗？在恢复之前，你的修改会保存在此浏览器中。",
    });
  }
}

async function failure(response: Response): Promise<ServerError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isApiError(body)) {
    const { code, message, problems } = body.error;
    return new ServerError(response.status, code, message, (problems ?? []) as Problem[]);
  }
  const text = `${response.status} ${response.statusText}`.trim();
  return new ServerError(response.status, "unexpected", {
    en: `The server answered ${text} without saying why. Its log may tell.`,
    zh: `服务器返回 ${text}，但没有说明原因。请查看服务器日志。`,
  });
}

function isApiError(body: unknown): body is ApiError {
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}
