/** A random pipeline with its records and everything that befalls it, as plain data: a function of its seed, and small steps away from simpler ones. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { type Disruption, type Random, type SimulatedRecord, type SimulatedSource, seededRandom } from "@millrace/engine/testing";
import { FIRST_ROWS, LOOKUP, TIMED_PARAMS } from "./event-time.ts";

export interface Scenario {
  /** Of the schedule. */
  readonly seed: number;
  readonly document: PipelineDocument;
  readonly sources: Readonly<Record<string, SimulatedSource>>;
  /** Parallelism of the pipeline, and of nodes that have their own, in each of the run's lives. */
  readonly lives: readonly { readonly parallelism: number; readonly nodes: Readonly<Record<string, number>> }[];
  readonly disruptions: readonly Disruption[];
  /** Dead letters that are replayed, mended. */
  readonly replays: readonly { readonly nodeId: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly batchBytes: number;
}

type Nodes = PipelineDocument["nodes"];

/** An output port that further nodes can read from. */
interface Stream {
  readonly from: string;
  readonly sources: ReadonlySet<string>;
  readonly hasRaw: boolean;
  readonly hasItems: boolean;
  /** Rows of a key come one after the other, as its split has them. */
  readonly ordered: boolean;
  /** No row comes behind its watermark. */
  readonly timely: boolean;
}

const MOST_NODES = 7;
const MOST_STEP = 1_500;

export function scenarioOf(seed: number): Scenario {
  const random = seededRandom(seed);
  const draw = drawer(random);
  const bounded = draw.chance(0.8);
  const sources = randomSources(draw, bounded);
  const graph = new GraphMaker(draw, bounded);
  for (const id of Object.keys(sources)) graph.addSource(id);
  const nodes = draw.upTo(MOST_NODES);
  for (let i = 0; i < nodes; i++) graph.addNode();
  graph.addSinks();
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "Simulated",
    checkpointInterval: draw.of(["10 ms", "50 ms", "200 ms"]),
    nodes: graph.nodes,
    edges: graph.edges,
  };
  const disruptions = draw.chance(0.25)
    ? []
    : draw.list(
        1 + draw.upTo(4),
        (): Disruption => ({
          step: draw.upTo(draw.of([200, 600, MOST_STEP])),
          kind: draw.of(["crash", "crash", "crash", "zombie", "failure", "stop", "drop", "savepoint"]),
        }),
      );
  return {
    seed,
    document,
    sources,
    lives: draw.list(1 + draw.upTo(3), () => ({
      parallelism: 1 + draw.upTo(3),
      nodes: Object.fromEntries(
        draw.chance(0.5) ? Object.keys(graph.nodes).flatMap((id) => (draw.chance(0.3) ? [[id, 1 + draw.upTo(3)]] : [])) : [],
      ),
    })),
    disruptions,
    // A replay comes when it comes: beside a window it may be late. It has no rank.
    replays: Object.values(graph.nodes).some(({ type }) => ["simulated-count", "top-n"].includes(type) || type in TIMED_PARAMS)
      ? []
      : draw.list(draw.chance(0.3) ? draw.upTo(4) : 0, (i) => ({
          nodeId: draw.of(graph.inner),
          value: { id: 1_000_000 + i, k: `replay ${i}`, n: draw.upTo(12), ts: 5_000 + i, place: 1 },
        })),
    batchBytes: draw.of([64, 200, 1_000, 131_072]),
  };
}

interface Draw {
  chance(share: number): boolean;
  /** 0 to `most`, both included. */
  upTo(most: number): number;
  of<T>(values: readonly T[]): T;
  list<T>(length: number, make: (index: number) => T): T[];
}

function drawer(random: Random): Draw {
  return {
    chance: (share) => random() < share,
    upTo: (most) => Math.floor(random() * (most + 1)),
    of: <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T,
    list: (length, make) => Array.from({ length }, (_, index) => make(index)),
  };
}

