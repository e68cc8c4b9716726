/**
 * The rows that partial matches of one key hold. A partial match is a chain of entries, each with a row and the entry before it; what several partial matches begin with they share, and an entry that nobody needs
 * any more goes, with those that only it needed. What comes and goes while the key is looked at is never written to state.
 */
import type { KeyedState, MapState, Row } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";

interface Entry {
  /** Name of the step that took the row. */
  readonly step: string;
  /** Number of the row, which is that of its first entry: later rows have greater ones. */
  readonly row: number;
  readonly time: number;
  /** The entry before; 0: none. */
  readonly previous: number;
  /** How many entries and partial matches need it. */
  uses: number;
}

/** A row that was matched, by which step. */
export interface Matched {
  readonly step: string;
  readonly row: Row;
  readonly time: number;
  readonly number: number;
}

const BIGINT: DataType = { type: "BIGINT", nullable: false };
const ENTRY: DataType = {
  type: "ROW",
  fields: [
    { name: "step", dataType: { type: "STRING", nullable: false } },
    ...["row", "time", "previous", "uses"].map((name) => ({ name, dataType: BIGINT })),
  ],
};

export class MatchBuffer {
  private readonly entries: MapState;
  private readonly rows: MapState;
  /** How many entries hold a row, where more than one does. */
  private readonly shared: MapState;
  /** Entries that are new, or have other uses than their state says. */
  private readonly changed = new Map<number, Entry>();
  private readonly added = new Map<number, Row>();
  private stored = 0;
  private latest = 0;
  private rowNumber = 0;

  constructor(state: KeyedState, rowType: DataType) {
    this.entries = state.map("matched entries", { key: BIGINT, value: ENTRY });
    this.rows = state.map("matched rows", { key: BIGINT, value: rowType });
    this.shared = state.map("entries of a row", { key: BIGINT, value: BIGINT });
  }

  /** Entries of the current key. */
  get size(): number {
    return this.stored + this.added.size;
  }

  /** Looks at the current key, whose entries have numbers up to `latest`. */
  open(latest: number): void {
    this.latest = latest;
    this.stored = latest === 0 ? 0 : this.entries.size;
  }

  /** Entries that are added from here on are of another row. */
  nextRow(): void {
    this.rowNumber = this.latest + 1;
  }

  /** The row's number; the first entry that is added has the same. */
  get row(): number {
    return this.rowNumber;
  }

  add(step: string, row: Row, time: number, previous: number): number {
    const entry = ++this.latest;
    this.changed.set(entry, { step, row: this.rowNumber, time, previous, uses: 0 });
    this.added.set(entry, row);
    if (previous !== 0) this.acquire(previous);
    return entry;
  }

  acquire(entry: number): void {
    this.change(entry).uses++;
  }

  release(entry: number): void {
    for (let at = entry; at !== 0; ) {
      const found = this.change(at);
      if (--found.uses > 0) return;
      // One that came and went leaves no trace.
      if (this.added.delete(at)) this.changed.delete(at);
      at = found.previous;
    }
  }

  timeOf(entry: number): number {
    return this.read(entry).time;
  }

  /** All rows up to the entry, from the first. */
  pathTo(entry: number): Matched[] {
    const path: Matched[] = [];
    for (let at = entry; at !== 0; ) {
      const { step, row, time, previous } = this.read(at);
      path.push({ step, time, number: row, row: this.added.get(at) ?? (this.rows.get(row) as Row) });
      at = previous;
    }
    return path.length > 1 ? path.reverse() : path;
  }

  /** Writes down what was done. */
  close(): void {
    if (this.changed.size === 0) return;
    let size = this.stored;
    for (const [number, entry] of this.changed) {
      const row = this.added.get(number);
      if (row !== undefined) {
        size++;
        this.holdRow(entry.row, row);
        this.entries.set(number, entry as unknown as Value);
      } else if (entry.uses === 0) {
        size--;
        this.entries.delete(number);
        this.letRowGo(entry.row);
      } else if (entry.uses !== this.storedAt(number).uses) this.entries.set(number, entry as unknown as Value);
    }
    this.stored = size;
    this.changed.clear();
    this.added.clear();
  }

  private holdRow(number: number, row: Row): void {
    if (this.rows.get(number) === undefined) this.rows.set(number, row);
    else this.shared.set(number, ((this.shared.get(number) as number | undefined) ?? 1) + 1);
  }

  private letRowGo(number: number): void {
    const holders = (this.shared.get(number) as number | undefined) ?? 1;
    if (holders === 1) this.rows.delete(number);
    else if (holders === 2) this.shared.delete(number);
    else this.shared.set(number, holders - 1);
  }

  private read(entry: number): Entry {
    return this.changed.get(entry) ?? this.storedAt(entry);
  }

  private change(entry: number): Entry {
    let found = this.changed.get(entry);
    if (found === undefined) {
      found = { ...this.storedAt(entry) };
      this.changed.set(entry, found);
    }
    return found;
  }

  private storedAt(entry: number): Entry {
    const found = this.entries.get(entry);
    if (found === undefined) throw new Error(`entry ${entry} of a partial match is not there`);
    return found as unknown as Entry;
  }
}
