/**
 * How the nodes of one subtask hang together: by plain calls where both ends of an edge are here, through an exchange where they are not. It has the sending ends of the exchanges
 * that begin here, and takes in what comes through those that end here.
 */
import { codecOf, type Decoder, type ExtractKey, type FieldTree, keyExtractor } from "../codec/index.ts";
import { type ByteRange, type Expressions, META, type Millis, type Row, RowError } from "../node/index.ts";
import { type Edge, parsePortRef, type TypedGraph, type TypedNode, type TypedPort } from "../pipeline/index.ts";
import type { Schema } from "../schema/index.ts";
import { type BatchHandler, type ExchangeBatch, IS_NEW, IS_RAW, IS_TRACED, readBatch } from "./exchange-batch.ts";
import { type CurrentRecord, ExchangeEdge, lacking } from "./exchange-edge.ts";
import { ExchangeOutput } from "./exchange-output.ts";
import { type Downstream, type EdgeChannels, type InputPort, LocalEdge, NodeFailure, type NodeRuntime } from "./node-runtime.ts";
import type { Exchange, RunPlan } from "./plan.ts";
import { keyPathsOf } from "./raw-keys.ts";

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
  /** For a row some of whose members are no fields of it. */
  without(hidden: readonly string[]): Decoder;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What comes now has no record as its cause. */
export function forget(current: Mutable<CurrentRecord>): void {
  current.place = undefined;
  current.traced = false;
}

/** What the wiring needs of its task. */
interface WiringHost {
  readonly graph: TypedGraph;
  readonly place: TaskPlace | undefined;
  /** Filled before `openExchanges`. */
  readonly nodes: ReadonlyMap<string, NodeRuntime>;
  readonly current: Mutable<CurrentRecord>;
  expressionsOf(typed: TypedNode): Expressions;
  /** A source's record that another subtask read, and sent here undecoded. */
  receiveRaw(nodeId: string, text: ByteRange, time: Millis): void;
  /** A row that came for a node and that cannot be decoded. */
  undecodable(node: NodeRuntime, error: RowError, text: ByteRange, time: Millis, port: string, hidden: readonly string[] | undefined): void;
}

const JSON_FORMAT = { name: "json" } as const;

export class Wiring {
  /** Sending ends of the exchanges that begin here. */
  readonly outputs: ExchangeOutput[] = [];
  private readonly host: WiringHost;
  private readonly exchanges: readonly Exchange[];
  /** By exchange; empty where it does not end here. */
  private readonly inbound: (Inbound | undefined)[] = [];
  private wanted: ReadonlyMap<string, FieldTree> = new Map();
  /** Nodes at which streams with different fields meet, or before which. */
  private readonly mixed = new Map<string, boolean>();
  /** By port ("node.port"). */
  private readonly decodersAt = new Map<string, (hidden: readonly string[]) => Decoder>();
  /** By the input port ("node.port") that they lead to. */
  private readonly edges = new Map<string, ExchangeEdge>();

  constructor(host: WiringHost) {
    this.host = host;
    this.exchanges = host.place?.plan.exchanges ?? [];
  }

  runsHere(nodeId: string): boolean {
    const { place } = this.host;
    return place === undefined || place.subtask < (place.plan.parallelism.get(nodeId) ?? 0);
  }

  /** Channels of an input port at which these edges end: an exchange has one for each of its senders. */
  channelsOf(edges: readonly Edge[]): readonly EdgeChannels[] {
    return edges.map((edge) => ({ from: edge.from, senders: this.exchangeOf(edge)?.senders ?? 1 }));
  }

  /** Opens the ends that are here; all nodes must be there. `wanted`: what is read from an input port on. */
  openExchanges(wanted: ReadonlyMap<string, FieldTree>): void {
    const { nodes, place } = this.host;
    const json = codecOf(JSON_FORMAT);
    this.wanted = wanted;
    for (const exchange of this.exchanges) {
      const { id, from, to } = exchange;
      if (place && this.runsHere(from.node)) this.outputs.push(new ExchangeOutput(exchange, place.subtask, place.send, place.batchBytes));
      const node = nodes.get(to.node);
      if (!node) continue;
      // The sender's: of a port where streams with different fields meet, none has all of them.
      const schema = (this.typed(from.node).outputs[from.port] as { schema: Schema }).schema;
      this.inbound[id] = {
        exchange,
        node,
        port: node.inputs.get(to.port) as InputPort,
        channel: this.channelOf(exchange.edge),
        decoder: json.decoder(schema, wanted.get(exchange.edge.to) ?? true, JSON_FORMAT),
        wholeDecoder: json.decoder(schema, true, JSON_FORMAT),
        without: decodersWithout(schema, wanted.get(exchange.edge.to) ?? true),
      };
    }
  }

