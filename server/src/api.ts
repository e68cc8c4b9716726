/**
 * The REST API as zod schemas: the server checks requests with them, OpenAPI is generated from them, the designer imports their
 * types (types only). All routes under /api want the token (`Authorization: Bearer`, or the cookie that the printed address sets).
 *
 * | route | body or query → answer |
 * | --- | --- |
 * | GET /api/templates | → templateSummary[] |
 * | GET /api/templates/:name | → template |
 * | GET /api/node-types/:type/example | → nodeExample: what a node does, played now, step by step |
 * | GET /api/warehouses | → warehouseSummary[] |
 * | POST /api/warehouses/:name/start | → warehouseStart |
 * | GET /api/pipelines | → pipelineSummary[] |
 * | POST /api/pipelines | createPipeline → pipeline (201) |
 * | GET /api/pipelines/:id | → pipeline |
 * | PUT /api/pipelines/:id/draft | saveDraft → savedDraft; 409 when `revision` is not the latest |
 * | DELETE /api/pipelines/:id | → 204 (stops its run first) |
 * | POST /api/pipelines/:id/deploy | deploy → runStatus; 422 with problems when the draft has errors |
 * | POST /api/pipelines/:id/stop | stop → runStatus |
 * | POST /api/pipelines/:id/start | start → runStatus (the deployed version again) |
 * | GET /api/pipelines/:id/run | → runStatus |
 * | GET /api/pipelines/:id/nodes | → runNodes: what the live stream tells of each node, once: rows, drops by condition, last record and watermark by input and partition, what is open or waits |
 * | GET /api/pipelines/:id/logs?after&limit | → logPage |
 * | GET /api/pipelines/:id/savepoints | → savedState[] (newest first) |
 * | POST /api/pipelines/:id/savepoints | → savedState (201); the run goes on |
 * | DELETE /api/pipelines/:id/savepoints/:savepoint | → 204 |
 * | POST /api/pipelines/:id/restore-plan | planRestore → restorePlan: what would become of each node's state if the draft went on from there |
 * | GET /api/pipelines/:id/versions | → versionSummary[] |
 * | GET /api/pipelines/:id/versions/:version | → { document } |
 * | GET /api/fragments | → fragments: the pipelines that are fragments, with their newest versions |
 * | POST /api/fragments | createFragment → fragment (201), with a first version |
 * | POST /api/fragments/:id/versions | { revision } → savedFragment: the draft as a new version, and what that means for its users |
 * | GET /api/fragments/:id/users?version | → fragmentUser[]: what the draft, or a version, would change for each |
 * | GET /api/pipelines/:id/lineage?port=a.out&field=page.page_id&version | → lineage: where the field comes from and what becomes of it, in the draft or a version |
 * | GET /api/pipelines/:id/lineage/across?port&field | → lineageAcross: the same over all pipelines, through the topics and tables between them |
 * | GET /api/pipelines/:id/samples?edge=a.out->b.in | → sample[] (latest last); `edge=a.dropped`: rows that ended at a node, with the reason |
 * | GET /api/pipelines/:id/dead-letters?node&before&limit&search | → deadLetterPage |
 * | POST /api/pipelines/:id/dead-letters/replay | replay → { replayed } |
 * | GET /api/live?pipeline=ID&edges=a.out->b.in,… | server-sent events: `live` with liveFrame every 250 ms |
 * | POST /api/try | tryRequest → tryResult |
 * | POST /api/propose-schema | proposeSchemaRequest → schemaProposal |
 * | GET /api/map | → warehouseMap: pipelines joined by the topics, tables and files that they read and write |
 * | GET /api/topics?connection=NAME | → topicSummary[] |
 * | POST /api/topics | createTopic → topicSummary (201) |
 * | DELETE /api/topics/:topic?connection | → 204 |
 * | GET /api/topics/:topic/records?connection&partition&from&offset&time&search&limit | → recordPage |
 * | POST /api/topics/:topic/records | newRecords → appendedRecords (201): durable when it answers |
 * | GET /api/connections, PUT/DELETE /api/connections/:name | connection |
 * | POST /api/connections/:name/test | → connectionTest |
 * | POST /api/connections/test | testedConnection, as it would be saved → connectionTest |
 * | GET /api/environments, PUT/DELETE /api/environments/:name | environment |
 * | GET /api/openapi.json | OpenAPI 3.1 |
 *
 * Errors are `apiError` with a fitting status.
 */
