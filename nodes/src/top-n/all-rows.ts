/**
 * All rows of a key in order, of which only the first are looked at: those are a list, in order; the others are in a map by their place, in no order, until rows of the list go and it runs short. So a row
 * that comes or goes among many costs what the list is long, not what there are.
 */
import type { KeyedState, MapState, ValueState } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";
import type { Place, RowOrder } from "../row-order.ts";
import { placeIn, type Ranked } from "./ranked-rows.ts";

/** How many more than asked for the list may hold. */
const SPARE = 16;

export class AllRows {
  private readonly front: ValueState;
  private readonly rest: MapState;
  private readonly order: RowOrder;

  constructor(state: KeyedState, order: RowOrder, type: DataType) {
    const list: DataType = { type: "ARRAY", element: type };
    this.front = state.value("first rows", list);
    this.rest = state.map("other rows", { key: order.placeType, value: list });
    this.order = order;
  }

  /** The first rows, in order: more than `limit` of them unless there are no more. */
  first(limit: number): readonly Ranked[] {
    const list = this.list();
    return list.length > limit || this.rest.size === 0 ? list : this.refilled(list, limit);
  }

  /** Where a row of that place is to be put; a number beyond the first rows where it is none of them. */
  indexFor(list: readonly Ranked[], place: Place): number {
    const at = placeIn(list, place, this.order);
    return at === list.length && this.rest.size > 0 ? Number.POSITIVE_INFINITY : at;
  }

  /** `list` is what `first(limit)` gave, `at` what `indexFor` gave. */
  add(list: readonly Ranked[], entry: Ranked, at: number, limit: number): void {
    if (at === Number.POSITIVE_INFINITY) return this.addToRest(entry, "last");
    const next = list.toSpliced(at, 0, entry);
    // Rows of one place stay in the order in which they came: what leaves the list came before those that are there already.
    while (next.length > 2 * limit + SPARE) this.addToRest(next.pop() as Ranked, "first");
    this.set(next);
  }

  /** Among the rows of that place. A negative number: it is none of the first ones. */
  indexOf(list: readonly Ranked[], place: Place, isWanted: (entry: Ranked) => boolean): number {
    const end = placeIn(list, place, this.order);
    let found = -1;
    for (let at = end - 1; at >= 0 && this.order.compare((list[at] as Ranked).place, place) === 0; at--)
      if (isWanted(list[at] as Ranked)) found = at;
    return found;
  }

  remove(list: readonly Ranked[], at: number): void {
    this.set(list.toSpliced(at, 1));
  }

  replace(list: readonly Ranked[], at: number, entry: Ranked): void {
    this.set(list.with(at, entry));
  }

  /** Takes a row out that is none of the first, or puts another in its stead; false when there is none such. */
  changeRest(place: Place, isWanted: (entry: Ranked) => boolean, by?: Ranked): boolean {
    const there = (this.rest.get(place) ?? []) as unknown as readonly Ranked[];
    const at = there.findIndex(isWanted);
    if (at === -1) return false;
    this.setRest(place, by === undefined ? there.toSpliced(at, 1) : there.with(at, by));
    return true;
  }

  /** How many there were. */
  clear(): number {
    const others = [...this.rest.entries()].reduce((sum, [, rows]) => sum + (rows as readonly Value[]).length, 0);
    const { length } = this.list();
    this.front.clear();
    this.rest.clear();
    return others + length;
  }

  private list(): readonly Ranked[] {
    return (this.front.get() ?? []) as unknown as readonly Ranked[];
  }

  private set(list: readonly Ranked[]): void {
    if (list.length === 0) this.front.clear();
    else this.front.set(list as unknown as Value);
  }

  private addToRest(entry: Ranked, end: "first" | "last"): void {
    const there = (this.rest.get(entry.place) ?? []) as unknown as readonly Ranked[];
    this.setRest(entry.place, end === "last" ? [...there, entry] : [entry, ...there]);
  }

  private setRest(place: Place, rows: readonly Ranked[]): void {
    if (rows.length === 0) this.rest.delete(place);
    else this.rest.set(place, rows as unknown as Value);
  }

  private refilled(list: readonly Ranked[], limit: number): readonly Ranked[] {
    const next = [...list];
    const places = [...this.rest.entries()].sort(([a], [b]) => this.order.compare(a as Place, b as Place));
    for (const [place, rows] of places) {
      if (next.length > 2 * limit) break;
      next.push(...(rows as unknown as readonly Ranked[]));
      this.rest.delete(place);
    }
    this.set(next);
    return next;
  }
}