function randomSources(draw: Draw, bounded: boolean): Record<string, SimulatedSource> {
  let nextId = 1;
  const record = (key: string, time: number, previous: SimulatedRecord[]): SimulatedRecord => {
    if (draw.chance(0.03)) return { text: null, time };
    if (draw.chance(0.04)) return { text: draw.of(['{"id":1,', "nothing", "[1]", '{"id":1}}']), time };
    const before = previous.at(-1);
    if (before?.text && draw.chance(0.05)) return { text: before.text, time };
    const id = nextId++;
    const n = draw.chance(0.05) ? null : draw.upTo(12);
    // Out of order by up to a second and a half.
    const ts = draw.chance(0.03) ? null : time - draw.upTo(1_500);
    const value = {
      id,
      k: draw.chance(0.03) ? null : `${key}${draw.upTo(4)}`,
      n,
      ts,
      ...(draw.chance(0.9) && {
        raw: draw.chance(0.1) ? "{oops" : JSON.stringify({ id, k: `${key}${draw.upTo(4)}`, n, ts, m: draw.upTo(9), other: [1] }),
      }),
      ...(draw.chance(0.8) && {
        items: draw.list(draw.upTo(3), (i) => ({ v: i, s: `${id}`, ...(draw.chance(0.3) && { more: { deep: i } }) })),
      }),
      ...(draw.chance(0.4) && { extra: { a: [1, "é", null], b: "x".repeat(draw.upTo(60)) } }),
    };
    const text = draw.chance(0.3) ? JSON.stringify(value, null, 1) : JSON.stringify(value);
    // Of members with one name the last counts, as for JSON.parse.
    return { text: draw.chance(0.05) ? `{"n":99,${text.slice(1)}` : text, time };
  };
  const source = (name: string): SimulatedSource => ({
    bounded,
    splits: draw.list(1 + draw.upTo(3), (split) => {
      let time = draw.upTo(3_000);
      const records: SimulatedRecord[] = [];
      for (let left = draw.of([0, 3, 10, 40]); left > 0; left--) {
        time += draw.upTo(300);
        records.push(record(`${name}${split}-`, time, records));
      }
      return { id: `${name}-${split}`, records, ...(!bounded && split > 0 && draw.chance(0.4) && { appearsAt: draw.upTo(20_000) }) };
    }),
  });
  return Object.fromEntries(["a", "b", "c"].slice(0, 1 + draw.upTo(2)).map((name) => [name, source(name)]));
}

class GraphMaker {
  readonly nodes: Nodes = {};
  readonly edges: { from: string; to: string }[] = [];
  /** Nodes that a replay may go to. */
  readonly inner: string[] = [];
  private readonly draw: Draw;
  private readonly bounded: boolean;
  private readonly streams: Stream[] = [];
  private readonly errors: string[] = [];
  /** Output ports whose rows are not like those of the others, and go to sinks alone. */
  private readonly ends: string[] = [];

  constructor(draw: Draw, bounded: boolean) {
    this.draw = draw;
    this.bounded = bounded;
  }

  addSource(id: string): void {
    this.add(id, "simulated-source", {});
    const stream = { from: `${id}.out`, sources: new Set([id]), hasRaw: true, hasItems: true, ordered: true, timely: this.bounded };
    this.streams.push(stream);
    this.errors.push(`${id}.error`);
  }

  addNode(): void {
    const { draw } = this;
    const input = draw.of(this.streams);
    const id = `n${Object.keys(this.nodes).length}`;
    const types = ["filter", "split", "select", "union", "event-time"];
    // A run without an end is stopped when everything is read, and what is still asked for then stays asked for.
    if (this.bounded) types.push("lookup");
    if (input.hasItems) types.push("flatten");
    if (input.hasRaw) types.push("parse");
    if (input.ordered) types.push("mark-first-seen", "mark-first-seen", "top-n");
    if (input.timely) types.push("simulated-count", "window", "interval-join", "interval-join");
    if (this.bounded) types.push("dynamic-split");
    if (input.timely && input.ordered) types.push("distinct", "sort-by-time", "pattern", "pattern", "temporal-join");
    const type = draw.of(types);
    const made = this[MAKERS[type] as "filter"](input, id);
    this.connect(id, [made.input ?? input, ...made.others], made.ports);
    this.add(id, type, made.params);
    if (!made.ports) this.inner.push(id);
    this.streams.push(...made.outputs);
    if (!["union", "simulated-count", "top-n"].includes(type) && !(type in TIMED_PARAMS)) this.errors.push(`${id}.error`);
  }

