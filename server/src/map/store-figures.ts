/** What the stores of a map hold, as they themselves say. */
import type { DimensionStore, TableStore, Target, TopicInfo, TopicLog } from "@millrace/engine/node";
import { ConnectionError } from "@millrace/nodes/connections";
import type { MapStore } from "../api.ts";
import { ApiFailure } from "../http/api-failure.ts";

/** By which a store is one and the same for all pipelines; `connection` undefined: built in. */
export type StoreName = Target & { readonly connection: string | undefined };

export type Figures = Pick<MapStore, "isThere" | "records" | "newestAt" | "failure">;

/** Nothing of stores whose kind cannot be asked. */
export type StoreFigures = (stores: readonly StoreName[]) => Promise<ReadonlyMap<StoreName, Figures>>;

export interface StoreFiguresDeps {
  readonly openTopics: (connection: string | undefined) => Promise<TopicLog>;
  readonly openDimensions: (connection: string | undefined) => Promise<DimensionStore>;
  /** Undefined while there is nothing to be asked: to look fetches no ClickHouse. */
  readonly openTables: (connection: string | undefined) => Promise<TableStore> | undefined;
}

/** The map of all must not wait for one that does not answer. */
const PATIENCE_MS = 2_000;
const NO_ANSWER = { en: "It did not answer within 2 s.", zh: "2 秒内没有响应。" };

export function createStoreFigures({ openTopics, openDimensions, openTables }: StoreFiguresDeps): StoreFigures {
  const newestAt = createNewest();

  async function topicsOf(connection: string | undefined, names: readonly string[]): Promise<Map<string, Figures>> {
    const log = await openTopics(connection);
    const infos = new Map((await log.listTopics()).map((info) => [info.name, info]));
    const figures = names.map(async (name): Promise<[string, Figures]> => {
      const info = infos.get(name);
      if (!info) return [name, { isThere: false }];
      const records = info.partitions.reduce((sum, { earliest, latest }) => sum + latest - earliest, 0);
      const newest = await newestAt(log, info);
      return [name, { isThere: true, records, ...(newest !== undefined && { newestAt: newest }) }];
    });
    return new Map(await Promise.all(figures));
  }

  async function rowsOf(store: Promise<DimensionStore | TableStore> | undefined, names: readonly string[]): Promise<Map<string, Figures>> {
    if (store === undefined) return new Map();
    const tables = new Map((await (await store).listTables()).map((table) => [table.name, table]));
    return new Map(
      names.map((name) => {
        const { rows } = tables.get(name) ?? {};
        return [name, { isThere: tables.has(name), ...(rows !== undefined && { records: rows }) }];
      }),
    );
  }

  const ask: Readonly<Partial<Record<StoreName["kind"], typeof topicsOf>>> = {
    topic: topicsOf,
    dimension: (connection, names) => rowsOf(openDimensions(connection), names),
    table: (connection, names) => rowsOf(openTables(connection), names),
  };

  return async (stores) => {
    const figures = new Map<StoreName, Figures>();
    const groups = Map.groupBy(stores, ({ kind, connection }) => JSON.stringify([kind, connection ?? null]));
    await Promise.all(
      [...groups.values()].map(async (group) => {
        const [{ kind, connection }] = group as [StoreName];
        const asking = ask[kind];
        if (!asking) return;
        const names = group.map(({ name }) => name);
        const failed = (failure: Figures["failure"]) => new Map(names.map((name): [string, Figures] => [name, { failure }]));
        const found = await within(
          PATIENCE_MS,
          asking(connection, names).catch((error: unknown) => {
            if (!(error instanceof ConnectionError || error instanceof ApiFailure)) throw error;
            return failed(error.words);
          }),
          () => failed(NO_ANSWER),
        );
        for (const one of group) figures.set(one, found.get(one.name) ?? {});
      }),
    );
    return figures;
  };
}

/** What comes first: the work, or the time's end. */
async function within<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late()), ms);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Time of a topic's newest record; each partition's is read again only when it has grown. */
function createNewest(): (log: TopicLog, info: TopicInfo) => Promise<number | undefined> {
  const known = new WeakMap<TopicLog, Map<string, { readonly latest: number; readonly time: number | undefined }>>();

  async function newestOf(log: TopicLog, topic: string, partition: number, latest: number): Promise<number | undefined> {
    const reader = await log.openReader(topic, partition, { from: "offset", offset: latest - 1 });
    try {
      const batch = await reader.read(1, 0);
      // The last offset of a transactional log is often a marker and no record.
      const time = batch.count > 0 ? batch.time(batch.count - 1) : undefined;
      return Number.isFinite(time) ? time : undefined;
    } finally {
      await reader.close();
    }
  }

  return async (log, { name, partitions }) => {
    const ofLog = known.get(log) ?? new Map();
    known.set(log, ofLog);
    const times = partitions.map(async ({ partition, earliest, latest }) => {
      if (latest === earliest) return undefined;
      const key = `${name}-${partition}`;
      const before = ofLog.get(key);
      if (before?.latest === latest) return before.time;
      const time = (await newestOf(log, name, partition, latest)) ?? before?.time;
      ofLog.set(key, { latest, time });
      return time;
    });
    const found = (await Promise.all(times)).filter((time) => time !== undefined);
    return found.length > 0 ? Math.max(...found) : undefined;
  };
}
