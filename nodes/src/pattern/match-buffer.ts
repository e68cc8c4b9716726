/**
 * The rows that partial matches of one key hold. A partial match is a chain of entries, each with a row and the entry before it; what several partial matches begin with they share, and an entry that nobody needs
 * any more goes, with those that only it needed. What is done to it while a row is processed is written down when all of it is known, or not at all.
 */
import type { KeyedState, MapState, Row } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";

interface Entry {
  /** Name of the step that took the row. */
  readonly step: string;
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

const ENTRY: DataType = {
  type: "ROW",
  fields: [
    { name: "step", dataType: { type: "STRING", nullable: false } },
    { name: "row", dataType: { type: "BIGINT", nullable: false } },
    { name: "time", dataType: { type: "BIGINT", nullable: false } },
    { name: "previous", dataType: { type: "BIGINT", nullable: false } },
    { name: "uses", dataType: { type: "BIGINT", nullable: false } },
  ],
};
const BIGINT: DataType = { type: "BIGINT", nullable: false };

export class MatchBuffer {
  private readonly entries: MapState;
  private readonly rows: MapState;
  /** How many entries hold a row, where more than one does. */
  private readonly shared: MapState;
  /** Entries with other uses than their state says. */
  private readonly changed = new Map<number, Entry>();
  private readonly added = new Set<number>();
  private rowNumber = 0;
  private nextEntry = 1;

  constructor(state: KeyedState, rowType: DataType) {
    this.entries = state.map("matched entries", { key: BIGINT, value: ENTRY });
    this.rows = state.map("matched rows", { key: BIGINT, value: rowType });
    this.shared = state.map("entries of a row", { key: BIGINT, value: BIGINT });
  }

  /** Entries of the current key. */
  get size(): number {
    return this.entries.size + this.added.size;
  }

  /** Entries that are added from here on have numbers above `latest`, and hold one and the same row. */
  begin(latest: number): void {
    this.nextEntry = latest + 1;
    this.rowNumber = latest + 1;
  }

  /** Number of the row that entries are added for; later rows have greater ones. */
  get row(): number {
    return this.rowNumber;
  }

  add(step: string, time: number, previous: number): number {
    const entry = this.nextEntry++;
    this.changed.set(entry, { step, row: this.rowNumber, time, previous, uses: 0 });
    this.added.add(entry);
    if (previous !== 0) this.acquire(previous);
    return entry;
  }

  acquire(entry: number): void {
    this.open(entry).uses++;
  }

  release(entry: number): void {
    for (let at = entry; at !== 0; ) {
      const found = this.open(at);
      if (--found.uses > 0) return;
      at = found.previous;
    }
  }

  timeOf(entry: number): number {
    return this.read(entry).time;
  }

  /** All rows up to the entry, from the first; `current` stands for the row that is being processed. */
  pathTo(entry: number, current?: Row): Matched[] {
    const path: Matched[] = [];
    for (let at = entry; at !== 0; ) {
      const { step, row, time, previous } = this.read(at);
      path.push({ step, time, number: row, row: row === this.rowNumber && current ? current : (this.rows.get(row) as Row) });
      at = previous;
    }
    return path.reverse();
  }

  /** Writes down what was done; `current` is the row of what was added. */
  commit(current: Row | undefined): void {
    for (const [number, entry] of this.changed) {
      const isNew = this.added.has(number);
      if (entry.uses > 0) {
        if (isNew) this.holdRow(entry.row, current);
        if (isNew || entry.uses !== this.stored(number).uses) this.entries.set(number, entry as unknown as Value);
      } else if (!isNew) {
        this.entries.delete(number);
        this.letRowGo(entry.row);
      }
    }
    this.forget();
  }

  /** As if nothing had been done. */
  forget(): void {
    this.changed.clear();
    this.added.clear();
    this.rowNumber = 0;
  }

  private holdRow(number: number, current: Row | undefined): void {
    const held = this.rows.get(number);
    if (held === undefined) this.rows.set(number, current as Row);
    else this.shared.set(number, ((this.shared.get(number) as number | undefined) ?? 1) + 1);
  }

  private letRowGo(number: number): void {
    const holders = (this.shared.get(number) as number | undefined) ?? 1;
    if (holders === 1) this.rows.delete(number);
    else if (holders === 2) this.shared.delete(number);
    else this.shared.set(number, holders - 1);
  }

  private read(entry: number): Entry {
    return this.changed.get(entry) ?? this.stored(entry);
  }

  private open(entry: number): Entry {
    let found = this.changed.get(entry);
    if (found === undefined) {
      found = { ...this.stored(entry) };
      this.changed.set(entry, found);
    }
    return found;
  }

  private stored(entry: number): Entry {
    const found = this.entries.get(entry);
    if (found === undefined) throw new Error(`entry ${entry} of a partial match is not there`);
    return found as unknown as Entry;
  }
}
