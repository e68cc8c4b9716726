/**
 * A running pipeline (one subtask of it) without clock, randomness or I/O: records, watermarks, the clock and the end of input are pushed in, rows come out at
 * sinks and taps, and its state can be snapshotted between any two pushes. Real runs (`subtask.ts`), tests and "try" all drive this.
 */
import { codecOf, type Decoder, type FieldTree } from "../codec/index.ts";
import {
  type ByteRange,
  ERROR_PORT,
  ERROR_SCHEMA,
  type Expressions,
  type LookupSettings,
  META,
  MIN_TIME,
  type Millis,
  type NodeContext,
  type NodeType,
  type Origin,
  type RecordBatch,
  type RoleName,
  type Roles,
  type Row,
  RowError,
  type Sink,
  type Split,
} from "../node/index.ts";
import { declaredSchemas } from "../pipeline/declared-schemas.ts";
import { changelogsOf, declaredName, insideOf, type TypedGraph, type TypedNode } from "../pipeline/index.ts";
import type { RowKind, Schema } from "../schema/index.ts";
import { KeyedBackend, type SpillOptions, type StateSchema } from "../state/index.ts";
import type { Replay } from "./checkpoint.ts";
import { countsOf, countsOfUses, type PortCounts } from "./counts.ts";
import type { ExchangeBatch, RecordPlace } from "./exchange-batch.ts";
import { type CurrentRecord, ExchangeEdge } from "./exchange-edge.ts";
import type { ExchangeOutput } from "./exchange-output.ts";
import { KeyBytes } from "./key-bytes.ts";
import { createLookupSide, FLIGHT_KEY, type LookupSurroundings } from "./lookup-side.ts";
import { expressionsOf, sinkSideOf } from "./node-expressions.ts";
import { NodeFailure, type NodeHost, NodeRuntime, type OutputPort } from "./node-runtime.ts";
import { randomNumbers } from "./random-numbers.ts";
import { keyOnce, keyPathsOf } from "./raw-keys.ts";
import { beginRestore, type Restore, type SnapshotEntry, takeSnapshot } from "./snapshot.ts";
import { DEFAULT_TAP, Tap, type TapSettings } from "./tap.ts";
import { wantedFields } from "./wanted-fields.ts";
import { forget, type Mutable, type TaskPlace, Wiring } from "./wiring.ts";

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
  /** Fields of the port that the row does not have, as it is of another stream than those that have them, though its text may have members of these names. */
  readonly hidden?: readonly string[];
  readonly origin?: Origin;
}

export interface TaskOptions {
  readonly graph: TypedGraph;
  readonly nodeTypes: ReadonlyMap<string, NodeType>;
  /** Sinks by node id; a sink node without one counts its rows and lets them go (tests, "try"). */
  readonly sinks?: ReadonlyMap<string, Sink>;
  readonly now: () => Millis;
  /** What the random functions of expressions draw from: the same seed, the same numbers, for each node and subtask their own. A run gives another one each time it starts. */
  readonly seed: string;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  readonly taps?: TapSettings;
  /** Where a node's keyed state goes when it does not fit into memory; without it all of it stays there. */
  readonly spill?: (nodeId: string) => SpillOptions;
  /** This subtask's place in a run of several; left out: all of the graph runs here. */
  readonly place?: TaskPlace;
  /** The drivers that lookup nodes ask, by node id. */
  readonly connectionOf?: ((nodeId: string) => Roles[RoleName] | undefined) | undefined;
  /** Rows of ports that nothing is wired to are looked at, too, and must be whole (tests, "try"). */
  readonly showsAll?: boolean;
  /** In place of what lookup nodes' specs say. */
  readonly lookups?: Partial<LookupSettings>;
  /** A lookup has an answer: `deliver` should be called. */
  readonly wake?: () => void;
}

interface SourceSide {
  readonly node: NodeRuntime;
  readonly decoder: Decoder;
  /** Where its rows leave. */
  readonly port: OutputPort;
  readonly schema: Schema;
  /** Where all its rows leave by their key: sends a record on before it is decoded; false when it belongs here, or must be decoded to be sure. */
  sendRaw?: ((text: ByteRange, time: Millis) => boolean) | undefined;
}

