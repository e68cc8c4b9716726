/**
 * Carts. What is put in before an order goes into it or is left; what was left goes into the user's next order, or is taken out then. So every row of a cart lives through two
 * orders of its user at most, unless more of the same product is put in meanwhile.
 */
import type { Millis } from "@millrace/engine/node";
import type { WallText } from "../../wall-text.ts";
import { IDS_AN_ORDER } from "./ids.ts";
import { SKUS, type Sku } from "./seed-rows.ts";
import type { Row } from "./tables.ts";
import { numbers, type Timeline } from "./timeline.ts";
import { weightsOf } from "./weights.ts";

const LINES = 20;
const CARRIED = 21;
const ADD_AGAIN = 0.1;

export interface CartLine {
  readonly id: number;
  readonly sku: Sku;
  readonly pieces: number;
  readonly at: Millis;
  /** More of it, put in later. */
  readonly again: { readonly pieces: number; readonly at: Millis } | undefined;
  readonly source: { readonly type: string; readonly id: number | null };
  readonly isOrdered: boolean;
}

/** A row that the user's order before left. */
export interface CarriedRow {
  readonly row: Row & { readonly id: number; readonly sku_id: number };
  readonly isOrdered: boolean;
}

export interface Carts {
  lines(order: number): readonly CartLine[];
  carried(order: number): readonly CarriedRow[];
  /** The new row of a line. */
  newRow(order: number, line: CartLine): Row & { readonly id: number };
  /** The columns that change when more is put in. */
  moreOf(row: Row, pieces: number, at: Millis): Row;
}

/** @param cleared rows of carts that began before were deleted */
export function createCarts(timeline: Timeline, text: WallText, cleared: Millis): Carts {
  const { seed } = timeline;
  const time = (at: Millis) => text.time(timeline.wall(at));

  function lines(order: number): CartLine[] {
    const settings = timeline.settingsOf(order);
    const draws = numbers(seed, order, LINES);
    const begin = timeline.cartStart(order);
    const spanMs = timeline.orderTime(order) - begin;
    const types = weightsOf(settings).sourceTypes;
    const skus = new Set<Sku>();
    const wanted = draws.between(1, settings.inCart);
    while (skus.size < wanted) skus.add(draws.of(SKUS));
    const drawn = [...skus].map((sku, index): CartLine => {
      const at = begin + Math.floor((spanMs * (index + draws.next())) / (wanted + 1));
      const type = types.pick(draws);
      return {
        id: order * IDS_AN_ORDER + index,
        sku,
        pieces: draws.between(1, 3),
        at,
        again: draws.chance(ADD_AGAIN)
          ? { pieces: draws.between(1, 3), at: at + Math.floor((begin + spanMs - at) * draws.next()) }
          : undefined,
        source: { type, id: type === "2402" ? draws.between(10, 100) : type === "2404" ? draws.between(1, 2) : null },
        isOrdered: draws.chance(settings.ordered),
      };
    });
    const [first, ...others] = drawn as [CartLine, ...CartLine[]];
    return drawn.some(({ isOrdered }) => isOrdered) ? drawn : [{ ...first, isOrdered: true }, ...others];
  }

  function carried(order: number): CarriedRow[] {
    const before = orderBefore(order);
    if (before === undefined) return [];
    const settings = timeline.settingsOf(order);
    return leftBy(before).map((row) => ({
      row,
      isOrdered: numbers(seed, order, CARRIED + row.sku_id).chance(settings.ordered),
    }));
  }

  function orderBefore(order: number): number | undefined {
    const before = timeline.orderBefore(timeline.userOf(order), order);
    return before !== undefined && timeline.cartStart(before) >= cleared ? before : undefined;
  }

  /** Rows as they are behind that order. Of a product that was in the cart already the old row has become more. */
  function leftBy(order: number): CarriedRow["row"][] {
    return lines(order)
      .filter(({ isOrdered }) => !isOrdered)
      .map((line) => {
        const older = oldRow(order, line.sku.id);
        let row: Row = older === undefined ? newRow(order, line) : { ...older, ...moreOf(older, line.pieces, line.at) };
        if (line.again) row = { ...row, ...moreOf(row, line.again.pieces, line.again.at) };
        return row as CarriedRow["row"];
      });
  }

  function oldRow(order: number, sku: number): Row | undefined {
    const before = orderBefore(order);
    if (before === undefined || !lines(before).some((line) => line.sku.id === sku && !line.isOrdered)) return undefined;
    return leftBy(before).find((row) => row.sku_id === sku);
  }

  function newRow(order: number, { id, sku, pieces, at, source }: CartLine) {
    return {
      id,
      user_id: String(timeline.userOf(order)),
      sku_id: sku.id,
      cart_price: sku.price,
      sku_num: pieces,
      img_url: sku.image,
      sku_name: sku.name,
      is_checked: null,
      create_time: time(at),
      operate_time: null,
      is_ordered: 0,
      order_time: null,
      source_type: source.type,
      source_id: source.id,
    };
  }

  function moreOf(row: Row, pieces: number, at: Millis): Row {
    return { sku_num: Number(row.sku_num) + pieces, operate_time: time(at) };
  }

  return { lines, carried, newRow, moreOf };
}
