/**
 * A running pipeline (one subtask of it) without clock, randomness or I/O: records, watermarks, the clock and the end of input are pushed in, rows come out at
 * sinks and taps, and its state can be snapshotted between any two pushes. Real runs (`subtask.ts`), tests and "try" all drive this.
 */
import { codecOf, type Decoder, type FieldTree, keyExtractor } from "../codec/index.ts";
import { compile, formatValue } from "../expression/index.ts";
import {
  type ByteRange,
  type CompiledExpression,
  ERROR_PORT,
  ERROR_SCHEMA,
  type Expressions,
  MAX_TIME,
  META,
  MIN_TIME,
  type Millis,
  type NodeType,
  type OperatorContext,
  type Origin,
  type RecordBatch,
  type Row,
  RowError,
  type Sink,
  type Split,
} from "../node/index.ts";
import { declaredSchemas } from "../pipeline/declared-schemas.ts";
import { type Edge, parsePortRef, type TypedGraph, type TypedNode } from "../pipeline/index.ts";
import type { DataType, RowKind, Schema } from "../schema/index.ts";
import { KeyedBackend, type KeySnapshot, ownsGroup, type SpillOptions, type StateSchema } from "../state/index.ts";
import { type BatchHandler, type ExchangeBatch, IS_NEW, IS_RAW, IS_TRACED, type RecordPlace, readBatch } from "./exchange-batch.ts";
import { ExchangeEdge } from "./exchange-edge.ts";
import { ExchangeOutput } from "./exchange-output.ts";
import { type InputPort, LocalEdge, NodeFailure, type NodeHost, NodeRuntime, type OutputPort, type SinkSide } from "./node-runtime.ts";
import type { Exchange, RunPlan } from "./plan.ts";
import { DEFAULT_TAP, Tap, type TapSettings } from "./tap.ts";
import { wantedFields } from "./wanted-fields.ts";

/** A row that no node could process, and nobody wired the `error` port for. */
export interface DeadLetter {
  readonly nodeId: string;
  /** Input port where it came in; "" at a source. */
  readonly port: string;
  readonly at: Millis;
  readonly time: Millis | null;
  readonly kind: RowKind;
  readonly code: string;
  readonly words: { readonly en: string; readonly zh: string };
  /** The record as it came in at that node, whole. */
  readonly bytes: Uint8Array;
  readonly origin?: Origin;
}

export interface TaskOptions {
  readonly graph: TypedGraph;
  readonly nodeTypes: ReadonlyMap<string, NodeType>;
  /** Sinks by node id; a sink node without one counts its rows and lets them go (tests, "try"). */
  readonly sinks?: ReadonlyMap<string, Sink>;
  readonly now: () => Millis;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  readonly taps?: TapSettings;
  /** Where a node's keyed state goes when it does not fit into memory; without it all of it stays there. */
  readonly spill?: (nodeId: string) => SpillOptions;
  /** This subtask's place in a run of several; left out: all of the graph runs here. */
  readonly place?: TaskPlace;
}

/** One subtask of a plan, and how it reaches the others. */
export interface TaskPlace {
  readonly plan: RunPlan;
  readonly subtask: number;
  /** A batch is handed over with so many; left out: as many as is best for speed. */
  readonly batchBytes?: number;
  /** Hands a batch over. */
  send(batch: ExchangeBatch): void;
  /** All of a sender's rows that belong to the checkpoint have come through the exchange. */
  onBarrier(exchange: number, from: number, checkpointId: number): void;
}

/** Keys, bytes of them in memory and on disk, timers that are set. */
export interface StateCounts {
  readonly keys: number;
  readonly memoryBytes: number;
  readonly spilledBytes: number;
  readonly timers: number;
}

export interface PortCounts {
  readonly in: Readonly<Record<string, number>>;
  readonly out: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly watermark: Millis;
  readonly isEnded: boolean;
  readonly holdings?: Readonly<Record<string, number>>;
  /** Of nodes that keep state by key, or have. */
  readonly state?: StateCounts;
  readonly lastError?: { readonly words: { readonly en: string; readonly zh: string }; readonly at: Millis };
}

