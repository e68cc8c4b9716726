/**
 * The open windows of the current key. Most keys have one, or one that rows still come for beside older ones that wait for the watermark; the newest is a value of its own, so that a row finds it with
 * one look-up, and the others are in a map by their end.
 */
import type { GroupExpressions, KeyedState, MapState, Millis, ValueState } from "@millrace/engine/node";
import type { DataType, Value, Values } from "@millrace/engine/schema";

/** A value of the state; changed in place, then saved. */
export interface OpenWindow {
  /** On the clock that the shape of the windows uses. */
  start: number;
  end: number;
  /** When something is next to be done for it: the time of its one timer. */
  due: Millis;
  /** When the next early result is due. */
  early: Millis | null;
  readonly rows: Values;
  /** The result that was given last, where it must be taken back when it changes. */
  given: Readonly<Record<number, Value>> | null;
}

export class OpenWindows {
  private readonly newest: ValueState;
  /** The newest, where `withEnd` gave it: to be saved as such. */
  private found: OpenWindow | undefined;
  private readonly older: MapState;

  constructor(state: KeyedState, { accumulatorType, dataTypes }: GroupExpressions, isUpdating: boolean) {
    const dataType: DataType = {
      type: "ROW",
      fields: [
        { name: "start", dataType: TIME },
        { name: "end", dataType: TIME },
        { name: "due", dataType: TIME },
        { name: "early", dataType: { type: "BIGINT" } },
        { name: "rows", dataType: accumulatorType },
        { name: "given", dataType: givenType(isUpdating ? dataTypes : []) },
      ],
      nullable: false,
    };
    this.newest = state.value("newest", dataType);
    this.older = state.map("older", { key: TIME, value: dataType });
  }

  withEnd(end: number): OpenWindow | undefined {
    const newest = this.newest.get() as OpenWindow | null;
    this.found = undefined;
    if (newest !== null && newest.end <= end) {
      if (newest.end !== end) return undefined;
      this.found = newest;
      return newest;
    }
    return this.older.size === 0 ? undefined : (this.older.get(end) as OpenWindow | undefined);
  }

  /** A window that was changed, or a new one. */
  save(window: OpenWindow): void {
    if (window === this.found) return this.newest.set(asValue(window));
    const newest = this.newest.get() as OpenWindow | null;
    if (newest !== null && newest.end > window.end) return this.older.set(window.end, asValue(window));
    if (newest !== null && newest.end < window.end) this.older.set(newest.end, asValue(newest));
    this.newest.set(asValue(window));
  }

  remove(end: number): void {
    const newest = this.newest.get() as OpenWindow | null;
    if (newest?.end === end) this.newest.clear();
    else this.older.delete(end);
  }

  /** Those that a condition holds for, by their end. */
  where(isWanted: (window: OpenWindow) => boolean): OpenWindow[] {
    const newest = this.newest.get() as OpenWindow | null;
    const found: OpenWindow[] = [];
    if (this.older.size > 0)
      for (const [, window] of this.older.entries())
        if (isWanted(window as unknown as OpenWindow)) found.push(window as unknown as OpenWindow);
    if (newest !== null && isWanted(newest)) found.push(newest);
    return found.length > 1 ? found.sort((a, b) => a.end - b.end) : found;
  }
}

const TIME: DataType = { type: "BIGINT", nullable: false };

function givenType(dataTypes: readonly DataType[]): DataType {
  return { type: "ROW", fields: dataTypes.map((dataType, i) => ({ name: String(i), dataType })) };
}

function asValue(window: OpenWindow): Value {
  return window as unknown as Values;
}