export class Task {
  readonly nodes = new Map<string, NodeRuntime>();
  private readonly sources = new Map<string, SourceSide>();
  private readonly lookups: NodeRuntime[] = [];
  private readonly options: TaskOptions;
  private readonly ordered: NodeRuntime[] = [];
  private readonly declared: ReadonlyMap<string, Schema>;
  private readonly wiring: Wiring;
  /** The record being processed. Its origin is put together only when a sample or a dead letter wants it. */
  private readonly current: Mutable<CurrentRecord> = {
    place: undefined,
    offset: 0,
    traced: false,
  };
  private readonly places = new WeakMap<Split, RecordPlace>();
  private readonly host: NodeHost;
  private givenOrigin: Origin | undefined;

  constructor(options: TaskOptions) {
    this.options = options;
    this.host = this.hostOf();
    this.declared = declaredSchemas(options.graph.document.schemas).schemas;
    this.wiring = new Wiring({
      graph: options.graph,
      place: options.place,
      nodes: this.nodes,
      current: this.current,
      expressionsOf: (typed) => this.expressionsOf(typed),
      receiveRaw: (nodeId, text, time) => this.pushText(nodeId, text, time),
      undecodable: (node, error, text, time, port, hidden) => this.failed(node, error, text, undefined, time, port, hidden),
    });
    const here = options.graph.nodes.filter((node) => this.wiring.runsHere(node.id));
    const wanted = wantedFields(options.graph);
    for (const typed of here) this.addNode(typed, wanted.bySource.get(typed.id));
    this.wiring.openExchanges(wanted.byInput);
    for (const typed of here) this.wireNode(typed);
  }

  /** Decodes and processes the records of a batch. Gives the greatest of their times, those of records without a value too. */
  pushBatch(nodeId: string, split: Split, batch: RecordBatch): Millis {
    const { current } = this;
    const side = this.sources.get(nodeId) as SourceSide;
    const { sendRaw } = side;
    let place = this.places.get(split);
    if (place === undefined) {
      place = { nodeId, split };
      this.places.set(split, place);
    }
    let maxTime = MIN_TIME;
    side.decoder.steady?.(true);
    try {
      for (let i = 0; i < batch.count; i++) {
        current.place = place;
        current.offset = batch.offset(i);
        const text = batch.bytes(i);
        const time = batch.time(i);
        if (time > maxTime) maxTime = time;
        if (text === null) this.pushTombstone(nodeId);
        else if (sendRaw === undefined || !sendRaw(text, time)) this.pushRecord(side, text, time, "+I");
      }
    } finally {
      side.decoder.steady?.(false);
    }
    this.forgetRecord();
    return maxTime;
  }

  /** A batch from another subtask. */
  receive(batch: ExchangeBatch): void {
    try {
      this.wiring.receive(batch);
    } finally {
      this.forgetRecord();
    }
  }

  /** What comes now has no record as its cause. */
  private forgetRecord(): void {
    forget(this.current);
  }