/** The state of one node's key, or a node's watermarks: one line of a snapshot. */
export type SnapshotEntry =
  | { readonly node: string; readonly key: KeySnapshot }
  | { readonly node: string; readonly watermarks: Readonly<Record<string, readonly StoredTime[]>>; readonly own: StoredTime };

type WatermarkEntry = Extract<SnapshotEntry, { own: unknown }>;

/** A watermark in JSON, which has no infinities. */
type StoredTime = number | "min" | "max";

/** The receiving end of an exchange. */
interface Inbound {
  readonly exchange: Exchange;
  readonly node: NodeRuntime;
  readonly port: InputPort;
  /** Channel of the first sender. */
  readonly channel: number;
  readonly decoder: Decoder;
  /** All fields: of rows that were made new. */
  readonly wholeDecoder: Decoder;
}

interface SourceSide {
  readonly node: NodeRuntime;
  readonly decoder: Decoder;
  /** Where its rows leave. */
  readonly port: OutputPort;
  readonly schema: Schema;
  /** Where all its rows leave by their key: sends a record on before it is decoded; false when it belongs here, or must be decoded to be sure. */
  sendRaw?: (text: ByteRange, time: Millis) => boolean;
}

export class Task {
  readonly nodes = new Map<string, NodeRuntime>();
  private readonly sources = new Map<string, SourceSide>();
  private readonly options: TaskOptions;
  private readonly ordered: NodeRuntime[] = [];
  private readonly schemas = new Map<string, Schema>();
  private readonly declared: ReadonlyMap<string, Schema>;
  /** By exchange; empty where the other end is not here. */
  private readonly exchangeOutputs: (ExchangeOutput | undefined)[] = [];
  private readonly inbound: (Inbound | undefined)[] = [];
  /** By the input port ("node.port") that they lead to. */
  private readonly exchangeEdges = new Map<string, ExchangeEdge>();
  /** The record being processed. Its origin is put together only when a sample or a dead letter wants it. */
  private readonly current: { place: RecordPlace | undefined; offset: number; traced: boolean; rawFrom: number | undefined } = {
    place: undefined,
    offset: 0,
    traced: false,
    rawFrom: undefined,
  };
  private readonly places = new WeakMap<Split, RecordPlace>();
  private givenOrigin: Origin | undefined;

  constructor(options: TaskOptions) {
    this.options = options;
    this.declared = declaredSchemas(options.graph.document.schemas).schemas;
    const here = options.graph.nodes.filter((node) => this.runsHere(node.id));
    const wanted = wantedFields(options.graph);
    for (const typed of here) this.addNode(typed, wanted.bySource.get(typed.id));
    this.addExchanges(wanted.byInput);
    for (const typed of here) this.wireNode(typed);
  }

  /** Decodes and processes records `from` (inclusive) to `to` of a batch. */
  pushBatch(nodeId: string, split: Split, batch: RecordBatch, from = 0, to = batch.count): void {
    const { current } = this;
    const side = this.sources.get(nodeId) as SourceSide;
    const { sendRaw } = side;
    let place = this.places.get(split);
    if (place === undefined) {
      place = { nodeId, split };
      this.places.set(split, place);
    }
    for (let i = from; i < to; i++) {
      current.place = place;
      current.offset = batch.offset(i);
      const text = batch.bytes(i);
      if (text === null) this.pushTombstone(nodeId);
      else {
        const time = batch.time(i);
        if (sendRaw === undefined || !sendRaw(text, time)) this.pushRecord(side, text, time, "+I");
      }
    }
    this.forgetRecord();
  }

  /** A batch from another subtask. */
  receive(batch: ExchangeBatch): void {
    const inbound = this.inbound[batch.exchange];
    if (!inbound) throw new Error(`exchange ${batch.exchange} does not end on this subtask`);
    try {
      readBatch(batch, this.handlerOf(inbound, batch.from));
    } finally {
      this.forgetRecord();
    }
  }

  /** What comes now has no record as its cause. */
  private forgetRecord(): void {
    this.current.place = undefined;
    this.current.traced = false;
  }

  /** Sending ends of the exchanges that begin here. */
  get outputs(): readonly ExchangeOutput[] {
    return this.exchangeOutputs.filter((output) => output !== undefined);
  }