  /** Where the rows of an edge go. `schema`: of the port that it begins at. */
  targetOf(edge: Edge, schema: Schema): Downstream {
    const exchange = this.exchangeOf(edge);
    const target = exchange ? this.exchangeEdge(exchange, schema) : this.localEdge(edge, 0);
    if (!target) throw new Error(`edge ${edge.from} -> ${edge.to} ends nowhere`);
    if (target instanceof ExchangeEdge) this.edges.set(edge.to, target);
    return target;
  }

  /** The edge by which rows for an input port ("node.port") find their subtask; undefined where they stay here. */
  exchangeInto(port: string): ExchangeEdge | undefined {
    return this.edges.get(port);
  }

  /**
   * For a source whose only edge leads to the owners of keys that stand in its records: sends a record on undecoded, or returns false when it belongs here or must be decoded to be sure. The receiver
   * counts, samples and decodes it as its own copy of the source, and finds out for itself whether it is its own. Undefined where records cannot be sent so.
   */
  rawRoute(source: TypedNode, schema: Schema, edge: ExchangeEdge): ((text: ByteRange, time: Millis) => boolean) | undefined {
    const { by, senders, receivers } = edge.exchange;
    const paths = by === "key" && senders === receivers ? keyPathsOf(this.host.graph, source) : undefined;
    if (paths === undefined) return undefined;
    const extract: ExtractKey = keyExtractor(schema, paths);
    return (text, time) => {
      const key = extract(text);
      return key !== undefined && edge.sendRaw(key, text, time);
    };
  }

  /** Decodes the text of a row at an input or output port, as it was taken there: without fields that only other streams have. */
  decoderAt(nodeId: string, port: string, hidden: readonly string[]): Decoder {
    const place = `${nodeId}.${port}`;
    let decoders = this.decodersAt.get(place);
    if (decoders === undefined) {
      decoders = decodersWithout(this.schemaAt(nodeId, port), this.wanted.get(place) ?? true);
      this.decodersAt.set(place, decoders);
    }
    return decoders(hidden);
  }

  /** Fields of a port that are read there, and that a row does not have as it is of another stream than those that have them. */
  lackedAt(nodeId: string, port: string, row: Row): readonly string[] {
    if (port === "") return [];
    let isMixed = this.mixed.get(nodeId);
    if (isMixed === undefined) this.mixed.set(nodeId, (isMixed = hasMixedRows(this.host.graph, nodeId)));
    if (!isMixed) return [];
    return lacking(row, namesIn(this.schemaAt(nodeId, port), this.wanted.get(`${nodeId}.${port}`) ?? true));
  }

  private schemaAt(nodeId: string, port: string): Schema {
    const { inputs, outputs } = this.typed(nodeId);
    return ((inputs[port] ?? outputs[port]) as TypedPort).schema;
  }

  /** A batch from another subtask. */
  receive(batch: ExchangeBatch): void {
    const inbound = this.inbound[batch.exchange];
    if (!inbound) throw new Error(`exchange ${batch.exchange} does not end on this subtask`);
    readBatch(batch, this.handlerOf(inbound, batch.from));
  }

  private handlerOf({ exchange, node, port, channel, decoder, wholeDecoder, without }: Inbound, from: number): BatchHandler {
    const { current, place: here } = this.host;
    const edge = new LocalEdge(node, port, channel + from);
    return {
      row: ({ kind, flags, time, place, offset, hidden }, bytes, start, end) => {
        current.place = place;
        current.offset = offset;
        if (flags & IS_RAW) return this.host.receiveRaw(exchange.from.node, { bytes, start, end }, time);
        const isNew = (flags & IS_NEW) !== 0;
        let row: Row;
        try {
          row = (isNew ? wholeDecoder : hidden === undefined ? decoder : without(hidden)).decode({ bytes, start, end });
        } catch (error) {
          if (!(error instanceof RowError)) throw new NodeFailure(node.id, error);
          return this.host.undecodable(node, error, { bytes, start, end }, time, port.name, hidden);
        }
        if (isNew || kind !== "+I") row = { ...row, [META]: { record: isNew ? undefined : row[META]?.record, kind } };
        current.traced = (flags & IS_TRACED) !== 0;
        edge.onRow(row, time);
      },
      watermark: (time) => {
        forget(current);
        edge.onWatermark(time);
      },
      idle: (isIdle) => edge.onIdle(isIdle),
      end: () => {
        forget(current);
        edge.onEnd();
      },
      barrier: (checkpointId) => here?.onBarrier(exchange.id, from, checkpointId),
    };
  }

