/**
 * The shop's own time, and when which order is placed. Everything is numbered by orders: number k has its slot of time, and what happens around it is a function of (seed, k) and
 * of the settings that held for it. So any row can be made again from a few numbers, and the database needs no store: its tables are computed.
 *
 * Shop time is in milliseconds from the beginning, and stands still while the shop is stopped for long. What the clock showed is `wall`.
 */
import type { Millis } from "@millrace/engine/node";
import { DAY_MS } from "../../zone-clock.ts";
import { random } from "../random.ts";
import { type ShopSettings, shopSettings } from "./params.ts";

/** Longest time from the first thing of a cart to its order. */
export const LONGEST_CART_MS = 30_000;
/** A slot's order falls into its first half, so that two orders are at least half a slot apart. */
const JITTER = 0.5;
const MOST_ERAS = 32;

/** From order number `first` on, whose slot begins at `at`, these settings hold. Plain JSON: settings that are as by default are left out. */
export interface Era {
  readonly at: Millis;
  readonly first: number;
  readonly rate: number;
  /** New users until then. */
  readonly newUsers: number;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** At `shop` the clock showed `wall`, and both go on together. */
export interface Anchor {
  readonly shop: Millis;
  readonly wall: Millis;
}

export interface TimelineText {
  readonly eras: readonly Era[];
  readonly anchors: readonly Anchor[];
}

export interface Timeline {
  readonly seed: number;
  readonly users: number;
  settingsOf(order: number): ShopSettings;
  /** When a slot begins; its order is not placed before. */
  slotStart(order: number): Millis;
  orderTime(order: number): Millis;
  /** Before it nothing of this order happens. */
  cartStart(order: number): Millis;
  /** The slot in which that time lies, or 0. */
  slotAt(time: Millis): number;
  /** Ids of the users who register with it. */
  newUsersOf(order: number): readonly number[];
  /** How many have registered with it and the orders before. */
  newUsersUntil(order: number): number;
  userOf(order: number): number;
  /** The user's last order before that one; undefined: none, or one who does not buy. */
  orderBefore(user: number, order: number): number | undefined;
  wall(time: Millis): Millis;
}

/** A shop that opens at `opens` with so many orders on the day before. */
export function newTimeline(settings: ShopSettings, start: Millis, history: number, opens: Millis): TimelineText {
  const told = withoutDefaults(settings);
  const past: Era[] = history === 0 ? [] : [{ at: -DAY_MS, first: 1, rate: (history * 1_000) / DAY_MS, newUsers: 0, settings: told }];
  const open: Era = { at: opens, first: history + 1, rate: settings.rate, newUsers: 0, settings: told };
  const before = past[0];
  return {
    eras: [...past, before === undefined ? open : { ...open, newUsers: newUsersBefore(before, shopSettings.parse(told), open.first) }],
    anchors: [{ shop: 0, wall: start }],
  };
}

/** Other settings hold for carts that begin after `now`. The seed and the number of users stay. */
export function withSettings(text: TimelineText, given: ShopSettings, now: Millis): TimelineText {
  const last = text.eras.at(-1) as Era;
  const old = shopSettings.parse(last.settings);
  const settings = withoutDefaults({ ...given, seed: old.seed, users: old.users });
  if (JSON.stringify(settings) === JSON.stringify(last.settings)) return text;
  const first = Math.max(last.first, last.first + Math.ceil(((now + LONGEST_CART_MS - last.at) * last.rate) / 1_000));
  const at = last.at + ((first - last.first) * 1_000) / last.rate;
  const era = { at, first, rate: given.rate, newUsers: newUsersBefore(last, old, first), settings };
  const kept = first === last.first ? text.eras.slice(0, -1) : text.eras;
  // Of a very long list the oldest but the first are told by the settings before them.
  const bounded = kept.length < MOST_ERAS ? kept : [...kept.slice(0, 1), ...kept.slice(kept.length - MOST_ERAS + 2)];
  return { ...text, eras: [...bounded, era] };
}

/** At `shop` the clock shows what it shows now. */
export function afterStop(text: TimelineText, shop: Millis, wall: Millis): TimelineText {
  const anchors = text.anchors.length < MOST_ERAS ? text.anchors : text.anchors.slice(1);
  return { ...text, anchors: [...anchors, { shop, wall }] };
}

function newUsersBefore(era: Era, settings: ShopSettings, order: number): number {
  return era.newUsers + Math.floor((order - era.first) * settings.newUsers);
}

/** Members in a fixed order, those that are as by default left out. */
function withoutDefaults(settings: ShopSettings): Readonly<Record<string, unknown>> {
  const defaults = shopSettings.parse({}) as Record<string, unknown>;
  const entries = Object.entries(shopSettings.parse(settings));
  return Object.fromEntries(entries.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name])));
}