  /** A record without a value: it is counted and goes nowhere. */
  pushTombstone(nodeId: string): void {
    this.node(nodeId).out.drop(TOMBSTONE, NO_ROW);
  }

  /** One record into a source node. */
  pushText(nodeId: string, text: ByteRange, time: Millis, kind: RowKind = "+I"): void {
    this.pushRecord(this.sources.get(nodeId) as SourceSide, text, time, kind);
  }

  private pushRecord({ node, decoder, port }: SourceSide, text: ByteRange, time: Millis, kind: RowKind): void {
    let row: Row;
    try {
      row = decoder.decode(text);
    } catch (error) {
      if (!(error instanceof RowError)) throw new NodeFailure(node.id, error);
      this.failed(node, error, text, undefined, time, "");
      return;
    }
    if (kind !== "+I") row = { ...row, [META]: { ...row[META], kind } };
    this.current.traced = port.tap.left > 0;
    node.emitBy(port, row, time);
  }

  /** A row that a source once gave, as JSON, whatever format its records have: samples that are played again, under the origin they had. */
  pushSample(nodeId: string, text: ByteRange, time: Millis, origin: Origin | undefined): void {
    const { port, schema } = this.sources.get(nodeId) as SourceSide;
    this.givenOrigin = origin;
    try {
      this.current.traced = true;
      this.node(nodeId).emitBy(port, codecOf({ name: "json" }).decoder(schema, true, { name: "json" }).decode(text), time);
    } finally {
      this.current.traced = false;
      this.givenOrigin = undefined;
    }
  }

  /** One row into an input port, decoded from text by the port's schema, on whichever subtask it belongs to: replays of dead letters. */
  pushInto(nodeId: string, port: string, text: ByteRange, time: Millis, kind: RowKind = "+I"): void {
    if (port === "") return this.pushText(nodeId, text, time, kind);
    const node = this.node(nodeId);
    const input = node.inputs.get(port);
    if (!input) throw new NodeFailure(nodeId, `it has no input port ${JSON.stringify(port)}`);
    const schema = this.schemas.get(`${nodeId}.${port}`) as Schema;
    let row: Row;
    try {
      row = codecOf({ name: "json" }).decoder(schema, true, { name: "json" }).decode(text);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.failed(node, error, text, undefined, time, port);
      return;
    }
    if (kind !== "+I") row = { ...row, [META]: { ...row[META], kind } };
    const exchange = this.exchangeEdges.get(`${nodeId}.${port}`);
    if (exchange) exchange.onRow(row, time);
    else node.receive(input, row, time);
  }

  pushWatermark(nodeId: string, time: Millis): void {
    const node = this.node(nodeId);
    if (time > node.watermark) node.sendWatermark(time);
  }

  pushIdle(nodeId: string, idle: boolean): void {
    this.node(nodeId).sendIdle(idle);
  }

  isSource(nodeId: string): boolean {
    return this.sources.has(nodeId);
  }

  /** The source has no more records, ever. */
  end(nodeId: string): void {
    this.node(nodeId).end();
  }