  /** Ends most streams, and some error ports, in sinks. */
  addSinks(): void {
    const { draw } = this;
    const free = this.streams.filter(({ from }) => !this.edges.some((edge) => edge.from === from));
    const ends = free.filter(() => draw.chance(0.9)).map(({ from }) => from);
    if (ends.length === 0) ends.push(draw.of(this.streams).from);
    ends.push(...this.errors.filter(() => draw.chance(0.15)), ...this.ends.filter(() => draw.chance(0.9)));
    ends.forEach((from, index) => {
      const id = `sink${index}`;
      this.edges.push({ from, to: `${id}.in` });
      if (draw.chance(0.15)) this.add(id, "discard", {});
      else this.add(id, "simulated-sink", { phase: draw.of(["within", "after"]), mostRows: draw.of([3, 20, 1_000]) });
      if (!from.endsWith(".error")) this.inner.push(id);
    });
  }

  filter(input: Stream, id: string): Made {
    return { params: { when: this.condition() }, outputs: [{ ...input, from: `${id}.out` }], others: [] };
  }

  split(input: Stream, id: string): Made {
    const { draw } = this;
    const cases = draw.list(1 + draw.upTo(2), (i) => ({ name: `case${i}`, when: this.condition() }));
    const otherwise = draw.of(["default", "drop", "error"]);
    const ports = [...cases.map(({ name }) => name), ...(otherwise === "default" ? ["default"] : [])];
    return {
      params: { cases, mode: draw.of(["first", "every"]), otherwise },
      outputs: ports.map((port) => ({ ...input, from: `${id}.${port}` })),
      others: [],
    };
  }

  select(input: Stream, id: string): Made {
    const { draw } = this;
    const own = draw.of([
      { name: "n", value: "n + 1" },
      { name: "n", value: "12 / n" },
      { name: "extra", value: "MOD(n, 3)" },
    ]);
    if (draw.chance(0.5)) {
      const drop = input.hasRaw && draw.chance(0.3) ? ["raw"] : [];
      const output = { ...input, from: `${id}.out`, hasRaw: input.hasRaw && drop.length === 0 };
      return { params: { keep: "all", fields: [own], drop }, outputs: [output], others: [] };
    }
    const fields = ["id", "k", "ts", ...(input.hasRaw ? ["raw"] : []), ...(own.name === "n" ? [] : ["n"])].map((name) => ({
      name,
      value: name,
    }));
    return { params: { fields: [...fields, own] }, outputs: [{ ...input, from: `${id}.out`, hasItems: false }], others: [] };
  }

  flatten(input: Stream, id: string): Made {
    const { draw } = this;
    const fields = ["id", "k", "n", "ts"].map((name) => ({ name, value: name }));
    return {
      params: { array: "items", fields, ...(draw.chance(0.5) && { position: "place" }), whenEmpty: draw.of(["drop", "keep"]) },
      outputs: [{ ...input, from: `${id}.out`, hasRaw: false, hasItems: false }],
      others: [],
    };
  }

  parse(input: Stream, id: string): Made {
    const keep = this.draw.of(["parsed", "all"]);
    const schema = keep === "all" ? "m INT" : "id BIGINT, k STRING, n INT, ts BIGINT, m INT";
    const output = { ...input, from: `${id}.out`, hasRaw: keep === "all" && input.hasRaw, hasItems: keep === "all" && input.hasItems };
    // What is in the text may have another key.
    return {
      params: { field: "raw", as: { format: "json", schema }, keep },
      outputs: [{ ...output, ordered: input.ordered && keep === "all" }],
      others: [],
    };
  }