  private exchangeEdge(exchange: Exchange, schema: Schema): ExchangeEdge {
    const { current, expressionsOf, place } = this.host;
    const { subtask } = place as TaskPlace;
    const target = this.typed(exchange.to.node);
    const keyTexts = (exchange.by === "key" && target.spec.keyBy?.(target.params)[exchange.to.port]) || [];
    const expressions = expressionsOf(target);
    return new ExchangeEdge({
      output: this.outputs.find((output) => output.exchange === exchange) as ExchangeOutput,
      self: subtask,
      local: this.localEdge(exchange.edge, subtask),
      key: keyTexts.map((text) => expressions.value(text, exchange.to.port)),
      encoder: codecOf(JSON_FORMAT).encoder(schema, JSON_FORMAT),
      current,
      mayLack: hasMixedRows(this.host.graph, exchange.from.node) ? namesIn(schema, this.wanted.get(exchange.edge.to) ?? true) : [],
    });
  }

  private exchangeOf(edge: Edge): Exchange | undefined {
    return this.exchanges.find((exchange) => exchange.edge.from === edge.from && exchange.edge.to === edge.to);
  }

  /** The receiving end of an edge, of its sender number `sender`; undefined where it is not here. */
  private localEdge(edge: Edge, sender: number): LocalEdge | undefined {
    const to = parsePortRef(edge.to);
    const target = this.host.nodes.get(to.node);
    const input = target?.inputs.get(to.port);
    return target && input ? new LocalEdge(target, input, this.channelOf(edge) + sender) : undefined;
  }

  /** Where an edge's channels begin in its input port. */
  private channelOf(edge: Edge): number {
    const to = parsePortRef(edge.to);
    const ends = this.typed(to.node).inputs[to.port]?.edges ?? [];
    const index = ends.findIndex((other) => other.from === edge.from && other.to === edge.to);
    if (index === -1) throw new Error(`edge ${edge.from} -> ${edge.to} does not end where it says`);
    return this.channelsOf(ends.slice(0, index)).reduce((sum, { senders }) => sum + senders, 0);
  }

  private typed(nodeId: string): TypedNode {
    const typed = this.host.graph.nodes.find((node) => node.id === nodeId);
    if (!typed) throw new Error(`no node ${JSON.stringify(nodeId)}`);
    return typed;
  }
}

/** Whether streams with different fields meet at a node or before it. */
function hasMixedRows(graph: TypedGraph, nodeId: string): boolean {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  const inputs = Object.values(node?.inputs ?? {});
  const fieldsOf = ({ from }: Edge) => {
    const { node: id, port } = parsePortRef(from);
    const schema = graph.nodes.find((other) => other.id === id)?.outputs[port]?.schema;
    return JSON.stringify(schema?.fields.map(({ name }) => name).sort());
  };
  const differ = inputs.some(({ edges: [first, ...others] }) => others.some((other) => first && fieldsOf(first) !== fieldsOf(other)));
  return differ || inputs.some(({ edges }) => edges.some(({ from }) => hasMixedRows(graph, parsePortRef(from).node)));
}

function namesIn({ fields }: Schema, wanted: FieldTree): readonly string[] {
  return fields.map(({ name }) => name).filter((name) => wanted === true || Object.hasOwn(wanted, name));
}

/** There are as many of them as there are streams that meet. */
function decodersWithout(schema: Schema, wanted: FieldTree): (hidden: readonly string[]) => Decoder {
  const known = new Map<string, Decoder>();
  return (hidden) => {
    const key = hidden.join("\u0000");
    let decoder = known.get(key);
    if (!decoder) {
      const fields = schema.fields.filter(({ name }) => !hidden.includes(name));
      decoder = codecOf(JSON_FORMAT).decoder({ ...schema, fields }, wanted, JSON_FORMAT);
      known.set(key, decoder);
    }
    return decoder;
  };
}