  /** Rows that sinks took, by node. */
  rowsOut(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.ordered.flatMap((node) => (node.sinkSide ? [[node.id, node.written]] : [])));
  }

  get isEnded(): boolean {
    return this.ordered.every((node) => node.isEnded);
  }

  /** Processing time has moved to `now`: timers fire, operators with a watermark of their own speak. Upstream nodes first; with `only` of these nodes alone. */
  advanceClock(now: Millis, only?: ReadonlySet<string>): void {
    for (const node of this.ordered) if (only === undefined || only.has(node.id)) node.periodic(now);
  }

  /** A new sampling period. */
  refillTaps(): void {
    for (const node of this.ordered) {
      node.dropTap.refill();
      for (const port of node.outputs.values()) port.tap.refill();
    }
  }

  counts(): Readonly<Record<string, PortCounts>> {
    return Object.fromEntries(
      this.ordered.map((node) => {
        const holdings = node.operator?.holdings?.();
        return [
          node.id,
          {
            in: Object.fromEntries([...node.inputs].map(([name, port]) => [name, port.total])),
            out: Object.fromEntries([...node.outputs].map(([name, port]) => [name, port.tap.total])),
            dropped: Object.fromEntries(node.dropped),
            errors: node.errors,
            watermark: node.watermark,
            isEnded: node.isEnded,
            ...(holdings ? { holdings } : {}),
            ...stateOf(node),
            ...(node.lastError ? { lastError: node.lastError } : {}),
          },
        ];
      }),
    );
  }

  /** The tap of an output port, or, as port "dropped", that of the rows that ended at the node. */
  tap(nodeId: string, port: string): Tap | undefined {
    const node = this.nodes.get(nodeId);
    return port === DROPPED ? node?.dropTap : node?.outputs.get(port)?.tap;
  }

  stateSchemas(): Readonly<Record<string, StateSchema>> {
    return Object.fromEntries(this.ordered.filter((node) => node.operator).map((node) => [node.id, node.backend.schema()]));
  }

  /**
   * State that changed since the last snapshot (all of it with `all`), and every node's watermarks. To be taken whole and at once, before anything else is pushed: with that, what changes
   * later belongs to the next one.
   */
  *snapshot(all: boolean): Iterable<SnapshotEntry> {
    for (const node of this.ordered) {
      for (const key of node.backend.snapshot(all)) yield { node: node.id, key };
      const watermarks = Object.fromEntries(Object.entries(node.watermarks()).map(([port, times]) => [port, times.map(toStored)]));
      yield { node: node.id, watermarks, own: toStored(node.watermark) };
    }
  }

  /** State changed since the last snapshot. */
  get isDirty(): boolean {
    return this.ordered.some((node) => node.backend.isDirty);
  }

  /** Takes a snapshot of a run of one subtask, oldest entries first. Entries of nodes that are gone are skipped; their ids are returned. */
  restore(entries: Iterable<SnapshotEntry>): ReadonlySet<string> {
    const restore = this.beginRestore(1);
    for (const entry of entries) restore.take(0, entry);
    return restore.end();
  }

  /**
   * Takes the snapshots of all `subtasks` that there were, each one's entries oldest first: the keys that this subtask owns now. Where a node has other channels than it had,
   * they begin at the lowest of the watermarks that were saved. `schemas`: what the nodes kept then, where it may not be what they keep now.
   */
  beginRestore(
    subtasks: number,
    schemas: Readonly<Record<string, StateSchema>> = {},
  ): { take(subtask: number, entry: SnapshotEntry): void; end(): ReadonlySet<string> } {
    const gone = new Set<string>();
    const watermarks = new Map<string, (WatermarkEntry | undefined)[]>();
    for (const [id, schema] of Object.entries(schemas)) this.nodes.get(id)?.backend.readAs(schema);
    return {
      take: (subtask, entry) => {
        const node = this.nodes.get(entry.node);
        if (!node) {
          if (!this.options.graph.nodes.some(({ id }) => id === entry.node)) gone.add(entry.node);
        } else if (!("key" in entry)) {
          const saved = watermarks.get(entry.node) ?? new Array<WatermarkEntry | undefined>(subtasks).fill(undefined);
          saved[subtask] = entry;
          watermarks.set(entry.node, saved);
        } else if (this.isOwner(node, entry.key)) node.backend.restore(entry.key);
      },
      end: () => {
        for (const [id, saved] of watermarks) this.restoreWatermarks(id, saved);
        return gone;
      },
    };
  }

  private isOwner(node: NodeRuntime, { group }: KeySnapshot): boolean {
    const { place } = this.options;
    const parallelism = place?.plan.parallelism.get(node.id) ?? 1;
    return place === undefined || ownsGroup(group, { subtask: place.subtask, parallelism });
  }

  private restoreWatermarks(id: string, saved: readonly (WatermarkEntry | undefined)[]): void {
    const node = this.nodes.get(id) as NodeRuntime;
    const { place } = this.options;
    const entries = saved.filter((entry) => entry !== undefined);
    const own = saved[place?.subtask ?? 0];
    const hasSameChannels =
      own !== undefined &&
      entries.length === (place?.plan.parallelism.get(id) ?? 1) &&
      [...node.inputs.values()].every((port) => own.watermarks[port.name]?.length === Math.max(1, port.channels));
    if (hasSameChannels) {
      node.restoreWatermarks(
        mapValues(own.watermarks, (times) => times.map(fromStored)),
        fromStored(own.own),
      );
      return;
    }
    const lowest = (times: readonly StoredTime[]) => Math.min(...times.map(fromStored));
    const byPort: Record<string, Millis[]> = {};
    for (const port of node.inputs.values()) {
      const times = entries.flatMap(({ watermarks }) => watermarks[port.name] ?? []);
      byPort[port.name] = new Array<Millis>(Math.max(1, port.channels)).fill(times.length === 0 ? MIN_TIME : lowest(times));
    }
    node.restoreWatermarks(byPort, lowest(entries.map((entry) => entry.own)));
  }

  private addNode(typed: TypedNode, wanted: FieldTree | undefined): void {
    const type = this.options.nodeTypes.get(typed.spec.type);
    if (!type) throw new Error(`node type ${JSON.stringify(typed.spec.type)} is not registered`);
    const expressions = this.expressionsOf(typed);
    const keyTexts = typed.spec.keyBy?.(typed.params) ?? {};
    const keys = new Map(Object.entries(keyTexts).map(([port, texts]) => [port, texts.map((text) => expressions.value(text, port))]));
    const keyTypes = [...keys.values()][0]?.map((key) => key.dataType) ?? [];
    const backend = new KeyedBackend(keyTypes, this.options.now, this.options.spill?.(typed.id));
    const firstInput = Object.values(typed.inputs)[0]?.schema ?? NO_FIELDS;
    const node = new NodeRuntime(typed.id, typed.spec, typed.disabled, backend, this.tapFor(firstInput), this.hostOf());
    const json = codecOf({ name: "json" });
    for (const [name, port] of Object.entries(typed.inputs)) {
      this.schemas.set(`${typed.id}.${name}`, port.schema);
      const channels = port.edges.reduce((sum, edge) => sum + (this.exchangeOf(edge)?.senders ?? 1), 0);
      node.addInput(name, channels, typed.disabled ? undefined : keys.get(name), json.encoder(port.schema, { name: "json" }));
    }
    for (const [name, port] of Object.entries(typed.outputs)) {
      node.outputs.set(name, { name, tap: this.tapFor(port.schema), targets: [] });
    }
    const isSource = Object.keys(typed.inputs).length === 0;
    if (isSource) {
      const mainPort = Object.keys(typed.outputs)[0] as string;
      const format = typed.spec.format?.(typed.params) ?? { name: "json" };
      const schema = (typed.outputs[mainPort] as { schema: Schema }).schema;
      this.sources.set(typed.id, {
        node,
        decoder: codecOf(format).decoder(schema, wanted ?? true, format),
        port: node.outputs.get(mainPort) as OutputPort,
        schema,
      });
    } else if (type.createOperator && !typed.disabled) {
      node.operator = type.createOperator(typed.params, this.operatorContext(typed, expressions, backend));
    }
    const sink = this.options.sinks?.get(typed.id);
    if (sink && !typed.disabled) node.sinkSide = this.sinkSide(typed, sink, expressions);
    backend.select([]);
    node.wire();
    this.nodes.set(typed.id, node);
    this.ordered.push(node);
  }

  private wireNode(typed: TypedNode): void {
    const node = this.node(typed.id);
    for (const [name, port] of Object.entries(typed.outputs)) {
      for (const edge of port.edges) {
        const exchange = this.exchangeOf(edge);
        const target = exchange ? this.exchangeEdge(exchange, port.schema) : this.localEdge(edge, 0);
        if (!target) throw new Error(`edge ${edge.from} -> ${edge.to} ends nowhere`);
        (node.outputs.get(name) as OutputPort).targets.push(target);
        if (target instanceof ExchangeEdge) {
          this.exchangeEdges.set(edge.to, target);
          const side = this.sources.get(typed.id);
          if (side && name === side.port.name && port.edges.length === 1) this.routeRaw(typed, side, target);
        }
      }
    }
  }

  /**
   * The only edge of a source leads to the owners of keys that stand in its records: these need not be decoded to find out where. The receiver counts, samples and decodes them as
   * its own copy of the source, and finds out for itself whether they are its own.
   */
  private routeRaw(typed: TypedNode, side: SourceSide, edge: ExchangeEdge): void {
    const { by, senders, receivers, to } = edge.exchange;
    if (by !== "key" || senders !== receivers || (typed.spec.format?.(typed.params).name ?? "json") !== "json") return;
    const target = this.typed(to.node);
    const paths = (target.spec.keyBy?.(target.params)[to.port] ?? []).map((text) => {
      const reads = target.expressions.get(`${to.port}\u0000${text}`)?.reads ?? [];
      return reads.length === 1 && reads[0]?.join(".") === text.trim() ? reads[0] : undefined;
    });
    if (!paths.every((path) => path !== undefined)) return;
    const extract = keyExtractor(side.schema, paths);
    side.sendRaw = (text, time) => {
      const key = extract(text);
      return key !== undefined && edge.sendRaw(key, text, time);
    };
  }

  private runsHere(nodeId: string): boolean {
    const { place } = this.options;
    return place === undefined || place.subtask < (place.plan.parallelism.get(nodeId) ?? 0);
  }

  private exchangeOf(edge: Edge): Exchange | undefined {
    return this.options.place?.plan.exchanges.find((exchange) => exchange.edge.from === edge.from && exchange.edge.to === edge.to);
  }

  /** The receiving end of an edge, of its sender number `sender`; undefined where it is not here. */
  private localEdge(edge: Edge, sender: number): LocalEdge | undefined {
    const to = parsePortRef(edge.to);
    const target = this.nodes.get(to.node);
    const input = target?.inputs.get(to.port);
    return target && input ? new LocalEdge(target, input, this.channelOf(edge) + sender) : undefined;
  }

  /** Where an edge's channels begin in its input port. */
  private channelOf(edge: Edge): number {
    let channel = 0;
    for (const other of this.typed(parsePortRef(edge.to).node).inputs[parsePortRef(edge.to).port]?.edges ?? []) {
      if (other.from === edge.from && other.to === edge.to) return channel;
      channel += this.exchangeOf(other)?.senders ?? 1;
    }
    throw new Error(`edge ${edge.from} -> ${edge.to} does not end where it says`);
  }

  private addExchanges(wanted: ReadonlyMap<string, FieldTree>): void {
    const { place } = this.options;
    if (place === undefined) return;
    const format = { name: "json" } as const;
    const json = codecOf(format);
    for (const exchange of place.plan.exchanges) {
      const { id, from, to } = exchange;
      if (this.runsHere(from.node)) this.exchangeOutputs[id] = new ExchangeOutput(exchange, place.subtask, place.send, place.batchBytes);
      const node = this.nodes.get(to.node);
      if (!node) continue;
      // The sender's: of a port where streams with different fields meet, none has all of them.
      const schema = (this.typed(from.node).outputs[from.port] as { schema: Schema }).schema;
      this.inbound[id] = {
        exchange,
        node,
        port: node.inputs.get(to.port) as InputPort,
        channel: this.channelOf(exchange.edge),
        decoder: json.decoder(schema, wanted.get(exchange.edge.to) ?? true, format),
        wholeDecoder: json.decoder(schema, true, format),
      };
    }
  }

  private exchangeEdge(exchange: Exchange, schema: Schema): ExchangeEdge {
    const { subtask } = this.options.place as TaskPlace;
    const target = this.typed(exchange.to.node);
    const keyTexts = (exchange.by === "key" && target.spec.keyBy?.(target.params)[exchange.to.port]) || [];
    const expressions = this.expressionsOf(target);
    return new ExchangeEdge({
      output: this.exchangeOutputs[exchange.id] as ExchangeOutput,
      self: subtask,
      local: this.localEdge(exchange.edge, subtask),
      key: keyTexts.map((text) => expressions.value(text, exchange.to.port)),
      encoder: codecOf({ name: "json" }).encoder(schema, { name: "json" }),
      current: this.current,
    });
  }

  private handlerOf({ exchange, node, port, channel, decoder, wholeDecoder }: Inbound, from: number): BatchHandler {
    const { current } = this;
    const edge = new LocalEdge(node, port, channel + from);
    return {
      row: ({ kind, flags, time, place, offset }, bytes, start, end) => {
        current.place = place;
        current.offset = offset;
        if (flags & IS_RAW) return this.receiveRaw(exchange, { bytes, start, end }, time);
        const isNew = (flags & IS_NEW) !== 0;
        let row = (isNew ? wholeDecoder : decoder).decode({ bytes, start, end });
        if (isNew || kind !== "+I") row = { ...row, [META]: { record: isNew ? undefined : row[META]?.record, kind } };
        current.traced = (flags & IS_TRACED) !== 0;
        edge.onRow(row, time);
      },
      watermark: (time) => {
        this.forgetRecord();
        edge.onWatermark(time);
      },
      idle: (isIdle) => edge.onIdle(isIdle),
      end: () => {
        this.forgetRecord();
        edge.onEnd();
      },
      barrier: (checkpointId) => this.options.place?.onBarrier(exchange.id, from, checkpointId),
    };
  }

  /** A source's record that another subtask read and took for this one's. */
  private receiveRaw({ id, from }: Exchange, text: ByteRange, time: Millis): void {
    this.current.rawFrom = id;
    try {
      this.pushText(from.node, text, time);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.failed(this.node(from.node), error, text, undefined, time, "");
    } finally {
      this.current.rawFrom = undefined;
    }
  }

  private typed(nodeId: string): TypedNode {
    const typed = this.options.graph.nodes.find((node) => node.id === nodeId);
    if (!typed) throw new Error(`no node ${JSON.stringify(nodeId)}`);
    return typed;
  }

  /** A tap that shows rows of a schema as JSON. */
  private tapFor(schema: Schema): Tap {
    const encoder = codecOf({ name: "json" }).encoder(schema, { name: "json" });
    return new Tap(this.options.taps ?? DEFAULT_TAP, (row) => {
      const { bytes, start, end } = encoder.encode(row);
      const changed = row[META]?.changes?.map((change) => change.path.join("."));
      return { text: textOf(bytes, start, end), ...(changed ? { changed } : {}) };
    });
  }

  private hostOf(): NodeHost {
    const task = this;
    return {
      now: this.options.now,
      get traced() {
        return task.current.traced;
      },
      sample: (tap, row, time, reason) => tap.take(row, time, this.options.now(), this.origin(), reason),
      failed: (node, error, text, row, time, port) => this.failed(node, error, text, row, time, port),
    };
  }

  private failed(node: NodeRuntime, error: RowError, text: ByteRange, row: Row | undefined, time: Millis, port: string): void {
    node.errors++;
    node.lastError = { words: error.words, at: this.options.now() };
    const output = node.outputs.get(ERROR_PORT) as OutputPort;
    const origin = this.origin();
    const errorRow = {
      node: node.id,
      code: error.code,
      message: error.message,
      text: textOf(text.bytes, text.start, text.end),
      origin: origin ? `${origin.split}@${origin.offset}` : null,
    };
    if (output.targets.length === 0) {
      this.options.onDeadLetter({
        nodeId: node.id,
        port,
        at: this.options.now(),
        time: Number.isFinite(time) ? time : null,
        kind: row?.[META]?.kind ?? "+I",
        code: error.code,
        words: error.words,
        bytes: text.bytes.slice(text.start, text.end),
        ...(origin ? { origin } : {}),
      });
    }
    node.emit(ERROR_PORT, errorRow, time);
  }

  private origin(): Origin | undefined {
    const { place, offset } = this.current;
    if (!place) return this.givenOrigin;
    const { nodeId, split } = place;
    return {
      nodeId,
      split: split.id,
      topic: split.origin,
      ...(split.partition === undefined ? {} : { partition: split.partition }),
      offset,
    };
  }

  private operatorContext(typed: TypedNode, expressions: Expressions, backend: KeyedBackend): OperatorContext {
    const schemas = (ports: TypedNode["inputs"]) => Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, port.schema]));
    return {
      nodeId: typed.id,
      state: backend,
      timers: backend,
      expressions,
      schemas: { inputs: schemas(typed.inputs), outputs: { ...schemas(typed.outputs), [ERROR_PORT]: ERROR_SCHEMA } },
      declared: (name) => this.declared.get(name),
      timeZone: this.options.graph.settings.timeZone,
      now: this.options.now,
    };
  }

  private expressionsOf(typed: TypedNode): Expressions {
    const settings = { timeZone: this.options.graph.settings.timeZone };
    const firstPort = Object.keys(typed.inputs)[0] ?? "";
    const value = (text: string, port = firstPort): CompiledExpression => {
      const checked = typed.expressions.get(`${port}\u0000${text}`);
      if (!checked) throw new Error(`expression ${JSON.stringify(text)} of node ${typed.id} is not among spec.expressions`);
      const compiled = compile(checked, settings);
      const context = { time: 0, now: this.options.now };
      const evaluate = (row: Row, time: Millis) => {
        context.time = time;
        return compiled(row, context);
      };
      return Object.assign(evaluate, { dataType: checked.dataType });
    };
    return {
      value,
      condition: (text, port) => {
        const evaluate = value(text, port);
        return (row, time) => evaluate(row, time) === true;
      },
    };
  }

  private sinkSide(typed: TypedNode, sink: Sink, expressions: Expressions): SinkSide {
    const port = Object.keys(typed.inputs)[0] as string;
    const format = typed.spec.format?.(typed.params) ?? { name: "json" };
    const key = typed.spec.sinkKey?.(typed.params);
    const target = typed.spec.sinkTarget?.(typed.params);
    const partition = typed.spec.sinkPartition?.(typed.params);
    const settings = { timeZone: this.options.graph.settings.timeZone };
    return {
      sink,
      encoder: codecOf(format).encoder((typed.inputs[port] as { schema: Schema }).schema, format),
      key: key === undefined ? undefined : expressions.value(key, port),
      target: target === undefined ? undefined : expressions.value(target, port),
      partition: partition === undefined ? undefined : expressions.value(partition, port),
      text: (value, expression) =>
        value === null ? null : typeof value === "string" ? value : formatValue(value, expression.dataType as DataType, settings),
    };
  }

  private node(id: string): NodeRuntime {
    const node = this.nodes.get(id);
    if (!node) throw new Error(`no node ${JSON.stringify(id)}`);
    return node;
  }
}

