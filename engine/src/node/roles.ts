/**
 * What the engine asks of the outside: one small interface per role of connection. Drivers live in `nodes/src/connections/<kind>/`; a role's
 * contract test (`<role>.contract.ts` there) is passed by every driver.
 */
import type { Millis } from "./operator.ts";
import type { BuiltInTransaction, Prepared, PreparedFate, SinkRecord } from "./sink.ts";
import type { ByteRange, RecordBatch } from "./source.ts";
import type { Words } from "./spec.ts";

/** Role "topic": an ordered, partitioned log with keys, timestamps and transactions; Apache Kafka's model. */
export interface TopicLog {
  /** Topics by name, sorted. */
  listTopics(): Promise<readonly TopicInfo[]>;
  /** Undefined when there is no such topic. */
  describeTopic(topic: string): Promise<TopicInfo | undefined>;
  /** Creates the topic, or returns false when it was there (its settings are left as they are). */
  createTopic(topic: string, settings: TopicSettings): Promise<boolean>;
  deleteTopic(topic: string): Promise<void>;

  /** Reads committed records of one partition from an offset on; see `TopicReader`. */
  openReader(topic: string, partition: number, start: TopicStart): Promise<TopicReader>;
  /** Appends outside of any transaction; resolves with the offsets when the records are durable. */
  append(topic: string, records: readonly TopicRecord[]): Promise<readonly { partition: number; offset: number }[]>;
  /** For sinks that take part in a checkpoint. `transactionId` is unique per run, sink and subtask, stable over restarts. Once this has resolved, the commits of earlier writers with the id are settled: visible, or never to be. */
  openTransactionalWriter(transactionId: string, options?: WriterOptions): Promise<TransactionalWriter>;
  /** "shared": commits take part in the run's built-in transaction. "own": in two phases, after the checkpoint that holds what was prepared (Kafka). */
  readonly transactions: "shared" | "own";
  /** Makes visible what writers of this log prepared, in whatever thread or process; all of it together where `transactions` is "shared". Idempotent. Without `via` at once. With "own" transactions it rejects with `PreparedLost` when a part can never become visible; with "shared" ones the checkpoint does not count when it rejects. */
  commitPrepared(prepared: readonly Prepared[], via: BuiltInTransaction | undefined): Promise<void>;
  /** What became of each, without changing anything; with "own" transactions. */
  inspectPrepared?(prepared: readonly Prepared[]): Promise<readonly PreparedFate[]>;

  /** Positions of consumers, kept with the topics so that others see the lag: the offset to read next, by "topic-partition". A built-in log's are moved by the checkpoint's transaction when it is given. */
  positions(group: string): Promise<ReadonlyMap<string, number>>;
  commitPositions(group: string, positions: ReadonlyMap<string, number>, via?: BuiltInTransaction): Promise<void>;
  /** All groups with a position on the topic: group → partition → offset to read next. */
  groups(topic: string): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
  close(): Promise<void>;
}

export interface TopicInfo {
  readonly name: string;
  readonly settings: TopicSettings;
  readonly partitions: readonly PartitionInfo[];
}

export interface PartitionInfo {
  readonly partition: number;
  /** First offset still kept. */
  readonly earliest: number;
  /** Offset that the next record gets. */
  readonly latest: number;
  /** Bytes kept, as far as the store knows. */
  readonly bytes: number;
}

export interface TopicSettings {
  readonly partitions: number;
  /** Records older than this may be removed. Left out: as the log keeps topics by default; `Infinity`: none is. */
  readonly retentionMs?: number | undefined;
  /** Per partition; oldest records are removed above it. Left out: without bound. */
  readonly retentionBytes?: number | undefined;
  /** Copies of each partition, on as many brokers. Left out: as these have it. Only of logs with brokers. */
  readonly replication?: number | undefined;
  /** Further ones, by the log's own names ("cleanup.policy"), before all else that is said. A log that does not know a name makes no topic. */
  readonly more?: Readonly<Record<string, string>> | undefined;
}

export type TopicStart =
  | { readonly from: "earliest" | "latest" }
  | { readonly from: "offset"; readonly offset: number }
  /** First record whose timestamp is at or after `time`; the end if there is none. */
  | { readonly from: "time"; readonly time: Millis };

export interface TopicReader {
  /** The next records, at most `maxRecords`; empty after `waitMs` without any. An offset that retention has removed jumps to the earliest (and is counted in `skipped`). */
  read(maxRecords: number, waitMs: number): Promise<RecordBatch>;
  /** Offset to read next. */
  readonly offset: number;
  /** Records lost to retention before they were read. */
  readonly skipped: number;
  /** Records that were there at the last read and are still to be read. */
  readonly lag: number;
  close(): Promise<void>;
}

export interface TopicRecord extends Omit<SinkRecord, "target"> {
  /** Left out: by key (murmur2, as Kafka's default partitioner), without key round robin. */
  readonly partition?: number | undefined;
}

