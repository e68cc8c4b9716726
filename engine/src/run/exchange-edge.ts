/** An edge whose rows may have to leave their subtask: it finds the subtask that each belongs to, and what stays is passed on as by any other edge. */
import type { Encoder } from "../codec/codec.ts";
import { type ByteRange, type CompiledExpression, META, type Millis, type Row, RowError } from "../node/index.ts";
import type { Value } from "../schema/index.ts";
import { type KeyId, keyGroupOf, keyIdOf, ownerOf } from "../state/index.ts";
import { IS_NEW, IS_RAW, IS_TRACED, type RecordPlace } from "./exchange-batch.ts";
import type { ExchangeOutput } from "./exchange-output.ts";
import type { Downstream, LocalEdge } from "./node-runtime.ts";
import type { Exchange } from "./plan.ts";

/** What is known of the record being processed. */
export interface CurrentRecord {
  readonly place: RecordPlace | undefined;
  readonly offset: number;
  readonly traced: boolean;
}

/** Owners of keys that are remembered. */
const MOST_OWNERS = 16_384;

export class ExchangeEdge implements Downstream {
  readonly exchange: Exchange;
  private readonly output: ExchangeOutput;
  private readonly self: number;
  /** The receiving node here; undefined where it does not run on this subtask. */
  private readonly local: LocalEdge | undefined;
  private readonly key: readonly CompiledExpression[];
  private readonly encoder: Encoder;
  private readonly current: CurrentRecord;
  private readonly owners = new Map<KeyId, number>();
  /** Fields that some of its rows do not have, though their texts may have a member of that name. */
  private readonly mayLack: readonly string[];
  private readonly hidden = new Map<string, readonly string[]>();
  private turn: number;

  constructor(options: {
    readonly output: ExchangeOutput;
    readonly self: number;
    readonly local: LocalEdge | undefined;
    readonly key: readonly CompiledExpression[];
    readonly encoder: Encoder;
    readonly current: CurrentRecord;
    readonly mayLack: readonly string[];
  }) {
    this.exchange = options.output.exchange;
    this.output = options.output;
    this.self = options.self;
    this.local = options.local;
    this.key = options.key;
    this.encoder = options.encoder;
    this.current = options.current;
    this.mayLack = options.mayLack;
    this.turn = options.self % this.exchange.receivers;
  }

  onRow(row: Row, time: Millis): void {
    switch (this.exchange.by) {
      case "key":
        return this.to(this.ownerOfRow(row, time), row, time);
      case "one":
        return this.to(0, row, time);
      case "round":
        this.turn = (this.turn + 1) % this.exchange.receivers;
        return this.to(this.turn, row, time);
      case "all":
        for (let to = 0; to < this.exchange.receivers; to++) this.to(to, row, time);
    }
  }

  /** The subtask that owns a key. */
  private ownerOfKey(values: readonly Value[]): number {
    const id = keyIdOf(values);
    let owner = this.owners.get(id);
    if (owner === undefined) {
      if (this.owners.size === MOST_OWNERS) this.owners.clear();
      owner = ownerOf(keyGroupOf(values), this.exchange.receivers);
      this.owners.set(id, owner);
    }
    return owner;
  }

  /** Sends a record that is not decoded yet to the owner of its key; false when that is this subtask. */
  sendRaw(key: readonly Value[], { bytes, start, end }: ByteRange, time: Millis): boolean {
    const owner = this.ownerOfKey(key);
    if (owner === this.self) return false;
    const { place, offset } = this.current;
    this.output.row(owner, { kind: "+I", flags: IS_RAW, time, place, offset }, bytes, start, end);
    return true;
  }

  onWatermark(time: Millis): void {
    this.output.watermark(time);
    this.local?.onWatermark(time);
  }

  onIdle(isIdle: boolean): void {
    this.output.idle(isIdle);
    this.local?.onIdle(isIdle);
  }

  onEnd(): void {
    this.output.end();
    this.local?.onEnd();
  }

  private ownerOfRow(row: Row, time: Millis): number {
    try {
      return this.ownerOfKey(this.key.map((expression) => expression(row, time)));
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      // The receiving node meets the same error, and says so.
      return this.self % this.exchange.receivers;
    }
  }

  private to(subtask: number, row: Row, time: Millis): void {
    if (subtask === this.self && this.local !== undefined) return this.local.onRow(row, time);
    const { bytes, start, end } = this.encoder.encode(row);
    const meta = row[META];
    const flags = (meta?.record?.format === "json" ? 0 : IS_NEW) | (this.current.traced ? IS_TRACED : 0);
    const { place, offset } = this.current;
    const hidden = this.mayLack.length === 0 || flags & IS_NEW ? undefined : this.hiddenIn(row);
    this.output.row(subtask, { kind: meta?.kind ?? "+I", flags, time, place, offset, hidden }, bytes, start, end);
  }

  private hiddenIn(row: Row): readonly string[] | undefined {
    const names = lacking(row, this.mayLack);
    if (names.length === 0) return undefined;
    const key = names.join("\u0000");
    const known = this.hidden.get(key) ?? names;
    this.hidden.set(key, known);
    return known;
  }
}

/** A decoder gives each field that is wanted, NULL at least; what is not there is none of the row's stream. */
export function lacking(row: Row, names: readonly string[]): readonly string[] {
  return names.filter((name) => row[name] === undefined);
}
