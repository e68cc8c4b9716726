import type { Millis } from "@millrace/engine/node";
import type { z } from "zod";
import type { MaxwellMessage } from "./maxwell.ts";
import { shopParams } from "./params.ts";
import { openShop } from "./stream.ts";

export interface ShopOptions extends Partial<Omit<z.input<typeof shopParams>, "kind" | "date" | "timeOfDay" | "pace">> {
  /** That many orders, and what becomes of them. */
  readonly count: number;
  /** When the shop opens, epoch ms. Default: 2021-02-22 10:00 in Shanghai. */
  readonly start?: Millis;
  /** IANA name; says what the database's clock shows. */
  readonly timeZone?: string;
}

const DEFAULT_START = 1_613_959_200_000;

/** A shop's whole change log, in order, without any waiting. Same options, same messages. Throws a ZodError for options that the generator node refuses. */
export function makeShopMessages({
  start = DEFAULT_START,
  timeZone = "Asia/Shanghai",
  ...options
}: ShopOptions): (MaxwellMessage & { readonly time: Millis })[] {
  const shop = openShop(shopParams.parse({ kind: "shop", ...options }), timeZone, { start });
  const messages: (MaxwellMessage & { readonly time: Millis })[] = [];
  while (shop.nextDue() < Number.POSITIVE_INFINITY) {
    const { text, time } = shop.take();
    messages.push({ ...(JSON.parse(text) as MaxwellMessage), time });
  }
  return messages;
}