export function createTimeline({ eras, anchors }: TimelineText): Timeline {
  const settings = eras.map((era) => shopSettings.parse(era.settings));
  const { seed, users } = settings[0] as ShopSettings;
  const shuffle = createShuffle(seed, users);

  function eraIndexOf(order: number): number {
    for (let i = eras.length - 1; i > 0; i--) if (order >= (eras[i] as Era).first) return i;
    return 0;
  }
  const eraOf = (order: number) => eras[eraIndexOf(order)] as Era;

  function slotStart(order: number): Millis {
    const era = eraOf(order);
    return Math.floor(era.at + ((order - era.first) * 1_000) / era.rate);
  }

  function orderTime(order: number): Millis {
    const slotMs = 1_000 / eraOf(order).rate;
    return slotStart(order) + Math.floor(numbers(seed, order, 0).next() * JITTER * slotMs);
  }

  function cartStart(order: number): Millis {
    const era = eraOf(order);
    // The user's last order must lie before.
    const most = Math.min(LONGEST_CART_MS, (users - JITTER) * (1_000 / era.rate) * 0.9);
    const time = orderTime(order);
    return Math.max(Math.ceil(era.at), Math.ceil(time - most * (0.2 + 0.8 * numbers(seed, order, 1).next())));
  }

  function newUsersUntil(order: number): number {
    if (order < 1) return 0;
    const index = eraIndexOf(order);
    return newUsersBefore(eras[index] as Era, settings[index] as ShopSettings, order + 1);
  }

  return {
    seed,
    users,
    settingsOf: (order) => settings[eraIndexOf(order)] as ShopSettings,
    slotStart,
    orderTime,
    cartStart,
    slotAt(time) {
      let index = eras.length - 1;
      while (index > 0 && time < (eras[index] as Era).at) index--;
      const era = eras[index] as Era;
      return Math.max(0, era.first + Math.floor(((time - era.at) * era.rate) / 1_000));
    },
    newUsersOf(order) {
      const before = newUsersUntil(order - 1);
      return Array.from({ length: newUsersUntil(order) - before }, (_, i) => users + before + i + 1);
    },
    newUsersUntil,
    userOf: (order) => shuffle.userAt((order - 1) % users),
    orderBefore(user, order) {
      if (user > users) return undefined;
      const place = shuffle.placeOf(user);
      const at = place + 1 + Math.floor((order - 2 - place) / users) * users;
      return at >= 1 ? at : undefined;
    },
    wall(time) {
      let index = anchors.length - 1;
      while (index > 0 && time < (anchors[index] as Anchor).shop) index--;
      const { shop, wall } = anchors[index] as Anchor;
      return wall + time - shop;
    },
  };
}

/** Draws for one purpose of an order. */
export function numbers(seed: number, order: number, purpose: number) {
  return random(seed, order, Math.floor(order / 2 ** 32), purpose);
}

/** Users come in an order of their own, again and again: so everyone's orders lie a round apart, and whose turn it was can be said for any number. */
function createShuffle(seed: number, users: number) {
  const draws = random(seed, users, 77);
  let step = Math.max(1, Math.round(users * (0.55 + 0.1 * draws.next())));
  while (greatestDivisor(step, users) !== 1) step++;
  const shift = draws.between(0, users - 1);
  const back = inverse(step, users);
  return {
    userAt: (place: number) => 1 + ((place * step + shift) % users),
    placeOf: (user: number) => (((user - 1 - shift + users) % users) * back) % users,
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** x with (value × x) mod modulus = 1 mod modulus, by Euclid's extended algorithm. */
function inverse(value: number, modulus: number): number {
  let [rest, next] = [value % modulus, modulus];
  let [x, nextX] = [1, 0];
  while (next !== 0) {
    const times = Math.floor(rest / next);
    [rest, next] = [next, rest - times * next];
    [x, nextX] = [nextX, x - times * nextX];
  }
  return ((x % modulus) + modulus) % modulus;
}