/** Name under which `tap` gives the rows that ended at a node. */
export const DROPPED = "dropped";
/** Drop reason of records without a value. */
export const TOMBSTONE = "tombstone";
const NO_ROW: Row = {};
const NO_FIELDS: Schema = { type: "ROW", fields: [], open: true };
const decoder = new TextDecoder();

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

function toStored(time: Millis): StoredTime {
  return time === MIN_TIME ? "min" : time === MAX_TIME ? "max" : time;
}

function fromStored(time: StoredTime): Millis {
  return time === "min" ? MIN_TIME : time === "max" ? MAX_TIME : time;
}

function mapValues<A, B>(members: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, map(value)]));
}

/** What each node's operator keeps: known once they are made. */
export function stateSchemas(graph: TypedGraph, nodeTypes: ReadonlyMap<string, NodeType>): Readonly<Record<string, StateSchema>> {
  return new Task({ graph, nodeTypes, now: () => 0, onDeadLetter: () => undefined }).stateSchemas();
}

/** Nodes whose operators keep state. */
export function statefulNodes(graph: TypedGraph, nodeTypes: ReadonlyMap<string, NodeType>): ReadonlySet<string> {
  return new Set(
    Object.entries(stateSchemas(graph, nodeTypes)).flatMap(([id, { states }]) => (Object.keys(states).length > 0 ? [id] : [])),
  );
}

function stateOf({ operator, backend }: NodeRuntime): { readonly state?: StateCounts } {
  if (operator === undefined || Object.keys(backend.schema().states).length === 0) return {};
  const { keys, memoryBytes, spilledBytes, eventTimers, processingTimers } = backend.usage();
  return { state: { keys, memoryBytes, spilledBytes, timers: eventTimers + processingTimers } };
}
