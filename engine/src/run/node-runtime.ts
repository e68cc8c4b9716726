/**
 * One node of a running task: it counts what comes in, shows the operator its key's state, catches what cannot be processed, and merges the
 * watermarks of its inputs. Rows go from node to node by plain calls; a graph has no cycles, so no node is entered twice.
 */
import type { Encoder } from "../codec/codec.ts";
import type { PartOf } from "../codec/part-of.ts";
import {
  type ByteRange,
  type CompiledExpression,
  ERROR_PORT,
  MAX_TIME,
  type MadeRow,
  MIN_TIME,
  type Millis,
  type NodeSpec,
  type Operator,
  type Out,
  type Row,
  RowError,
  type Sink,
} from "../node/index.ts";
import type { Value } from "../schema/index.ts";
import type { KeyedBackend } from "../state/index.ts";
import type { KeyBytes } from "./key-bytes.ts";
import type { Tap } from "./tap.ts";
import { CombinedWatermark, WatermarkValve } from "./watermark.ts";

/** A bug or an outside failure in a node: the run cannot go on. */
export class NodeFailure extends Error {
  readonly nodeId: string;
  constructor(nodeId: string, cause: unknown) {
    super(`node ${JSON.stringify(nodeId)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "NodeFailure";
    this.nodeId = nodeId;
  }
}

/** What a node asks of the task it belongs to. */
export interface NodeHost {
  now(): Millis;
  /** The tap is due: copy the row. */
  sample(tap: Tap, row: Row, time: Millis, reason?: string): void;
  /** Whether the current source record is followed through all taps. Read for each row, so it is data, not a getter. */
  readonly current: { readonly traced: boolean };
  /** Of all the task's sinks. */
  readonly keyBytes: KeyBytes;
  /** A row could not be processed at `node`; `text` is the record as it came in there at the input `port`, or as far as it was made for an output of that name. */
  failed(node: NodeRuntime, error: RowError, text: ByteRange, row: Row | undefined, time: Millis, port: string): void;
}

/** Where an output port's rows go: a node of this subtask, or an exchange. */
export interface Downstream {
  onRow(row: Row, time: Millis): void;
  onWatermark(time: Millis): void;
  onIdle(isIdle: boolean): void;
  onEnd(): void;
}

/** An edge between two nodes of one subtask; or one channel of an exchange that ends here. */
export class LocalEdge implements Downstream {
  private readonly node: NodeRuntime;
  private readonly port: InputPort;
  private readonly channel: number;

  constructor(node: NodeRuntime, port: InputPort, channel: number) {
    this.node = node;
    this.port = port;
    this.channel = channel;
  }

  onRow(row: Row, time: Millis): void {
    this.node.receive(this.port, row, time);
  }

  onWatermark(time: Millis): void {
    this.port.valve.onWatermark(this.channel, time);
  }

  onIdle(isIdle: boolean): void {
    this.port.valve.onIdle(this.channel, isIdle);
  }

  onEnd(): void {
    this.node.endChannel(this.port);
  }
}

export interface Drops {
  total: number;
}

export interface OutputPort {
  readonly name: string;
  /** Writes a row of this port as text. */
  readonly encoder: () => Encoder;
  readonly tap: Tap;
  readonly targets: Downstream[];
}

/** The channels of one edge at an input port: one for each of its senders. */
export interface EdgeChannels {
  /** Where the edge begins, "node.port". */
  readonly from: string;
  readonly senders: number;
}

export class InputPort {
  readonly name: string;
  total = 0;
  /** Time of the last row; undefined before there was one. */
  lastTime: Millis | undefined = undefined;
  readonly valve: WatermarkValve;
  /** Values of the key of a row; undefined where the node is not keyed. */
  readonly key: readonly CompiledExpression[] | undefined;
  /** Writes a row of this port as text, for dead letters. */
  readonly encoder: Encoder;
  ended = 0;
  /** In the order of their channels. */
  readonly edges: readonly EdgeChannels[];
  readonly channels: number;

  constructor(options: {
    name: string;
    edges: readonly EdgeChannels[];
    key: readonly CompiledExpression[] | undefined;
    encoder: Encoder;
    valve: WatermarkValve;
  }) {
    this.name = options.name;
    this.edges = options.edges;
    this.channels = countOf(options.edges);
    this.key = options.key;
    this.encoder = options.encoder;
    this.valve = options.valve;
  }
}

/** What a lookup node does beside the others; `lookup-side.ts`. */
export interface LookupSide {
  receive(row: Row, time: Millis, port: string): void;
  onWatermark(time: Millis): void;
  onIdle(isIdle: boolean): void;
  deliver(): boolean;
  readonly isEmpty: boolean;
  readonly isFull: boolean;
  /** Into the node's state, before a snapshot; and from there, after a restart. */
  save(): void;
  restored(): void;
  holdings(): Record<string, number>;
  close(): void;
}

export interface SinkSide {
  readonly sink: Sink;
  readonly encoder: Encoder;
  /** Of sinks of values. */
  readonly make: ((row: Row, time: Millis) => MadeRow) | undefined;
  readonly key: CompiledExpression | undefined;
  readonly target: CompiledExpression | undefined;
  readonly partition: CompiledExpression | undefined;
  /** What a row does to its key; undefined where each only adds a record. */
  readonly changeOf: ((row: Row, time: Millis) => "put" | "delete" | "none") | undefined;
  /** The part of a row that is written, null where the row only asks that its target be made; undefined where the whole row is. */
  readonly part: PartOf | undefined;
  /** How a target that is made is to be. */
  readonly definition: PartOf | undefined;
  /** A key's or target's value as text. */
  text(value: Value, expression: CompiledExpression): string | null;
}

const NO_KEY: readonly Value[] = [];
/** Names that rows computed are counted up to so many; who computes more of them has no use for the list. */
const MOST_TARGETS = 1_000;

export class NodeRuntime {
  readonly id: string;
  readonly spec: NodeSpec;
  readonly disabled: boolean;
  readonly inputs = new Map<string, InputPort>();
  readonly outputs = new Map<string, OutputPort>();
  /** Rows that were dropped, by reason. */
  readonly dropped = new Map<string, Drops>();
  readonly backend: KeyedBackend;
  /** Rows that ended here on purpose, with the reason. */
  readonly dropTap: Tap;
  errors = 0;
  /** Rows that the sink took. */
  written = 0;
  lastError: { words: { readonly en: string; readonly zh: string }; at: Millis } | undefined;
  /** Merged watermark of the inputs (sources, "own" and delayed ones: what was emitted). */
  watermark: Millis = MIN_TIME;
  operator: Operator | undefined;
  /** By how much the watermark that is forwarded stays behind. */
  watermarkDelayMs = 0;
  sinkSide: SinkSide | undefined;
  /** Of a sink whose rows name their targets: rows by target. */
  readonly targets = new Map<string, number>();
  lookup: LookupSide | undefined;
  readonly out: Out;
  private readonly host: NodeHost;
  private combined: CombinedWatermark | undefined;
  private hasEnded = false;
  private endsWhenEmpty = false;
  /** Of `outputs`, for rows: few, so that to compare their names is quicker than a map. */
  private readonly ports: OutputPort[] = [];
  private lastReason = "";
  private lastDrops: Drops = { total: 0 };
  /** Some input has a key; what comes in by one without (the rules of a dynamic split) sees the state of no key. */
  private isKeyed = false;
  /** What the nodes after this one were last told. */
  private isIdle = false;

  constructor(id: string, spec: NodeSpec, disabled: boolean, backend: KeyedBackend, dropTap: Tap, host: NodeHost) {
    this.id = id;
    this.spec = spec;
    this.disabled = disabled;
    this.backend = backend;
    this.dropTap = dropTap;
    this.host = host;
    this.out = {
      emit: (port, row, time) => {
        if (this.isIdle && spec.watermark === "own") this.sendIdle(false);
        this.emit(port, row, time);
      },
      reject: (error, row, time, name) => {
        const port = (name === undefined ? this.inputs.values().next().value : this.inputs.get(name)) as InputPort;
        this.host.failed(this, error, this.textOf(port, row), row, time, port.name);
      },
      fail: (port, row, time, error) => {
        const encoder = this.outputs.get(port)?.encoder();
        if (encoder === undefined) throw new NodeFailure(this.id, `it has no output port ${JSON.stringify(port)}`);
        this.host.failed(this, error, encoder.encode(row), row, time, port);
      },
      drop: (reason, row) => {
        if (reason !== this.lastReason) this.lastDrops = this.dropsOf(reason);
        this.lastReason = reason;
        this.lastDrops.total++;
        this.dropTap.total++;
        if (this.dropTap.left > 0 || this.host.current.traced) this.host.sample(this.dropTap, row, MIN_TIME, reason);
      },
      watermark: (time) => {
        if (time > this.watermark) this.sendWatermark(time);
      },
      idle: () => this.sendIdle(true),
    };
  }

  /** Adds an input port, and what ends there. */
  addInput(name: string, edges: readonly EdgeChannels[], key: readonly CompiledExpression[] | undefined, encoder: Encoder): void {
    const index = this.inputs.size;
    const valve = new WatermarkValve(Math.max(1, countOf(edges)), {
      watermark: (time) => this.combined?.onWatermark(index, time),
      idle: (idle) => this.combined?.onIdle(index, idle),
    });
    if (key !== undefined) this.isKeyed = true;
    this.inputs.set(name, new InputPort({ name, edges, key, encoder, valve }));
  }

  addOutput(port: OutputPort): void {
    this.outputs.set(port.name, port);
    this.ports.push(port);
  }

  /** All input ports are there: merges their watermarks. A port without edges holds nobody back. */
  wire(): void {
    const combined = new CombinedWatermark(this.inputs.size, {
      watermark: (time) => this.onWatermark(time),
      idle: (idle) => this.onIdle(idle),
    });
    const ports = [...this.inputs.values()];
    if (ports.some((port) => port.channels > 0)) {
      ports.forEach((port, index) => {
        if (port.channels === 0) combined.onIdle(index, true);
      });
    }
    this.combined = combined;
  }

  receive(port: InputPort, row: Row, time: Millis): void {
    port.total++;
    port.lastTime = time;
    if (this.disabled) return this.passBy(row, time);
    try {
      if (port.key !== undefined) this.backend.select(keyOf(port.key, row, time));
      else if (this.isKeyed || this.backend.showsPart) this.backend.select(NO_KEY);
      if (this.sinkSide !== undefined) this.write(this.sinkSide, row, time);
      else if (this.lookup !== undefined) this.lookup.receive(row, time, port.name);
      else this.operator?.onRow(row, time, this.out, port.name);
    } catch (error) {
      if (!(error instanceof RowError)) throw error instanceof NodeFailure ? error : new NodeFailure(this.id, error);
      this.host.failed(this, error, this.textOf(port, row), row, time, port.name);
    }
  }

  emit(portName: string, row: Row, time: Millis): void {
    const { ports } = this;
    for (let i = 0; i < ports.length; i++) {
      const port = ports[i] as OutputPort;
      if (port.name === portName) return this.emitBy(port, row, time);
    }
    throw new NodeFailure(this.id, `it has no output port ${JSON.stringify(portName)}`);
  }

  emitBy({ tap, targets }: OutputPort, row: Row, time: Millis): void {
    tap.total++;
    if (tap.left > 0 || this.host.current.traced) this.host.sample(tap, row, time);
    for (let i = 0; i < targets.length; i++) (targets[i] as Downstream).onRow(row, time);
  }

  /** Fires processing-time timers; lets an operator with its own watermark speak. */
  periodic(now: Millis): void {
    const operator = this.operator;
    if (operator === undefined || this.disabled) return;
    this.guard(() => {
      this.backend.fireProcessingTimers(now, (time) => operator.onTimer?.(time, this.out, "processing"));
      operator.onPeriodic?.(now, this.out);
    });
  }

  /** One channel's input has ended; with the last one the node ends, and tells those after it. */
  endChannel(port: InputPort): void {
    port.ended++;
    if ([...this.inputs.values()].some((input) => input.ended < input.channels)) return;
    this.end();
  }

  end(): void {
    if (this.hasEnded) return;
    // What is under way leaves first.
    if (this.lookup !== undefined && !this.lookup.isEmpty) {
      this.endsWhenEmpty = true;
      return;
    }
    this.hasEnded = true;
    if (!this.disabled) this.guard(() => this.operator?.onEnd?.(this.out));
    this.sendWatermark(MAX_TIME);
    for (const port of this.outputs.values()) for (const target of port.targets) target.onEnd();
  }

  get isEnded(): boolean {
    return this.hasEnded;
  }

  sendWatermark(time: Millis): void {
    // An output that speaks again is active again; a merge downstream would not listen to an idle one.
    if (this.isIdle && (this.spec.watermark === "own" || time === MAX_TIME)) this.sendIdle(false);
    this.watermark = time;
    for (const port of this.outputs.values()) for (const target of port.targets) target.onWatermark(time);
  }

  sendIdle(idle: boolean): void {
    this.isIdle = idle;
    for (const port of this.outputs.values()) for (const target of port.targets) target.onIdle(idle);
  }

  /** Watermarks by port, edge and sender, for the checkpoint: none below the node's own, which a channel that is idle no longer holds back. What was late stays late. */
  watermarks(): Record<string, Record<string, Millis[]>> {
    const merged = this.combined?.watermark ?? MIN_TIME;
    return Object.fromEntries(
      [...this.inputs].map(([name, port]) => {
        const times = port.valve.snapshot().map((time) => Math.max(time, merged));
        return [name, Object.fromEntries(port.edges.map(({ from, senders }) => [from, times.splice(0, senders)]))];
      }),
    );
  }

  /** By port and channel, where there is an edge; a port without one has a single channel, which nobody moves. */
  restoreWatermarks(byPort: Readonly<Record<string, readonly Millis[]>>, own: Millis): void {
    const merged = [...this.inputs].map(([name, port]) => {
      port.valve.restore(byPort[name] ?? []);
      return port.valve.watermark;
    });
    this.combined?.restore(merged);
    this.backend.watermark = this.combined?.watermark ?? MIN_TIME;
    this.watermark = own;
  }

  /** Lets out what a lookup has answered. True when anything left. */
  deliver(): boolean {
    const { lookup } = this;
    if (lookup === undefined) return false;
    let hasLeft = false;
    this.guard(() => {
      hasLeft = lookup.deliver();
    });
    if (this.endsWhenEmpty && lookup.isEmpty) this.end();
    return hasLeft;
  }

  /** A row that waited could not be processed after all. */
  failed(error: RowError, row: Row, time: Millis, port: string): void {
    this.host.failed(this, error, this.textOf(this.inputs.get(port) as InputPort, row), row, time, port);
  }

  /** The merged watermark of the inputs, whatever of it was let out. */
  get received(): Millis {
    return this.combined?.watermark ?? MIN_TIME;
  }

  private onWatermark(time: Millis): void {
    if (this.disabled) return this.sendWatermark(time);
    if (this.lookup !== undefined) return this.lookup.onWatermark(time);
    const operator = this.operator;
    this.guard(() => {
      this.backend.fireEventTimers(time, (at) => operator?.onTimer?.(at, this.out, "event"));
      operator?.onWatermark?.(time, this.out);
    });
    if (this.spec.watermark !== "own") this.sendWatermark(time - this.watermarkDelayMs);
  }

  private dropsOf(reason: string): Drops {
    const drops = this.dropped.get(reason) ?? { total: 0 };
    this.dropped.set(reason, drops);
    return drops;
  }

  private onIdle(idle: boolean): void {
    if (this.lookup !== undefined && !this.disabled) this.lookup.onIdle(idle);
    else if (this.disabled || this.spec.watermark !== "own") this.sendIdle(idle);
    else this.guard(() => this.operator?.onIdle?.(idle, this.out));
  }

  /** Timers and watermarks belong to no single row, so whatever goes wrong there is a failure of the run. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw error instanceof NodeFailure ? error : new NodeFailure(this.id, error);
    }
  }

  private passBy(row: Row, time: Millis): void {
    for (const name of this.outputs.keys()) {
      if (name !== ERROR_PORT) return this.emit(name, row, time);
    }
  }

  private write(side: SinkSide, row: Row, time: Millis): void {
    const key = side.key === undefined ? null : side.text(side.key(row, time), side.key);
    const target = side.target === undefined ? undefined : side.text(side.target(row, time), side.target);
    if (target === null)
      throw new RowError("sink.no-target", {
        en: "The target's name is NULL for this row; expected text.",
        zh: "该行的目标名称为 NULL；应为文本。",
      });
    const partition = side.partition === undefined ? undefined : partitionOf(side.partition(row, time));
    const change = side.changeOf?.(row, time);
    if (change === "none") return;
    const value = change === "delete" ? null : side.part === undefined ? side.encoder.encode(row) : side.part(row);
    if (value === null && change !== "delete") return side.sink.make?.(target, side.definition?.(row) ?? null);
    if (change !== undefined && key === null) throw noKey();
    const keyBytes = key === null ? null : this.host.keyBytes.of(key);
    const isPlain = target === undefined && partition === undefined && side.make === undefined;
    side.sink.write(
      isPlain ? { value, key: keyBytes, time } : { value, key: keyBytes, time, target, partition, made: side.make?.(row, time) },
    );
    this.written++;
    if (target !== undefined) this.countTarget(target);
  }

  private countTarget(name: string): void {
    const total = this.targets.get(name);
    if (total !== undefined || this.targets.size < MOST_TARGETS) this.targets.set(name, (total ?? 0) + 1);
  }

  private textOf(port: InputPort, row: Row): ByteRange {
    return port.encoder.encode(row);
  }
}

function countOf(edges: readonly EdgeChannels[]): number {
  return edges.reduce((sum, { senders }) => sum + senders, 0);
}

function keyOf(expressions: readonly CompiledExpression[], row: Row, time: Millis): readonly Value[] {
  if (expressions.length === 1) return [(expressions[0] as CompiledExpression)(row, time)];
  const values = new Array<Value>(expressions.length);
  for (let i = 0; i < values.length; i++) values[i] = (expressions[i] as CompiledExpression)(row, time);
  return values;
}

function noKey(): RowError {
  return new RowError("sink.no-key", {
    en: "The key is NULL for this row; expected a value, as a later row changes the one with its key.",
    zh: "该行的 key 为 NULL；应有值，因为之后的行按 key 更新。",
  });
}

/** Undefined for NULL: the row goes where it would go without. */
function partitionOf(value: Value): number | undefined {
  if (value === null) return undefined;
  const partition = typeof value === "number" || typeof value === "bigint" ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(partition) && partition >= 0) return partition;
  throw new RowError("sink.bad-partition", {
    en: `The partition is ${String(value)} for this row; expected a whole number from 0 on.`,
    zh: `该行的分区为 ${String(value)}；应为不小于 0 的整数。`,
  });
}