  union(input: Stream, id: string): Made {
    const others = this.streams.filter((other) => other !== input && this.draw.chance(0.5));
    const all = [input, ...others];
    const sources = new Set(all.flatMap((stream) => [...stream.sources]));
    const output: Stream = {
      from: `${id}.out`,
      sources,
      hasRaw: all.every(({ hasRaw }) => hasRaw),
      hasItems: all.every(({ hasItems }) => hasItems),
      ordered: all.every(({ ordered }) => ordered) && sources.size === all.reduce((sum, stream) => sum + stream.sources.size, 0),
      timely: all.every(({ timely }) => timely),
    };
    return { params: {}, outputs: [output], others };
  }

  eventTime(input: Stream, id: string): Made {
    const { draw } = this;
    // So long a time covers the whole run, however its splits are read.
    const outOfOrderness = draw.of(["1 d", "1 s", "0 s"]);
    const params = { time: "ts", outOfOrderness, ...(draw.chance(0.3) && { idleAfter: "5 s" }) };
    return { params, outputs: [{ ...input, from: `${id}.out`, timely: this.bounded && outOfOrderness === "1 d" }], others: [] };
  }

  firstSeen(input: Stream, id: string): Made {
    const { draw } = this;
    const output = draw.of([
      { do: "drop" },
      { do: "split" },
      { do: "set", field: "flag", first: "'1'", repeat: "'0'" },
      { do: "set", field: "n", repeat: "1" },
    ]);
    const params = {
      key: draw.of([["k"], ["id"], ["k", "MOD(n, 3)"], ["k", "12 / n"]]),
      ...(draw.chance(0.3) && { when: this.condition() }),
      value: draw.of(["n", "1", "MOD(n, 3)"]),
      compare: draw.of(["equal", "different", "newer-than"]),
      store: draw.of(["condition", "every-row"]),
      output,
    };
    const ports = output.do === "split" ? ["out", "repeat"] : ["out"];
    // With another key rows of one `k` part here, and meet again in any order.
    const ordered = params.key.join() === "k";
    return { params, outputs: ports.map((port) => ({ ...input, from: `${id}.${port}`, ordered })), others: [] };
  }

  count(input: Stream, id: string): Made {
    const output = { ...input, from: `${id}.out`, hasRaw: false, hasItems: false, ordered: false };
    return { params: {}, outputs: [output], others: [] };
  }

  firstRows(input: Stream, id: string): Made {
    const { draw } = this;
    const params = { ...FIRST_ROWS, n: draw.of(["1", "3"]), ...(draw.chance(0.5) && { rank: "rank" }) };
    return { params, outputs: [{ ...input, from: `${id}.out` }], others: [] };
  }

  lookup(input: Stream, id: string): Made {
    const { draw } = this;
    const missing = draw.of(["nulls", "port"]);
    // Answers come in any order; rows in order leave as they came.
    const order = draw.of(["ordered", "unordered"]);
    const ports = missing === "port" ? ["out", "missing"] : ["out"];
    return {
      params: { ...LOOKUP, missing, order, capacity: draw.of([1, 4, 100]), cacheRows: draw.of([0, 2, 100]) },
      outputs: ports.map((port) => ({ ...input, from: `${id}.${port}`, ordered: input.ordered && order === "ordered" })),
      others: [],
    };
  }

  window(input: Stream, id: string): Made {
    return { params: TIMED_PARAMS.window, outputs: [this.ofPlainRows(input, `${id}.out`)], others: [] };
  }

  distinct(input: Stream, id: string): Made {
    return { params: TIMED_PARAMS.distinct, outputs: [{ ...input, from: `${id}.out` }], others: [] };
  }

  sort(input: Stream, id: string): Made {
    return { params: TIMED_PARAMS["sort-by-time"], outputs: [{ ...input, from: `${id}.out` }], others: [] };
  }