export interface WriterOptions {
  /** Of the topics that are made because the writer names them; left out: four partitions, kept as the log keeps topics by default. */
  readonly newTopics?: TopicSettings | undefined;
  /** "at once": with "own" transactions records are visible as they are written, and those since the last checkpoint are written again after a crash. Logs with "shared" ones make all visible with the commit. */
  readonly visible?: "with commit" | "at once" | undefined;
  /** Those that are certain to be written: what they take is known from the first record on, so that one that they do not take is refused by itself. */
  readonly topics?: readonly string[] | undefined;
}

/** Writes whose records become visible together, or not at all: with `TopicLog.commitPrepared`. */
export interface TransactionalWriter {
  /** Stages a record. Unknown topics are created with the driver's settings. */
  write(topic: string, record: TopicRecord): void;
  /** Bytes that wait in memory since the last `prepare`. */
  readonly stagedBytes: number;
  /** Ends the part that belongs to checkpoint `checkpointId` (which rises), durable enough when this resolves that `commitPrepared` works from any process. */
  prepare(checkpointId: number): Promise<Prepared>;
  /** Gives up what was written since the last `prepare`. */
  abort(): Promise<void>;
  /** Gives up what is not prepared; what is can still be committed. */
  close(): Promise<void>;
}

/** Role "files": lines on disk (JSONL, CSV, text). Paths are resolved inside the connection's root; one that leaves it is refused. */
export interface FileStore {
  /** Reads on from a byte position. In CSV a line's end inside of quotes does not end a record; `separator` is one ASCII character. */
  openReader(
    path: string,
    start: { readonly byte: number; readonly line: number },
    options: { readonly csv?: { readonly separator: string } | undefined },
  ): Promise<FileReader>;
  /** Appends after the first `committedBytes` of the file, cutting off what a crash left behind them; without it the file begins anew. */
  openWriter(path: string, committedBytes: number | undefined): Promise<FileWriter>;
}

export interface FileReader {
  /** Whole records without their line ends; undefined at the end. Their offset is the line number from 0, their time is unknown (`MIN_TIME`). */
  read(maxRecords: number): Promise<RecordBatch | undefined>;
  /** Where the next `read` starts. */
  readonly byte: number;
  readonly line: number;
  close(): Promise<void>;
}