  /** Sending ends of the exchanges that begin here. */
  get outputs(): readonly ExchangeOutput[] {
    return this.wiring.outputs;
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

  /** A dead letter once more: into its source or input port, on whichever subtask it belongs to; or, where the node could not finish a row for an output, out of that. */
  replay({ nodeId, port, bytes, time, kind, hidden = [] }: Replay): void {
    const text = { bytes, start: 0, end: bytes.length };
    const at = time ?? MIN_TIME;
    if (port === "") return this.pushText(nodeId, text, at, kind);
    const node = this.node(nodeId);
    const [input, output] = [node.inputs.get(port), node.outputs.get(port)];
    if (!input && !output) throw new NodeFailure(nodeId, `it has no port ${JSON.stringify(port)}`);
    let row: Row;
    try {
      row = this.wiring.decoderAt(nodeId, port, hidden).decode(text);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.failed(node, error, text, undefined, at, port, hidden);
      return;
    }
    if (kind !== "+I") row = { ...row, [META]: { ...row[META], kind } };
    if (!input) return node.emitBy(output as OutputPort, row, at);
    const exchange = this.wiring.exchangeInto(`${nodeId}.${port}`);
    if (exchange) exchange.onRow(row, at);
    else node.receive(input, row, at);
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

  /** Lets out what lookups have answered, upstream ones first; not while a checkpoint is cut. True when anything left. */
  deliver(): boolean {
    let hasLeft = false;
    for (const node of this.lookups) hasLeft = node.deliver() || hasLeft;
    return hasLeft;
  }

  /** Some lookup has as many rows under way as it may: no further ones should come. */
  get isWaiting(): boolean {
    return this.lookups.some((node) => node.lookup?.isFull);
  }

  /** Rows are under way in some lookup. */
  get isAsking(): boolean {
    return this.lookups.some((node) => node.lookup?.isEmpty === false);
  }

  /** Ends the lookups. */
  close(): void {
    for (const node of this.lookups) node.lookup?.close();
  }

  /** A new sampling period. */
  refillTaps(): void {
    for (const node of this.ordered) {
      node.dropTap.refill();
      for (const port of node.outputs.values()) port.tap.refill();
    }
  }

  /** By node, those that use fragments among them. */
  counts(): Readonly<Record<string, PortCounts>> {
    const counts = new Map(this.ordered.map((node) => [node.id, countsOf(node)]));
    for (const [id, count] of countsOfUses(this.options.graph.uses, counts)) counts.set(id, count);
    return Object.fromEntries(counts);
  }

  /** The tap of an output port, or, as port "dropped", that of the rows that ended at the node. */
  tap(using: string, name: string): Tap | undefined {
    const { node: nodeId, port } = insideOf(this.options.graph, using, name);
    const node = this.nodes.get(nodeId);
    return port === DROPPED ? node?.dropTap : node?.outputs.get(port)?.tap;
  }

  stateSchemas(): Readonly<Record<string, StateSchema>> {
    return Object.fromEntries(this.ordered.filter((node) => node.operator ?? node.lookup).map((node) => [node.id, node.backend.schema()]));
  }

  /**
   * State that changed since the last snapshot (all of it with `all`), and every node's watermarks. To be taken whole and at once, before anything else is pushed: with that, what changes
   * later belongs to the next one.
   */
  snapshot(all: boolean): Iterable<SnapshotEntry> {
    return takeSnapshot(this.ordered, all);
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
   * each edge takes up where it was (`snapshot.ts`). `schemas`: what the nodes kept then, where it may not be what they keep now.
   */
  beginRestore(subtasks: number, schemas: Readonly<Record<string, StateSchema>> = {}): Restore {
    const { graph, place } = this.options;
    return beginRestore({ graph, nodes: this.nodes, place }, subtasks, schemas);
  }

  private addNode(typed: TypedNode, wanted: FieldTree | undefined): void {
    const type = this.options.nodeTypes.get(typed.spec.type);
    // Rows pass a disabled node by, whatever it is: one that uses a fragment is not written out.
    if (!type && !typed.disabled) throw new Error(`node type ${JSON.stringify(typed.spec.type)} is not registered`);
    const expressions = this.expressionsOf(typed);
    const keyTexts = typed.spec.keyBy?.(typed.params) ?? {};
    const keys = new Map(Object.entries(keyTexts).map(([port, texts]) => [port, texts.map((text) => expressions.value(text, port))]));
    const keyTypes = [...keys.values()][0]?.map((key) => key.dataType) ?? [];
    const asks = type?.createLookup !== undefined && !typed.disabled;
    const backend = asks
      ? new KeyedBackend(FLIGHT_KEY, this.options.now)
      : new KeyedBackend(keyTypes, this.options.now, this.options.spill?.(typed.id));
    const firstInput = Object.values(typed.inputs)[0]?.schema ?? NO_FIELDS;
    const node = new NodeRuntime(typed.id, typed.spec, typed.disabled, backend, this.tapFor(firstInput), this.host);
    const json = codecOf({ name: "json" });
    for (const [name, port] of Object.entries(typed.inputs)) {
      node.addInput(
        name,
        this.wiring.channelsOf(port.edges),
        typed.disabled ? undefined : keys.get(name),
        json.encoder(port.schema, { name: "json" }),
      );
    }
    for (const [name, port] of Object.entries(typed.outputs)) {
      const encoder = () => json.encoder(port.schema, { name: "json" });
      node.addOutput({ name, encoder, tap: this.tapFor(port.schema), targets: [] });
    }
    const isSource = Object.keys(typed.inputs).length === 0;
    if (isSource) {
      const mainPort = Object.keys(typed.outputs)[0] as string;
      const format = typed.spec.format?.(typed.params) ?? { name: "json" };
      const schema = (typed.outputs[mainPort] as { schema: Schema }).schema;
      const keyPaths = keyPathsOf(this.options.graph, typed);
      this.sources.set(typed.id, {
        node,
        decoder: codecOf(format).decoder(schema, wanted ?? true, format, keyPaths && keyOnce(schema, keyPaths)),
        port: node.outputs.get(mainPort) as OutputPort,
        schema,
      });
    } else if (type?.createOperator && !typed.disabled) {
      node.operator = type.createOperator(typed.params, { ...this.nodeContext(typed, expressions), state: backend, timers: backend });
      node.watermarkDelayMs = typed.spec.watermarkDelayMs?.(typed.params) ?? 0;
    }
    if (asks) {
      node.lookup = createLookupSide(type, typed, node, backend, this.lookupSurroundings(typed, expressions));
      this.lookups.push(node);
    }
    const sink = this.options.sinks?.get(typed.id);
    if (sink && !typed.disabled) node.sinkSide = sinkSideOf(typed, sink, expressions, this.options.graph.settings.timeZone);
    backend.select([]);
    node.wire();
    this.nodes.set(typed.id, node);
    this.ordered.push(node);
  }

  private wireNode(typed: TypedNode): void {
    const node = this.node(typed.id);
    for (const [name, port] of Object.entries(typed.outputs)) {
      const targets = port.edges.map((edge) => this.wiring.targetOf(edge, port.schema));
      (node.outputs.get(name) as OutputPort).targets.push(...targets);
      const side = this.sources.get(typed.id);
      const [only] = targets;
      if (side && name === side.port.name && targets.length === 1 && only instanceof ExchangeEdge)
        side.sendRaw = this.wiring.rawRoute(typed, side.schema, only);
    }
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
    return {
      now: this.options.now,
      current: this.current,
      keyBytes: new KeyBytes(),
      sample: (tap, row, time, reason) => tap.take(row, time, this.options.now(), this.origin(), reason),
      failed: (node, error, text, row, time, port) => this.failed(node, error, text, row, time, port),
    };
  }

  private failed(
    node: NodeRuntime,
    error: RowError,
    text: ByteRange,
    row: Row | undefined,
    time: Millis,
    port: string,
    hidden: readonly string[] = row === undefined ? [] : this.wiring.lackedAt(node.id, port, row),
  ): void {
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
        ...(hidden.length > 0 && { hidden }),
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

  private nodeContext(typed: TypedNode, expressions: Expressions): NodeContext {
    const { place } = this.options;
    const schemas = (ports: TypedNode["inputs"]) => Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, port.schema]));
    return {
      nodeId: typed.id,
      expressions,
      schemas: { inputs: schemas(typed.inputs), outputs: { ...schemas(typed.outputs), [ERROR_PORT]: ERROR_SCHEMA } },
      changelogs: changelogsOf(typed),
      isWired: (port) => this.options.showsAll === true || (typed.outputs[port]?.edges.length ?? 0) > 0,
      declared: (name) => this.declared.get(declaredName(typed.id, name)),
      timeZone: this.options.graph.settings.timeZone,
      subtask: place?.subtask ?? 0,
      parallelism: place?.plan.parallelism.get(typed.id) ?? 1,
      now: this.options.now,
    };
  }

  private lookupSurroundings(typed: TypedNode, expressions: Expressions): LookupSurroundings {
    const { connectionOf, lookups = {}, wake = () => undefined } = this.options;
    return {
      connection: connectionOf?.(typed.id),
      settings: lookups,
      current: this.current,
      wake,
      context: this.nodeContext(typed, expressions),
    };
  }

  private expressionsOf(typed: TypedNode): Expressions {
    const { graph, now, seed, place } = this.options;
    return expressionsOf(typed, {
      timeZone: graph.settings.timeZone,
      now,
      random: randomNumbers(`${seed}/${place?.subtask ?? 0}/${typed.id}`),
      watermark: () => this.nodes.get(typed.id)?.backend.watermark ?? MIN_TIME,
    });
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

/** What each node's operator keeps: known once they are made. */
export function stateSchemas(graph: TypedGraph, nodeTypes: ReadonlyMap<string, NodeType>): Readonly<Record<string, StateSchema>> {
  return new Task({ graph, nodeTypes, now: () => 0, seed: "", onDeadLetter: () => undefined }).stateSchemas();
}
