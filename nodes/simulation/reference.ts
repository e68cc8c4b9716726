/**
 * What a pipeline must give, worked out in the plainest way there is: each record alone, from node to node, split after split, with maps for what nodes remember. It shares nothing with the
 * engine but the document.
 */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { Replay } from "@millrace/engine/run";
import type { SimulatedSource } from "@millrace/engine/testing";
import { canonical } from "./canonical.ts";
import { type Arrived, DIMENSIONS, ownKeyOf, TIMED, withUnsureOrigins } from "./event-time.ts";
import { CONDITIONS, type Plain, Refused, VALUES } from "./expressions.ts";
import { changeOf, ruleOf } from "./routes.ts";
import { WINDOW_MS } from "./test-nodes.ts";

export interface Expected {
  /** Canonical rows by sink, sorted. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  readonly deadLetters: readonly string[];
  /** `in "node.port"`, `out "node.port"`, `dropped "node.reason"`, `errors "node"`. */
  readonly counts: ReadonlyMap<string, number>;
}

interface Item {
  readonly value: Plain;
  readonly time: number | null;
  /** "split@offset" of the record it comes from. */
  readonly origin: string | null;
}

interface Params {
  readonly [name: string]: unknown;
}

type Emit = (port: string, item: Item) => void;
/** May throw `Refused`; the row then leaves by the error port. */
type Work = (item: Item, emit: Emit, drop: (reason: string) => void) => void;

