/**
 * What survives a crash of a simulated run: the records of its sources, state files, the record of the newest checkpoint, and what its sinks have made visible. It does what the
 * built-in store and Kafka promise, with everything visible only when it was committed, and keeps to itself what a crash would lose.
 */
import { type BuiltInTransaction, type Committer, type Prepared, PreparedLost, type RunClaim } from "../src/node/index.ts";
import type { Checkpoint, SnapshotEntry } from "../src/run/index.ts";

/** One record, or null for a tombstone. */
export interface SimulatedRecord {
  readonly text: string | null;
  /** The record's own; rises within its split. */
  readonly time: number;
}

export interface SimulatedSource {
  /** By split, in the order in which they appear. */
  readonly splits: readonly { readonly id: string; readonly records: readonly SimulatedRecord[]; readonly appearsAt?: number }[];
  readonly bounded: boolean;
}

/** A record that a sink made visible. */
export interface VisibleRow {
  readonly text: string;
  readonly time: number;
}

/** Where a subtask's state is, as a checkpoint says it. */
export interface StatePointer {
  /** Beginnings of files, oldest first. */
  readonly parts: readonly { readonly file: string; readonly entries: number }[];
  /** Subtasks of each node when it was written. */
  readonly parallelism: Readonly<Record<string, number>>;
}

interface Transaction {
  readonly nodeId: string;
  readonly rows: readonly VisibleRow[];
  fate: "pending" | "committed" | "aborted";
}

/** A transaction of the store in which a checkpoint becomes durable. */
export interface StoreTransaction extends BuiltInTransaction {
  readonly store: { readonly ids: string[] };
}

export class SimulatedWorld {
  readonly visible = new Map<string, VisibleRow[]>();
  /** The run that may write. */
  private writer = 0;
  private newest: string | undefined;
  private readonly files = new Map<string, SnapshotEntry[]>();
  private readonly transactions = new Map<string, Transaction>();
  /** By sink, subtask and run, how often it was opened. */
  private readonly producers = new Map<string, number>();
  private former: RunClaim["former"] = [];

  /** Makes a run the one that may write, and gives it what it goes on from. */
  claim(run: number): { readonly checkpoint: Checkpoint | undefined; readonly claim: RunClaim } {
    this.writer = run;
    return { checkpoint: this.checkpoint, claim: { number: run, former: this.former } };
  }

  /** Notes what runs may leave something open outside. */
  noteFormer(run: number, former: RunClaim["former"]): void {
    this.requireWriter(run);
    this.former = former;
  }

  /** The newest that counts. */
  get checkpoint(): Checkpoint | undefined {
    return this.newest === undefined ? undefined : (JSON.parse(this.newest) as Checkpoint);
  }

  /** Makes a checkpoint count and its "within" rows visible: all or nothing. */
  commit(run: number, checkpoint: Checkpoint, via: StoreTransaction): void {
    this.requireWriter(run);
    this.newest = JSON.stringify(checkpoint);
    for (const id of via.store.ids) this.show(this.transaction(id));
  }

  /** Adds entries to a state file and returns how many there are. */
  append(file: string, entries: readonly SnapshotEntry[]): number {
    const all = this.files.get(file) ?? [];
    all.push(...entries);
    this.files.set(file, all);
    return all.length;
  }

  read({ parts }: StatePointer): readonly SnapshotEntry[] {
    return structuredClone(parts.flatMap(({ file, entries }) => (this.files.get(file) as SnapshotEntry[]).slice(0, entries)));
  }

  /**
   * A producer is opened, by whomever and however late: as with Kafka's, what is prepared under its name and not committed is given up, and who had it before can prepare no more. Gives
   * what it is to be told apart by.
   */
  openProducer(nodeId: string, subtask: number, run: number): number {
    const producer = producerOf(nodeId, subtask, run);
    const session = (this.producers.get(producer) ?? 0) + 1;
    this.producers.set(producer, session);
    for (const [id, transaction] of this.transactions)
      if (id.startsWith(`after ${producer} `) && transaction.fate === "pending") transaction.fate = "aborted";
    return session;
  }

  prepare(
    phase: Committer["phase"],
    nodeId: string,
    subtask: number,
    run: number,
    session: number | undefined,
    checkpointId: number,
    rows: readonly VisibleRow[],
  ): string {
    const producer = producerOf(nodeId, subtask, run);
    if (phase === "after" && this.producers.get(producer) !== session) throw new Error(`the sink ${producer} was taken over`);
    const id = `${phase} ${producer} ${checkpointId}`;
    if (this.transactions.has(id)) throw new Error(`${id} was prepared twice`);
    this.transactions.set(id, { nodeId, rows, fate: "pending" });
    return id;
  }

  /** What an "after" committer does, again and again if need be. */
  commitPrepared(prepared: Prepared): void {
    const transaction = this.transaction(String(prepared.id));
    if (transaction.fate === "committed") return;
    if (transaction.fate === "aborted") {
      const en = `${prepared.id} was given up before it was committed`;
      throw new PreparedLost({ en, zh: en }, [prepared], transaction.rows.length);
    }
    this.show(transaction);
  }

  private show(transaction: Transaction): void {
    if (transaction.fate !== "pending") throw new Error("a transaction was committed twice");
    transaction.fate = "committed";
    this.visible.set(transaction.nodeId, [...(this.visible.get(transaction.nodeId) ?? []), ...transaction.rows]);
  }

  private requireWriter(run: number): void {
    if (run !== this.writer) throw new Error(`run ${run} was taken over by run ${this.writer}`);
  }

  private transaction(id: string): Transaction {
    const transaction = this.transactions.get(id);
    if (!transaction) throw new Error(`there is no transaction ${id}`);
    return transaction;
  }
}

function producerOf(nodeId: string, subtask: number, run: number): string {
  return `${nodeId}/${subtask}/${run}`;
}