import { ROLE_NAMES } from "@millrace/engine/node";
import { ID, pipelineDocument } from "@millrace/engine/pipeline";
import { z } from "zod";

const words = z.object({ en: z.string(), zh: z.string() });

const expected =
  (values: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    `expected ${values}, got ${JSON.stringify(input)?.slice(0, 100) ?? "nothing"}`;

export const problem = z.object({
  code: z.string(),
  args: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  severity: z.enum(["error", "warning"]),
  nodeId: z.string().optional(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  inner: z.object({ node: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }).optional(),
  range: z.object({ start: z.number(), end: z.number() }).optional(),
  fix: z.object({ replace: z.string() }).optional(),
});

export const apiError = z.object({
  /** A stable code ("not-found", "stale-revision", "problems" …; "rows-double": `force` would start it all the same), words, and for "problems" the list. */
  error: z.object({ code: z.string(), message: words, problems: z.array(problem).optional() }),
});

export const templateSummary = z.object({
  name: z.string(),
  title: words,
  description: words,
  keywords: z.array(z.string()),
  nodes: z.number(),
  edges: z.number(),
});
export const template = templateSummary.extend({ document: pipelineDocument, readme: words });

/** Templates that belong together; `jobs` are their names in the order in which they start. */
export const warehouseSummary = z.object({
  name: z.string(),
  title: words,
  description: words,
  keywords: z.array(z.string()),
  jobs: z.array(z.string()),
});
/** Its jobs as pipelines; with a failure: it is there and does not run. */
export const warehouseStart = z.array(z.object({ id: z.string(), template: z.string(), failure: words.optional() }));

const exampleRow = z.object({ port: z.string(), time: z.number().nullable(), text: z.string() });
export const nodeExample = z.object({
  name: z.string(),
  params: z.record(z.string(), z.unknown()),
  steps: z.array(
    z.object({
      in: z.array(exampleRow),
      watermarks: z.array(z.object({ port: z.string(), time: z.union([z.number(), z.literal("max")]) })),
      clock: z.number().optional(),
      ends: z.boolean(),
      restarts: z.boolean(),
      /** "error" among the ports; "written": what a sink wrote. */
      out: z.array(exampleRow),
    }),
  ),
});

export const runState = z.enum(["starting", "running", "stopping", "stopped", "finished", "failed", "restarting"]);

export const runStatus = z.object({
  pipelineId: z.string(),
  runId: z.string().optional(),
  /** Version of the document that the run executes. */
  version: z.number().optional(),
  /** With which it was deployed; missing: every alias means what is built in. */
  environment: z.string().optional(),
  state: runState,
  /** Why it failed or restarts, with the node where known. */
  failure: z
    .object({
      message: words,
      nodeId: z.string().optional(),
      at: z.number(),
      /** Trying again cannot help. */
      permanent: z.boolean().optional(),
    })
    .optional(),
  /** While it is "restarting": when it is tried again, and for the how many-eth time since it last was healthy. */
  restart: z.object({ at: z.number(), attempt: z.number() }).optional(),
  startedAt: z.number().optional(),
  lastCheckpoint: z.object({ id: z.number(), at: z.number(), bytes: z.number(), tookMs: z.number() }).optional(),
  /** A savepoint from which `start` can go on. */
  savepoint: z.boolean(),
  deadLetters: z.number(),
  /** Id of the process beside this server that runs it (`millrace run`). */
  process: z.number().optional(),
});

export const pipelineSummary = z.object({
  id: z.string(),
  name: z.string(),
  title: words.optional(),
  template: z.string().optional(),
  updatedAt: z.number(),
  /** The draft differs from the deployed version. */
  changed: z.boolean(),
  /** It has ports, so that it is used by others and not run. */
  fragment: z.literal(true).optional(),
  /** Connection aliases of the draft and of the fragments it carries, with their roles. */
  connections: pipelineDocument.shape.connections,
  run: runStatus.optional(),
});

export const pipeline = pipelineSummary.extend({
  draft: pipelineDocument,
  revision: z.number(),
  problems: z.array(problem),
  /** Problems that the document alone does not have: another pipeline writes the same topic. */
  elsewhere: z.array(problem),
  live: z.object({ version: z.number(), document: pipelineDocument, deployedAt: z.number() }).optional(),
});

export const createPipeline = z.strictObject({
  document: pipelineDocument.optional(),
  template: z.string().optional(),
  name: z.string().min(1).max(200).optional(),
});
export const saveDraft = z.strictObject({ document: pipelineDocument, revision: z.number() });
export const savedDraft = z.object({ revision: z.number(), problems: z.array(problem), elsewhere: z.array(problem), changed: z.boolean() });
const ofSavepoint = z.strictObject({ savepoint: z.string().min(1) });
const force = z.boolean().describe("Go on from an older state although rows written since are visible and will come twice");
/**
 * `keep`: stop with savepoint and go on from it, state matched by node id (default when it runs). `fresh`: without state, sources at their start. With a savepoint's id: stop with
 * savepoint, and go on from that one.
 */
export const deploy = z.strictObject({
  from: z.union([z.enum(["keep", "fresh"]), ofSavepoint]).optional(),
  force: force.optional(),
  set: z.record(z.string(), z.json()).optional(),
  environment: z.string().optional(),
  /** Alias → connection, before what the environment says. */
  connect: z.record(z.string(), z.string()).optional(),
});
export const stop = z.strictObject({ savepoint: z.boolean().default(true) });
/** `savepoint`: from the newest state. */
export const start = z.strictObject({
  from: z.union([z.enum(["savepoint", "fresh"]), ofSavepoint]).default("savepoint"),
  force: force.optional(),
});

export const savedState = z.object({
  id: z.string(),
  kind: z.enum(["checkpoint", "savepoint"]),
  at: z.number(),
  /** Version of the document that wrote it. */
  version: z.number(),
  bytes: z.number(),
  /** Not replaced by newer checkpoints. */
  retained: z.boolean(),
});
/** `from` left out: the newest state; `document` left out: the draft. */
export const planRestore = z.strictObject({
  document: pipelineDocument.optional(),
  from: ofSavepoint.optional(),
  set: z.record(z.string(), z.json()).optional(),
});
export const restorePlan = z.object({
  from: savedState,
  /** refused: a start from there fails, `how` says why. */
  nodes: z.array(
    z.object({
      nodeId: z.string(),
      state: z.enum(["kept", "mapped", "dropped", "new", "refused"]),
      how: words.optional(),
      keys: z.number().optional(),
      bytes: z.number().optional(),
    }),
  ),
});
export const logPage = z.object({
  /** Oldest first; ids rise. */
  lines: z.array(z.object({ id: z.number(), at: z.number(), text: z.string() })),
  /** As `after` of the next request. */
  next: z.number(),
});
export const fragment = z.object({
  id: z.string(),
  name: z.string(),
  /** The newest; missing while only a draft is there. */
  version: z.number().optional(),
  /** Of that version, as users carry it. */
  document: pipelineDocument.optional(),
  /** The draft differs from it. */
  changed: z.boolean(),
  /** Ids of pipelines and fragments whose draft uses it, with the version that they carry. */
  users: z.record(z.string(), z.number()),
});
export const fragments = z.object({
  fragments: z.array(fragment),
  /** Nodes that a pipeline may have, those inside of fragments counted (setting fragments.nodes). */
  mostNodes: z.number(),
});
/** With `id` and `version` it is taken over as a document carries it; the id must be free. */
export const createFragment = z.strictObject({
  document: pipelineDocument,
  id: z.string().regex(ID).optional(),
  version: z.int().min(1).optional(),
});
export const fragmentUser = z.object({
  id: z.string(),
  name: z.string(),
  /** That it carries. */
  version: z.number(),
  /** Ports, parameters and fields that come, go or change. */
  changes: z.array(words),
  /** That it does not have now, and that would be gone. */
  problems: z.array(problem),
  mended: z.array(problem),
});
export const saveFragment = z.strictObject({ revision: z.number() });
export const savedFragment = z.object({ version: z.number(), document: pipelineDocument, users: z.array(fragmentUser) });
export const versionSummary = z.object({ version: z.number(), deployedAt: z.number(), nodes: z.number() });

export const origin = z.object({
  nodeId: z.string(),
  split: z.string(),
  topic: z.string(),
  partition: z.number().optional(),
  offset: z.number(),
});

/** A record copied off an edge. `text` is JSON (or the raw text where it is none), cut at 64 KiB. */
export const sample = z.object({
  seq: z.number(),
  /** When it passed (processing time) and its event time (null: none). */
  at: z.number(),
  time: z.number().nullable(),
  kind: z.enum(["+I", "-U", "+U", "-D"]),
  text: z.string(),
  truncated: z.boolean().optional(),
  /** The source record that caused it; the same origin on two edges is the same record on its way. */
  origin: origin.optional(),
  /** Changed since the source: paths with dots. */
  changed: z.array(z.string()).optional(),
  /** For samples of "node.dropped": why the row ended there. */
  reason: z.string().optional(),
});

/** Counts since the run began; rates are records a second over the last 2 s. */
export const portLive = z.object({ total: z.number(), rate: z.number() });
/** Epoch ms; null: none yet; "end" after the end of input. */
const shownWatermark = z.union([z.number(), z.null(), z.literal("end")]);

export const nodeLive = z.object({
  in: z.record(z.string(), portLive),
  out: z.record(z.string(), portLive),
  dropped: z.record(z.string(), z.number()),
  errors: z.number(),
  watermark: shownWatermark,
  /** By input port: when the last row came (by the clock) and its own time, null where there was none since the run went on; how far the time of the port is; whether it holds nobody back. */
  inputs: z
    .record(
      z.string(),
      z.object({ lastAt: z.number().nullable(), lastTime: z.number().nullable(), watermark: shownWatermark, idle: z.boolean() }),
    )
    .optional(),
  /** Of a source: the same for each of its partitions or files. */
  partitions: z
    .array(
      z.object({
        origin: z.string(),
        partition: z.number().optional(),
        lastAt: z.number().nullable(),
        watermark: shownWatermark,
        idle: z.boolean(),
      }),
    )
    .optional(),
  /** Sources: records still to read. Sinks: rows staged. */
  lag: z.number().optional(),
  holdings: z.record(z.string(), z.number()).optional(),
  /** Sinks whose rows name their targets: rows by target. */
  targets: z.record(z.string(), portLive).optional(),
  /** What an edge without records waits for. */
  waitsFor: words.optional(),
  lastError: z.object({ message: words, at: z.number() }).optional(),
  /** The run's last failure, when it was this node that failed. */
  failure: z.object({ message: words, at: z.number() }).optional(),
  /** Of nodes that keep state by key: what of it lies in memory and what on disk, bytes; timers that are set. */
  state: z.object({ keys: z.number(), memoryBytes: z.number(), spilledBytes: z.number(), timers: z.number() }).optional(),
});
export const liveFrame = z.object({
  at: z.number(),
  run: runStatus,
  nodes: z.record(z.string(), nodeLive),
  /** New samples of the watched edges since the last frame, by "a.out->b.in" (or "a.out" for an unwired port). */
  samples: z.record(z.string(), z.array(sample)),
});

export const runNodes = liveFrame.omit({ samples: true });

/** What a process that runs a pipeline beside the server tells of it. */
export const besideReport = z.strictObject({
  process: z.int().min(1),
  run: runStatus.pick({ lastCheckpoint: true, deadLetters: true }).extend({
    state: z.enum(["starting", "running", "stopping", "stopped", "finished", "failed"]),
    startedAt: z.number(),
  }),
  nodes: z.record(z.string(), nodeLive),
  samples: z.record(z.string(), z.array(sample)),
  /** Nothing more will be told. */
  ended: z.boolean(),
});
/** What is wanted of it. */
export const besideWish = z.object({
  /** That somebody looks at. */
  edges: z.array(z.string()),
  againInMs: z.number(),
  /** It is to stop. */
  stop: z.object({ savepoint: z.boolean() }).optional(),
});

export const deadLetter = z.object({
  id: z.string(),
  nodeId: z.string(),
  port: z.string(),
  at: z.number(),
  time: z.number().nullable(),
  code: z.string(),
  message: words,
  /** The record as it came in at that node, whole: text, or base64 where it is not UTF-8. */
  text: z.string(),
  encoding: z.enum(["utf8", "base64"]),
  origin: origin.optional(),
  replayedAt: z.number().optional(),
});
export const deadLetterPage = z.object({
  /** That are kept. */
  total: z.number(),
  /** That were removed since the pipeline was made: by age, or for newer ones. */
  removed: z.number(),
  letters: z.array(deadLetter),
  next: z.string().optional(),
});
export const replay = z.strictObject({
  ids: z.array(z.string()).min(1).max(1000),
  /** A repaired text for a single letter. */ text: z.string().optional(),
});

/** Plays the document (or the part above `targets`) over given or retained records, with sinks off. */
export const tryRequest = z.strictObject({
  document: pipelineDocument,
  /** Takes retained samples of this pipeline's edges as input where `records` gives none. Sources that neither gives records are read: newest of a topic, first of a file, next of a generator. */
  pipelineId: z.string().optional(),
  /** Records by source node id, as text. */
  records: z.record(z.string(), z.array(z.string()).max(1000)).optional(),
  /** Output ports to report, "node.port"; default: all. */
  targets: z.array(z.string()).optional(),
  /** At most this many rows per port in the answer. */
  limit: z.int().min(1).max(1000).default(100),
});
export const tryResult = z.object({
  problems: z.array(problem),
  ports: z.record(z.string(), z.object({ total: z.number(), rows: z.array(sample) })),
  counters: z.record(z.string(), z.number()),
  /** Records the sources gave. */
  inputs: z.record(z.string(), z.number()),
  /** Sources that could not be read, with the reason. */
  unread: z.record(z.string(), words),
});

export const lineageQuery = z.strictObject({
  /** An output port, "node.port". */
  port: z.string(),
  /** "page.page_id", "items[].id"; names that are words of the language in backticks. */
  field: z.string(),
  /** A deployed version; left out: the draft. */
  version: z
    .string()
    .regex(/^\d{1,9}$/, "expected a version's number")
    .optional(),
});
const fieldPlace = z.object({ node: z.string(), port: z.string(), path: z.array(z.string()) });
const targetKind = z.enum(["topic", "dimension", "table", "file"]);
const target = z.object({ kind: targetKind, name: z.string() });
export const lineageStep = z.object({
  from: fieldPlace,
  /** Without port and path: the node itself reads it. */
  to: z.object({ node: z.string(), port: z.string().optional(), path: z.array(z.string()).optional() }),
  /** Of a value: "copied", "computed", "may" (the node does not say of what). Of a row: "condition", "key". Of what reads it: also "time", "target" (where the record goes) and "written" (in the record). */
  how: z.enum(["copied", "computed", "may", "condition", "key", "time", "target", "written"]),
  expression: z.string().optional(),
  /** What a sink writes, where that is not computed per row. */
  targets: z.array(target).optional(),
});
export const lineage = z.object({
  /** With its type in SQL's words. */
  field: fieldPlace.extend({ type: z.string() }),
  /** From the field up; what only a condition or a key reads is not followed further. */
  upstream: z.array(lineageStep),
  /** From the field down to sinks. */
  downstream: z.array(lineageStep),
  /** Fields of sources that the value comes from, with what the sources read. */
  origins: z.array(fieldPlace.extend({ targets: z.array(target) })),
});

/** A field of another pipeline that becomes this one (upstream: it is written to the store), or is made of it (downstream: it is read from there). */
export const lineageStage = z.object({
  pipeline: z.object({ id: z.string(), name: z.string(), title: words.optional() }),
  store: target.extend({ connection: z.string().optional() }),
  /** That writes or reads the store. */
  node: z.string(),
  field: fieldPlace.extend({ path: z.array(z.string()).readonly() }),
  /** How many stores away. */
  steps: z.number(),
});
export const lineageAcross = z.object({ upstream: z.array(lineageStage), downstream: z.array(lineageStage) });

export const proposeSchemaRequest = z.strictObject({
  document: pipelineDocument,
  /** Where the source cannot be read or has no records, those that this pipeline's run keeps are looked at. */
  pipelineId: z.string().optional(),
  /** A source. */
  node: z.string(),
  /** Records that are looked at; default: the setting "schemas.records". */
  limit: z.int().min(1).max(100_000).optional(),
});
export const proposedField = z.object({
  /** "[]": an array's elements; "{}": a map's values. */
  path: z.array(z.string()),
  /** In SQL's words. */
  type: z.string(),
  /** Rows (or elements) in which it could stand; in how many it has a value, is null, and is missing. */
  of: z.number(),
  present: z.number(),
  nulls: z.number(),
  missing: z.number(),
  /** "sure": many values, all of this form; "likely": few values, or a form that later ones may leave; "unsure": next to none, or values of different types. */
  certainty: z.enum(["sure", "likely", "unsure"]),
  /** Values as JSON, shortened. */
  examples: z.array(z.string()),
  /** Why this type, and what to know. "mixed" names the types that conflict, how often each came, and an example. */
  notes: z.array(z.object({ code: z.string(), words })),
});
export const schemaProposal = z.object({
  /** Looked at. */
  records: z.number(),
  /** Those that are no JSON object or have another number of cells, and one of them. */
  unread: z.number(),
  unreadExample: z.string().optional(),
  /** As a source's `schema` takes it: "mid STRING, ts BIGINT". */
  text: z.string(),
  /** Each before the fields within it. */
  fields: z.array(proposedField),
  /** Why the source could not be read; what is proposed then comes from the run. */
  silent: words.optional(),
});

export const topicSummary = z.object({
  name: z.string(),
  records: z.number(),
  bytes: z.number(),
  retentionMs: z.number().optional(),
  retentionBytes: z.number().optional(),
  partitions: z.array(z.object({ partition: z.number(), earliest: z.number(), latest: z.number(), bytes: z.number() })),
  groups: z.record(z.string(), z.record(z.string(), z.number())).optional(),
});
export const createTopic = z.strictObject({
  name: z.string(),
  connection: z.string().optional(),
  partitions: z.int().min(1).max(1024).default(4),
  /** Left out: for ever. */
  retentionMs: z.number().positive().optional(),
  retentionBytes: z.number().positive().optional(),
  /** Kafka only: copies of each partition. Left out: as the brokers have it. */
  replication: z.int().min(1).max(32_767).optional(),
  /** Kafka only: any of a topic's settings, by Kafka's names. */
  settings: z.record(z.string(), z.string()).optional(),
});
/** Records to append, durable before the answer. */
export const newRecords = z.strictObject({
  connection: z.string().optional(),
  records: z
    .array(
      z.strictObject({
        /** Null: a record without a value. */ text: z.string().nullable(),
        /** Decides the partition, as Kafka's producers choose it; without one, and without a partition, records are spread. */ key: z
          .string()
          .nullable()
          .optional(),
        partition: z.int().min(0).optional(),
      }),
    )
    .min(1)
    .max(1_000),
});
export const appendedRecords = z.object({
  /** Where each went, in their order. */ records: z.array(z.object({ partition: z.number(), offset: z.number() })),
});
export const topicRecord = z.object({
  partition: z.number(),
  offset: z.number(),
  time: z.number(),
  key: z.string().nullable(),
  text: z.string().nullable(),
  encoding: z.enum(["utf8", "base64"]),
  headers: z.record(z.string(), z.string()).optional(),
});
export const recordPage = z.object({
  records: z.array(topicRecord),
  /** Where to go on, by partition; `done` when the end was reached. */ next: z.record(z.string(), z.number()),
  done: z.boolean(),
  scanned: z.number(),
});

export const dimensionTable = z.object({
  name: z.string(),
  /** As far as the store knows. */ rows: z.number().optional(),
  /** What it was made by, where that was said. */ definition: z
    .object({ columns: z.array(z.string()).optional(), key: z.string().optional(), extend: z.string().optional() })
    .optional(),
});
export const dimensionRow = z.object({ key: z.string(), /** The row as JSON. */ text: z.string() });
export const dimensionPage = z.object({
  rows: z.array(dimensionRow),
  /** `after` for the next page; missing at the end. */ next: z.string().optional(),
});

/** Something that pipelines read or write. */
export const mapStore = z.object({
  id: z.string(),
  kind: targetKind,
  name: z.string(),
  /** Where it is; missing: built in. */
  connection: z.string().optional(),
  /** False: nothing has made it yet. Missing: that is not known. */
  isThere: z.boolean().optional(),
  /** Records of a topic, rows of a table. */
  records: z.number().optional(),
  /** Time of the newest record, epoch ms. */
  newestAt: z.number().optional(),
  /** Why its connection could not be asked. */
  failure: words.optional(),
});
export const mapJob = z.object({
  /** Of a pipeline its id. */
  id: z.string(),
  /** "collector": the server's own /applog. */
  kind: z.enum(["pipeline", "collector"]),
  name: z.string(),
  title: words.optional(),
  run: runStatus.optional(),
});
/** A node of a job reads or writes a store. */
export const mapFlow = z.object({
  job: z.string(),
  node: z.string().optional(),
  store: z.string(),
  access: z.enum(["reads", "writes"]),
  /** Records a second over the last 2 s, and since the run began; while it runs. */
  rate: z.number().optional(),
  total: z.number().optional(),
  /** Records that are still to be read. */
  lag: z.number().optional(),
  /** Why nothing was written yet. */
  waitsFor: words.optional(),
});
export const warehouseMap = z.object({ jobs: z.array(mapJob), stores: z.array(mapStore), flows: z.array(mapFlow) });
export const clickHouseState = z.object({
  state: z.enum(["there", "fetching", "absent", "no-build"]),
  version: z.string(),
  /** Of the download. */ doneBytes: z.number(),
  totalBytes: z.number(),
  folder: z.string(),
  /** Why it is not there, with the ways out. */ words: words.optional(),
});
export const analyticalTable = z.object({
  name: z.string(),
  engine: z.string(),
  /** As far as the store knows. */ rows: z.number().optional(),
  bytes: z.number().optional(),
});
const tableColumn = z.object({ name: z.string(), type: z.string() });
export const tableDescription = analyticalTable.extend({ columns: z.array(tableColumn), sortKey: z.string(), partitionBy: z.string() });
export const queryRequest = z.strictObject({
  sql: z.string().max(100_000).describe("One statement: SELECT, SHOW, DESCRIBE or EXPLAIN"),
  connection: z.string().optional(),
  rows: z.number().int().min(1).optional().describe("At most so many rows; no more than the server's setting"),
});
export const queryResult = z.object({
  columns: z.array(tableColumn),
  /** Whole numbers of 64 bits and more, and decimals, as text. */ rows: z.array(z.array(z.unknown())),
  /** There were more rows. */ isCut: z.boolean(),
  tookMs: z.number(),
});

export const connection = z.object({
  name: z.string(),
  kind: z.enum(["built-in", "kafka", "clickhouse", "http"], { error: expected('"built-in" or "kafka" or "clickhouse" or "http"') }),
  role: z.enum(ROLE_NAMES, { error: expected(ROLE_NAMES.map((role) => `"${role}"`).join(" or ")) }),
  /** By the names of the kind's settings; a secret is `{ secret: text }` on its way in, and `{ secret: true }` (it is there) on its way out. */
  settings: z.record(z.string(), z.json()),
});
/** With a name: stored secrets of that connection stand in for `{ secret: true }`. */
export const testedConnection = z.strictObject(connection.partial({ name: true }).shape);
/** Ends with the first step that failed. */
export const connectionTest = z.object({
  ok: z.boolean(),
  /** `detail`: what was found, or why it failed and what to do. */
  steps: z.array(z.object({ what: words, ok: z.boolean(), detail: words })),
});
/** Alias → connection name. An alias that is not listed means the built-in driver of its role. */
export const environment = z.object({ name: z.string(), connections: z.record(z.string(), z.string()) });

export type ApiError = z.infer<typeof apiError>;
export type TemplateSummary = z.infer<typeof templateSummary>;
export type Template = z.infer<typeof template>;
export type Fragment = z.infer<typeof fragment>;
export type Fragments = z.infer<typeof fragments>;
export type FragmentUser = z.infer<typeof fragmentUser>;
export type SavedFragment = z.infer<typeof savedFragment>;
export type CreateFragment = z.input<typeof createFragment>;
export type WarehouseSummary = z.infer<typeof warehouseSummary>;
export type WarehouseStart = z.infer<typeof warehouseStart>;
export type RunState = z.infer<typeof runState>;
export type RunStatus = z.infer<typeof runStatus>;
export type PipelineSummary = z.infer<typeof pipelineSummary>;
export type Pipeline = z.infer<typeof pipeline>;
export type SavedDraft = z.infer<typeof savedDraft>;
export type VersionSummary = z.infer<typeof versionSummary>;
export type LogPage = z.infer<typeof logPage>;
export type SavedStateView = z.infer<typeof savedState>;
export type RestorePlanView = z.infer<typeof restorePlan>;
export type Sample = z.infer<typeof sample>;
export type NodeLive = z.infer<typeof nodeLive>;
export type LiveFrame = z.infer<typeof liveFrame>;
export type NodeExample = z.infer<typeof nodeExample>;
export type RunNodes = z.infer<typeof runNodes>;
export type BesideReport = z.infer<typeof besideReport>;
export type BesideWish = z.infer<typeof besideWish>;
export type DeadLetter = z.infer<typeof deadLetter>;
export type DeadLetterPage = z.infer<typeof deadLetterPage>;
export type TryRequest = z.input<typeof tryRequest>;
export type TryResult = z.infer<typeof tryResult>;
export type LineageAcross = z.infer<typeof lineageAcross>;
export type LineageStage = z.infer<typeof lineageStage>;
export type Lineage = z.infer<typeof lineage>;
export type ProposedField = z.infer<typeof proposedField>;
export type SchemaProposal = z.infer<typeof schemaProposal>;
export type NewRecords = z.input<typeof newRecords>;
export type AppendedRecords = z.infer<typeof appendedRecords>;
export type TopicSummary = z.infer<typeof topicSummary>;
export type TopicRecordView = z.infer<typeof topicRecord>;
export type RecordPage = z.infer<typeof recordPage>;
export type DimensionTable = z.infer<typeof dimensionTable>;
export type DimensionRow = z.infer<typeof dimensionRow>;
export type DimensionPage = z.infer<typeof dimensionPage>;
export type WarehouseMap = z.infer<typeof warehouseMap>;
export type MapStore = z.infer<typeof mapStore>;
export type MapJob = z.infer<typeof mapJob>;
export type MapFlow = z.infer<typeof mapFlow>;
export type ClickHouseState = z.infer<typeof clickHouseState>;
export type AnalyticalTableView = z.infer<typeof analyticalTable>;
export type TableDescriptionView = z.infer<typeof tableDescription>;
export type QueryResultView = z.infer<typeof queryResult>;
export type Connection = z.infer<typeof connection>;
export type TestedConnection = z.infer<typeof testedConnection>;
export type ConnectionTest = z.infer<typeof connectionTest>;
export type Environment = z.infer<typeof environment>;
export type Deploy = z.input<typeof deploy>;
export type CreatePipeline = z.input<typeof createPipeline>;