export function reference(
  document: PipelineDocument,
  sources: ReadonlyMap<string, SimulatedSource>,
  replays: readonly Replay[] = [],
): Expected {
  const rows = new Map<string, string[]>();
  const deadLetters: string[] = [];
  const counts = new Map<string, number>();
  const works = new Map<string, Work>();
  /** Windows, by node and then by key and end. */
  const windows = new Map<string, Map<string, { k: unknown; end: number; count: number; sum: number }>>();
  /** Rows of nodes that give their results by the watermark. */
  const arrived = new Map<string, Arrived[]>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

  function send(nodeId: string, port: string, item: Item): void {
    add(`out ${nodeId}.${port}`);
    for (const edge of document.edges) if (edge.from === `${nodeId}.${port}`) receive(edge.to, item);
  }

  const unsure = withUnsureOrigins(document);

  function refuse(nodeId: string, port: string, text: string, { time, origin: cause }: Omit<Item, "value">): void {
    const origin = unsure.has(nodeId) ? null : cause;
    const item = { time, origin };
    add(`errors ${nodeId}`);
    const isWired = document.edges.some(({ from }) => from === `${nodeId}.error`);
    if (!isWired) deadLetters.push(canonical({ nodeId, port, text, time: item.time, origin: item.origin }));
    send(nodeId, "error", { ...item, value: { node: nodeId, text, origin: item.origin } });
  }

  function receive(to: string, item: Item): void {
    const [nodeId, port] = to.split(".") as [string, string];
    add(`in ${to}`);
    const { type, params } = document.nodes[nodeId] as { type: string; params: Params };
    if (type === "discard") return;
    if (type === "simulated-sink") {
      rows.set(nodeId, [...(rows.get(nodeId) ?? []), canonical({ ...item.value, "": item.time })]);
      return;
    }
    if (type === "simulated-count") return countRow(nodeId, item);
    if (TIMED[type] !== undefined) {
      if (type === "pattern" && (item.value.k ?? null) === null) return refuse(nodeId, port, canonical(item.value), item);
      arrived.set(nodeId, [...(arrived.get(nodeId) ?? []), { port, item }]);
      return;
    }
    let work = works.get(nodeId);
    if (!work) {
      work = workOf(type, params);
      works.set(nodeId, work);
    }
    const emitted: [string, Item][] = [];
    const dropped: string[] = [];
    try {
      work(
        item,
        (port, out) => emitted.push([port, out]),
        (reason) => dropped.push(reason),
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return refuse(nodeId, "in", canonical(item.value), item);
    }
    for (const reason of dropped) add(`dropped ${nodeId}.${reason}`);
    for (const [port, out] of emitted) send(nodeId, port, out);
  }

  function countRow(nodeId: string, { value, time }: Item): void {
    const end = Math.floor((time as number) / WINDOW_MS) * WINDOW_MS + WINDOW_MS;
    const k = value.k ?? null;
    const all = windows.get(nodeId) ?? new Map();
    windows.set(nodeId, all);
    const key = JSON.stringify([k, end]);
    const window = all.get(key) ?? { k, end, count: 0, sum: 0 };
    all.set(key, { ...window, count: window.count + 1, sum: window.sum + Number(value.id ?? 0) });
  }

  for (const [nodeId, { splits }] of sources) {
    for (const { id, records } of splits) {
      records.forEach(({ text, time }, offset) => {
        const origin = `${id}@${offset}`;
        const value = text === null ? undefined : parse(text);
        if (text === null) add(`dropped ${nodeId}.tombstone`);
        else if (value === undefined) refuse(nodeId, "", text, { time, origin });
        else send(nodeId, "out", { value, time, origin });
      });
    }
  }
  for (const { nodeId, bytes, time } of replays)
    receive(`${nodeId}.in`, { value: JSON.parse(new TextDecoder().decode(bytes)) as Plain, time, origin: null });
  // Upstream first: what a window gives may be counted again.
  for (const nodeId of Object.keys(document.nodes)) {
    for (const { k, end, count, sum } of windows.get(nodeId)?.values() ?? [])
      send(nodeId, "out", { value: { id: sum, k, n: count, ts: end - 1 }, time: end - 1, origin: null });
    const { type, params } = document.nodes[nodeId] as { type: string; params: Params };
    TIMED[type]?.(
      arrived.get(nodeId) ?? [],
      params,
      (port, item) => send(nodeId, port, item),
      (reason) => add(`dropped ${nodeId}.${reason}`),
      (port, item) => refuse(nodeId, port, canonical(item.value), item),
    );
  }
  return { rows: new Map([...rows].map(([nodeId, all]) => [nodeId, all.sort()])), deadLetters: deadLetters.sort(), counts };
}

function workOf(type: string, params: Params): Work {
  switch (type) {
    case "filter":
      return (item, emit, drop) => (is(params.when)(item.value) ? emit("out", item) : drop("filtered"));
    case "split":
      return splitWork(params);
    case "select":
      return selectWork(params);
    case "flatten":
      return flattenWork(params);
    case "parse":
      return parseWork(params);
    case "union":
      return (item, emit) => emit("out", item);
    case "event-time":
      return (item, emit) => {
        const own = item.value.ts ?? null;
        if (own === null) throw new Refused("no time");
        emit("out", { ...item, time: own as number });
      };
    case "mark-first-seen":
      return firstSeenWork(params);
    case "simulated-changes":
      return (item, emit) => emit("out", { ...item, value: changeOf(item.value) });
    case "simulated-rules":
      return (item, emit) => emit("out", { ...item, value: ruleOf(item.value) });
    case "lookup":
      return lookupWork(params);
    case "top-n":
      return firstRowsWork(params);
    default:
      throw new Error(`the reference knows no node type ${type}`);
  }
}

function splitWork({ cases, mode = "first", otherwise = "default" }: Params): Work {
  const all = cases as readonly { name: string; when: string }[];
  return (item, emit, drop) => {
    const matches: string[] = [];
    for (const { name, when } of all) {
      if (!is(when)(item.value)) continue;
      matches.push(name);
      if (mode === "first") break;
    }
    for (const name of matches) emit(name, item);
    if (matches.length > 0) return;
    if (otherwise === "error") throw new Refused("no case");
    if (otherwise === "drop") drop("unmatched");
    else emit("default", item);
  };
}

function selectWork({ keep = "named", fields = [], drop = [] }: Params): Work {
  return (item, emit) => {
    const made = Object.fromEntries((fields as readonly { name: string; value: string }[]).map((f) => [f.name, of(f.value)(item.value)]));
    const base = Object.fromEntries(Object.entries(item.value).filter(([name]) => !(drop as readonly string[]).includes(name)));
    emit("out", { ...item, value: keep === "all" ? { ...base, ...made } : made });
  };
}

function flattenWork({ array, fields = [], position, whenEmpty = "drop" }: Params): Work {
  return (item, emit, drop) => {
    const items = (item.value[String(array)] ?? []) as readonly (Plain | null)[];
    if (items.length === 0 && whenEmpty === "drop") return drop("empty");
    const made = Object.fromEntries((fields as readonly { name: string; value: string }[]).map((f) => [f.name, of(f.value)(item.value)]));
    const one = (element: Plain | null, place: number | null) =>
      emit("out", { ...item, value: { ...element, ...made, ...(position === undefined ? {} : { [String(position)]: place }) } });
    if (items.length === 0) one(null, null);
    for (const [index, element] of items.entries()) one(element, index + 1);
  };
}

function parseWork({ field, keep = "parsed" }: Params): Work {
  return (item, emit) => {
    const text = item.value[String(field)] ?? null;
    const parsed = text === null ? undefined : parse(String(text));
    if (parsed === undefined) throw new Refused("no JSON");
    emit("out", { ...item, value: keep === "parsed" ? parsed : { ...item.value, m: parsed.m ?? null } });
  };
}

function firstSeenWork({ key, when, value, compare = "equal", output, store = "condition" }: Params): Work {
  const remembered = new Map<string, unknown>();
  const result = output as {
    readonly do: "set" | "drop" | "split";
    readonly field?: string;
    readonly first?: string;
    readonly repeat?: string;
  };
  return (item, emit, drop) => {
    const keys = (key as readonly string[]).map((text) => of(text)(item.value));
    if (keys.includes(null)) throw new Refused("no key");
    const id = JSON.stringify(keys);
    const isFirst = (now: unknown) => {
      const old = remembered.get(id);
      if (old === undefined) {
        remembered.set(id, now);
        return true;
      }
      if (compare === "equal") return now === old;
      if (compare === "different" ? now === old : (now as number) <= (old as number)) return false;
      remembered.set(id, now);
      return true;
    };
    if (when !== undefined && !is(when)(item.value)) {
      const now = store === "every-row" ? of(value)(item.value) : null;
      if (now !== null) isFirst(now);
      return emit("out", item);
    }
    const now = of(value)(item.value);
    if (now === null) throw new Refused("no value");
    const first = isFirst(now);
    if (result.do === "drop") return first ? emit("out", item) : drop("repeat");
    if (result.do === "split") return emit(first ? "out" : "repeat", item);
    const set = first ? result.first : result.repeat;
    emit("out", set === undefined ? item : { ...item, value: { ...item.value, [String(result.field)]: of(set)(item.value) } });
  };
}

function lookupWork({ key, missing = "nulls" }: Params): Work {
  return (item, emit) => {
    const row = DIMENSIONS[String(of(key)(item.value))];
    if (row === undefined && missing === "port") return emit("missing", item);
    emit("out", { ...item, value: { ...item.value, color: row === undefined ? null : (JSON.parse(row) as Plain).color } });
  };
}

/** Without an order: the first that come. */
function firstRowsWork({ n, rank }: Params): Work {
  const came = new Map<string, number>();
  return (item, emit, drop) => {
    const key = ownKeyOf(item.value);
    const place = (came.get(key) ?? 0) + 1;
    if (place > Number(n)) return drop("beyond");
    came.set(key, place);
    emit("out", rank === undefined ? item : { ...item, value: { ...item.value, [String(rank)]: place } });
  };
}

function is(text: unknown): (row: Plain) => boolean {
  return CONDITIONS[String(text)] as (row: Plain) => boolean;
}

function of(text: unknown): (row: Plain) => unknown {
  return VALUES[String(text)] as (row: Plain) => unknown;
}

/** Undefined when the text is no JSON object. */
function parse(text: string): Plain | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Plain) : undefined;
  } catch {
    return undefined;
  }
}