  pattern(input: Stream, id: string): Made {
    const outputs = ["match", "timeout"].map((port) => ({ ...input, from: `${id}.${port}`, ordered: false }));
    return { params: TIMED_PARAMS.pattern, outputs, others: [] };
  }

  intervalJoin(input: Stream, id: string): Made {
    const { draw } = this;
    const other = draw.of(this.streams.filter(({ timely }) => timely));
    const key = draw.of([["k"], ["MOD(n, 3)"]]);
    return {
      params: { ...TIMED_PARAMS["interval-join"], leftKey: key, rightKey: key },
      outputs: [
        this.ofPlainRows({ ...input, sources: bothSources(input, other) }, `${id}.joined`),
        { ...input, from: `${id}.unmatchedLeft`, ordered: false },
        { ...other, from: `${id}.unmatchedRight`, ordered: false },
      ],
      others: [other],
      ports: ["left", "right"],
    };
  }

  temporalJoin(input: Stream, id: string): Made {
    const { draw } = this;
    // Its rows have the same keys as the input's only if they are of the same source.
    const other = draw.of(
      this.streams.filter(({ timely, ordered, sources }) => timely && ordered && [...sources].every((one) => input.sources.has(one))),
    );
    return {
      params: TIMED_PARAMS["temporal-join"],
      outputs: [
        this.ofPlainRows({ ...input, sources: bothSources(input, other) }, `${id}.joined`),
        { ...input, from: `${id}.unmatched`, ordered: false },
      ],
      others: [other],
      ports: ["left", "right"],
    };
  }

  dynamicSplit(input: Stream, id: string): Made {
    const made = (from: Stream, what: "changes" | "rules"): Stream => {
      const node = `${id}_${what}`;
      this.connect(node, [from]);
      this.add(node, `simulated-${what}`, {});
      return { ...from, from: `${node}.out` };
    };
    const rows = made(input, "changes");
    const rules = made(this.draw.of(this.streams), "rules");
    this.ends.push(...["topics", "dimensions", "missing"].map((port) => `${id}.${port}`));
    return { params: TIMED_PARAMS["dynamic-split"], input: rows, outputs: [], others: [rules], ports: ["rows", "rules"] };
  }

  private ofPlainRows(input: Stream, from: string): Stream {
    return { ...input, from, hasRaw: false, hasItems: false, ordered: false };
  }

  private condition(): string {
    return this.draw.of(["n < 8", "n >= 4", "MOD(n, 3) = 1", "MOD(n, 2) = 0", "100 / n > 10", "k IS NOT NULL", "id > 0"]);
  }

  private add(id: string, type: string, params: object): void {
    this.nodes[id] = { type, name: id, params: params as Nodes[string]["params"] };
  }

  private connect(id: string, inputs: readonly Stream[], ports: readonly string[] = []): void {
    for (const [i, { from }] of inputs.entries()) this.edges.push({ from, to: `${id}.${ports[i] ?? "in"}` });
  }
}

interface Made {
  readonly params: object;
  /** In place of the stream that the node was to read. */
  readonly input?: Stream;
  readonly outputs: readonly Stream[];
  /** Further inputs. */
  readonly others: readonly Stream[];
  /** Of the inputs, in their order; left out: all go into `in`. */
  readonly ports?: readonly string[];
}

function bothSources(one: Stream, other: Stream): ReadonlySet<string> {
  return new Set([...one.sources, ...other.sources]);
}

const MAKERS: Readonly<Record<string, string>> = {
  filter: "filter",
  split: "split",
  select: "select",
  flatten: "flatten",
  parse: "parse",
  union: "union",
  "event-time": "eventTime",
  "mark-first-seen": "firstSeen",
  "simulated-count": "count",
  lookup: "lookup",
  "top-n": "firstRows",
  window: "window",
  distinct: "distinct",
  "sort-by-time": "sort",
  pattern: "pattern",
  "interval-join": "intervalJoin",
  "temporal-join": "temporalJoin",
  "dynamic-split": "dynamicSplit",
};