export interface FileWriter {
  /** Stages a copy of the line, with a line end behind it. */
  append(line: Uint8Array): void;
  readonly stagedBytes: number;
  /** Bytes in the file, what is staged not counted. */
  readonly length: number;
  /** Forgets what is staged, and what was flushed beyond the length `to`. */
  discard(to?: number): Promise<void>;
  /** Writes and syncs what is staged; returns the length that the file then has. */
  flush(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Role "dimension": tables of rows by key, as HBase through Phoenix, MySQL or Redis have them. A row is the text of a JSON object; a key is a text of 1 to `MAX_DIMENSION_KEY` bytes of UTF-8. A driver of a store with columns
 * turns one into the other.
 */
export interface DimensionStore {
  /** By name, sorted. */
  listTables(): Promise<readonly DimensionTable[]>;
  /** False when it was there. A store that needs columns makes them of the definition; one that does not keeps the last that was given, for people. */
  createTable(name: string, definition?: TableDefinition): Promise<boolean>;
  /** With all its rows; nothing where there is none. */
  deleteTable(name: string): Promise<void>;
  /** The rows of these keys, in their order; undefined where there is none, or no such table. */
  get(table: string, keys: readonly string[]): PromiseLike<readonly (ByteRange | undefined)[]>;
  /** Rows in the order of their keys, as the store orders them: up to `limit` of those whose key begins with `prefix`, behind the key `after`. */
  scan(
    table: string,
    range: { readonly prefix?: string | undefined; readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly DimensionRow[]>;
  /** Writes at once; a later change of a key counts. Tables are made by being written to. */
  upsert(table: string, changes: readonly DimensionChange[]): Promise<void>;
  /** For sinks that take part in a checkpoint. `transactionId` as for `TopicLog.openTransactionalWriter`. */
  openWriter(transactionId: string): Promise<DimensionWriter>;
  /** "shared": commits take part in the run's built-in transaction. "none": changes are visible when they are prepared, and those since the last checkpoint are written again after a crash, which changes nothing. */
  readonly transactions: "shared" | "none";
  /** Makes visible what writers prepared; with "none" there is nothing to do. Idempotent. */
  commitPrepared(prepared: readonly Prepared[], via: BuiltInTransaction | undefined): Promise<void>;
  /** Calls `onChange` with keys that changed, whoever changed them, soon after; "all" when it is not known which. Left out: the store tells nobody. Returns how to end it. */
  watch?(table: string, onChange: (keys: readonly string[] | "all") => void): () => void;
  close(): Promise<void>;
}

export interface DimensionTable {
  readonly name: string;
  /** As far as the store knows. */
  readonly rows?: number | undefined;
  /** What it was made by. */
  readonly definition?: TableDefinition | undefined;
}

export interface TableDefinition {
  /** Names of its columns; left out: whatever its rows have. */
  readonly columns?: readonly string[] | undefined;
  /** The column that rows are found by; several with commas between. */
  readonly key?: string | undefined;
  /** What the store's command for making a table ends with, in its own words: "SALT_BUCKETS = 4". */
  readonly extend?: string | undefined;
}

export interface DimensionRow {
  readonly key: string;
  readonly value: ByteRange;
}

export interface DimensionChange {
  readonly key: string;
  /** Null: the row is deleted. */
  readonly value: ByteRange | null;
}

/** Longest key of a dimension's row, in bytes of UTF-8. */
export const MAX_DIMENSION_KEY = 1_000;

export interface DimensionWriter {
  /** Stages a copy of the change. */
  write(table: string, change: DimensionChange): void;
  /** Bytes that wait in memory since the last `prepare`. */
  readonly stagedBytes: number;
  prepare(checkpointId: number): Promise<Prepared>;
  abort(): Promise<void>;
  /** Gives up what is not prepared. */
  close(): Promise<void>;
}

/**
 * Role "table": analytical tables in ClickHouse's terms. Column types are texts as ClickHouse writes them: "DateTime('Asia/Shanghai')", "Decimal(18, 2)". Table names are those of the connection's
 * database.
 */
export interface TableStore {
  /** By name, sorted. */
  listTables(): Promise<readonly AnalyticalTable[]>;
  /** Undefined when there is no such table. */
  describeTable(name: string): Promise<TableDescription | undefined>;
  /** False when it was there; it is left as it is. */
  createTable(name: string, definition: NewAnalyticalTable): Promise<boolean>;
  /** With its rows; nothing where there is none. */
  dropTable(name: string): Promise<void>;
  /**
   * Adds rows, all or none; rows of several partitions partition by partition. One insert of a token counts, as long as the table remembers it (`NewAnalyticalTable.remembers`): what was inserted with it before adds
   * nothing. Rejects with a `ConnectionError`: "table.bad-rows" when some of the rows are to blame, "table.refused" when the table or the login is, "table.unavailable" for what may pass by itself.
   */
  insert(name: string, batch: TableBatch): Promise<void>;
  /** One statement that reads. Rejects with a `ConnectionError` for one that could do more ("table.not-reading"), for a wrong one ("table.refused"), or when it takes too long ("table.too-long"). */
  query(sql: string, limits: QueryLimits): Promise<QueryResult>;
  /** Resolves when it can be asked: what is built in may have to be fetched first. */
  ready(): Promise<void>;
  /** Why it cannot be asked yet, while `ready` goes on. */
  waitsFor(): Words | undefined;
  close(): Promise<void>;
}

export interface AnalyticalTable {
  readonly name: string;
  /** "ReplacingMergeTree". */
  readonly engine: string;
  /** As far as the store knows; those that are not merged yet are counted too. */
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
}

export interface TableDescription extends AnalyticalTable {
  readonly columns: readonly TableColumn[];
  /** The sort key's columns or expressions, as the store writes them: "stt, edt, sku_id". */
  readonly sortKey: string;
  readonly partitionBy: string;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

export interface NewAnalyticalTable {
  readonly columns: readonly TableColumn[];
  /** Columns; equal keys stand together, and replace each other where there is a version. */
  readonly sortKey: readonly string[];
  /** A column: of rows with one sort key the one with its greatest value stays (ReplacingMergeTree). Left out: all stay (MergeTree). */
  readonly version?: string | undefined;
  /** An expression: "toYYYYMMDD(stt)". */
  readonly partitionBy?: string | undefined;
  /** How many inserts' tokens the table knows again. */
  readonly remembers: number;
}

export interface TableBatch {
  readonly columns: readonly string[];
  /** Lines of JSON objects (JSONEachRow). */
  readonly lines: Uint8Array;
  readonly token: string;
}

export interface QueryLimits {
  /** More rows than these are left off. */
  readonly rows: number;
  readonly timeoutMs: number;
}

export interface QueryResult {
  readonly columns: readonly TableColumn[];
  /** Whole numbers of 64 bits and more, and decimals, as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** There were more. */
  readonly isCut: boolean;
  readonly tookMs: number;
}

/** Role "http": requests to the hosts that the connection's settings allow, and to no others. */
export interface HttpClient {
  /** Rejects with what went wrong where no answer came, and with a `ConnectionError` where the request may not be made. Any status is an answer. */
  request(request: HttpRequest): PromiseLike<HttpResponse>;
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Below the connection's base address, with its query, as "/users/5?full=1"; or a whole address, of an allowed host. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number;
  /** A longer answer is refused. */
  readonly mostBytes: number;
}

export interface HttpResponse {
  readonly status: number;
  /** By name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The roles by the name under which a spec asks for them. */
export interface Roles {
  topic: TopicLog;
  files: FileStore;
  dimension: DimensionStore;
  http: HttpClient;
  table: TableStore;
}
export type RoleName = keyof Roles;
export const ROLE_NAMES = ["topic", "files", "dimension", "http", "table"] as const satisfies readonly RoleName[];
