import type { ByteRange, PartitionInfo, TopicInfo, TopicLog, TopicStart } from "@millrace/engine/node";
import { z } from "zod";
import { appendedRecords, createTopic, newRecords, recordPage, topicSummary } from "../api.ts";
import { ApiFailure, notFound, quote } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import { readPage } from "./read-page.ts";

/** The topic log of a connection; undefined: the built-in one. Throws `ApiFailure` for a name that is none. */
export type OpenTopics = (connection: string | undefined) => Promise<TopicLog>;

/** Kafka's rule for names. */
const TOPIC = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

const connectionQuery = z.object({ connection: z.string().optional() });
const recordsQuery = connectionQuery.extend({
  partition: z.coerce.number().int().min(0).optional(),
  from: z
    .enum(["earliest", "latest", "offset", "time"])
    .optional()
    .describe("latest: the newest `limit` records; default: what else is given, else earliest"),
  offset: z
    .string()
    .regex(/^(\d+|\d+:\d+(,\d+:\d+)*)$/)
    .optional()
    .describe("120, or by partition as `next` gives it: 0:120,1:40"),
  time: z.coerce.number().optional().describe("Epoch ms: records at or after it"),
  search: z.string().min(1).optional().describe("Found in text or key, ignoring case"),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export function topicRoutes(openTopics: OpenTopics, now: () => number): Route[] {
  async function find(name: string | undefined, connection: string | undefined): Promise<{ log: TopicLog; info: TopicInfo }> {
    const log = await openTopics(connection);
    const info = await log.describeTopic(name ?? "");
    if (!info) throw notFound({ en: "topic", zh: "主题" }, name ?? "");
    return { log, info };
  }

  return [
    route({
      method: "get",
      path: "/topics",
      tag: "Topics",
      summary: "Topics of a connection (default: the built-in ones) with offsets and consumers",
      query: connectionQuery.extend({
        internal: z.enum(["true", "false"]).default("false").describe("Also those that Millrace keeps for itself (__…)"),
      }),
      answer: z.array(topicSummary),
      errors: { 404: "no such connection" },
      handle: async ({ query }) => {
        const log = await openTopics(query.connection);
        const shown = (await log.listTopics()).filter(({ name }) => query.internal === "true" || !isInternal(name));
        return Promise.all(shown.map((info) => summaryOf(log, info)));
      },
    }),
    route({
      method: "post",
      path: "/topics",
      tag: "Topics",
      summary: "Creates a topic",
      body: createTopic,
      answer: topicSummary,
      status: 201,
      errors: { 403: "the name is Millrace's own", 404: "no such connection", 409: "it is there already" },
      handle: async ({ body: { name, connection, retentionMs = Number.POSITIVE_INFINITY, settings, ...rest } }) => {
        if (!TOPIC.test(name)) throw badName(name);
        refuseInternal(name);
        const log = await openTopics(connection);
        if (!(await log.createTopic(name, { ...rest, retentionMs, ...(settings && { more: settings }) }))) {
          throw new ApiFailure(409, "topic-exists", { en: `Topic ${quote(name)} is there already.`, zh: `主题 ${quote(name)} 已存在。` });
        }
        return summaryOf(log, (await find(name, connection)).info);
      },
    }),
    route({
      method: "delete",
      path: "/topics/:topic",
      tag: "Topics",
      summary: "Removes a topic with its records",
      query: connectionQuery,
      errors: { 403: "the topic is Millrace's own", 404: "no such topic or connection" },
      handle: async ({ params, query }) => {
        refuseInternal(params.topic ?? "");
        const { log, info } = await find(params.topic, query.connection);
        await log.deleteTopic(info.name);
      },
    }),
    route({
      method: "get",
      path: "/topics/:topic/records",
      tag: "Topics",
      summary: "Records from an offset or a time on, searched, a page at a time",
      query: recordsQuery,
      answer: recordPage,
      errors: { 404: "no such topic, partition or connection" },
      handle: async ({ params, query }) => {
        const { log, info } = await find(params.topic, query.connection);
        const partitions = info.partitions.filter(({ partition }) => query.partition === undefined || partition === query.partition);
        if (partitions.length === 0) throw notFound({ en: "partition", zh: "分区" }, String(query.partition));
        const startOf = startsFrom(query);
        const ranges = partitions.map((part) => ({ partition: part.partition, start: startOf(part), end: part.latest }));
        const page = await readPage(log, {
          topic: info.name,
          ranges,
          search: query.search,
          limit: newestOnly(query) ? query.limit * ranges.length : query.limit,
        });
        return newestOnly(query) ? { ...page, records: page.records.slice(-query.limit) } : page;
      },
    }),
    route({
      method: "post",
      path: "/topics/:topic/records",
      tag: "Topics",
      summary: "Appends records to a topic: durable when it answers",
      body: newRecords,
      answer: appendedRecords,
      status: 201,
      errors: { 403: "the topic is Millrace's own", 404: "no such topic, partition or connection" },
      handle: async ({ params, body: { connection, records } }) => {
        refuseInternal(params.topic ?? "");
        const { log, info } = await find(params.topic, connection);
        const time = now();
        for (const { partition } of records)
          if (partition !== undefined && !info.partitions.some((one) => one.partition === partition))
            throw notFound({ en: "partition", zh: "分区" }, String(partition));
        const appended = await log.append(
          info.name,
          records.map(({ text, key, partition }) => ({
            value: text === null ? null : rangeOf(text),
            key: key === null || key === undefined ? null : Buffer.from(key),
            time,
            ...(partition !== undefined && { partition }),
          })),
        );
        return { records: appended.map(({ partition, offset }) => ({ partition, offset })) };
      },
    }),
  ];
}

function rangeOf(text: string): ByteRange {
  const bytes = Buffer.from(text);
  return { bytes, start: 0, end: bytes.length };
}

type RecordsQuery = z.output<typeof recordsQuery>;

function newestOnly(query: RecordsQuery): boolean {
  return query.from === "latest" && query.search === undefined;
}

/** Where each partition begins. */
function startsFrom(query: RecordsQuery): (partition: PartitionInfo) => TopicStart {
  const { offset, time, limit } = query;
  const from = query.from ?? (offset !== undefined ? "offset" : time !== undefined ? "time" : "earliest");
  if (from === "time") {
    if (time === undefined) throw missing("time");
    return () => ({ from: "time", time });
  }
  if (from === "offset") {
    if (offset === undefined) throw missing("offset");
    const byPartition = new Map(offset.split(",").map((part) => part.split(":").map(Number) as [number, number]));
    return ({ partition, earliest }) => ({
      from: "offset",
      offset: offset.includes(":") ? (byPartition.get(partition) ?? earliest) : Number(offset),
    });
  }
  if (from === "latest" && query.search === undefined) {
    return ({ earliest, latest }) => ({ from: "offset", offset: Math.max(earliest, latest - limit) });
  }
  return () => ({ from: "earliest" });
}

function missing(name: string): ApiFailure {
  return new ApiFailure(400, "bad-request", {
    en: `from=${name} wants the query parameter ${name} as well.`,
    zh: `from=${name} 还需要查询参数 ${name}。`,
  });
}

/** Dead letters, replays and posts of pipelines are kept in topics as well; they live and end with their pipeline. */
function isInternal(name: string): boolean {
  return name.startsWith("__");
}

function refuseInternal(name: string): void {
  if (!isInternal(name)) return;
  throw new ApiFailure(403, "internal-topic", {
    en: `Topics whose names begin with "__" are Millrace's own; ${quote(name)} can only be read.`,
    zh: `以 "__" 开头的主题由 Millrace 自用;${quote(name)} 只能读取。`,
  });
}

function badName(name: string): ApiFailure {
  return new ApiFailure(400, "bad-topic-name", {
    en: `${quote(name)} cannot be a topic's name: 1 to 249 of letters, digits, ".", "_" and "-".`,
    zh: `${quote(name)} 不能作为主题名:应为 1 到 249 个字母、数字、"."、"_" 或 "-"。`,
  });
}

async function summaryOf(log: TopicLog, info: TopicInfo): Promise<z.output<typeof topicSummary>> {
  const { retentionMs, retentionBytes } = info.settings;
  const groups = await log.groups(info.name);
  const sum = (of: (partition: PartitionInfo) => number) => info.partitions.reduce((total, partition) => total + of(partition), 0);
  return {
    name: info.name,
    records: sum(({ earliest, latest }) => latest - earliest),
    bytes: sum(({ bytes }) => bytes),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(retentionBytes === undefined ? {} : { retentionBytes }),
    partitions: [...info.partitions],
    groups: Object.fromEntries([...groups].map(([group, positions]) => [group, Object.fromEntries(positions)])),
  };
}
