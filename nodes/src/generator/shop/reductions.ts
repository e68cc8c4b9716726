/** What activities and coupons take off an order, detail by detail. All amounts in hundredths, so sums are exact. */
import { ACTIVITY_RULES, type ActivityRule, COUPONS } from "./seed-rows.ts";

export interface Line {
  readonly sku: number;
  readonly category3: number;
  readonly pieces: number;
  /** Price × pieces. */
  readonly amount: number;
}

export interface Reduction {
  readonly activity?: { readonly amount: number; readonly rule: ActivityRule };
  readonly coupon?: { readonly amount: number; readonly id: number };
}

/** One for each line. `coupons`: ids of those that the user has. */
export function reductionsOf(lines: readonly Line[], coupons: readonly number[]): Reduction[] {
  const reductions: Reduction[] = lines.map(() => ({}));
  takeActivities(lines, reductions);
  takeCoupon(lines, coupons, reductions);
  return reductions;
}

/** A line is in one activity only. Where several want it the one that takes most off has it, then the one of lower id. */
function takeActivities(lines: readonly Line[], reductions: Reduction[]): void {
  const activities = new Set(ACTIVITY_RULES.map(({ activity }) => activity));
  while (activities.size > 0) {
    const offers = [...activities].map((activity) => offerOf(activity, lines, reductions)).filter((offer) => offer !== undefined);
    const best = offers.reduce<Offer | undefined>(
      (most, offer) => (most === undefined || offer.total > most.total ? offer : most),
      undefined,
    );
    if (best === undefined) return;
    activities.delete(best.rule.activity);
    for (const [i, amount] of best.amounts) reductions[i] = { activity: { amount, rule: best.rule } };
  }
}

interface Offer {
  readonly rule: ActivityRule;
  readonly total: number;
  readonly amounts: readonly (readonly [line: number, amount: number])[];
}

function offerOf(activity: number, lines: readonly Line[], reductions: readonly Reduction[]): Offer | undefined {
  const rules = ACTIVITY_RULES.filter((rule) => rule.activity === activity).sort((a, b) => b.level - a.level);
  const eligible = [...lines.keys()].filter((i) => rules[0]?.skus.has((lines[i] as Line).sku) && reductions[i]?.activity === undefined);
  const amounts = eligible.map((i) => (lines[i] as Line).amount);
  const pieces = eligible.reduce((sum, i) => sum + (lines[i] as Line).pieces, 0);
  const rule = rules.find(({ benefit }) => ("from" in benefit ? sum(amounts) >= benefit.from : pieces >= benefit.pieces));
  if (rule === undefined || eligible.length === 0) return undefined;
  const { benefit } = rule;
  const taken = "off" in benefit ? inProportion(benefit.off, amounts) : amounts.map((amount) => divideHalfUp(amount * benefit.share, 100));
  return { rule, total: sum(taken), amounts: eligible.map((line, i) => [line, taken[i] as number] as const) };
}

/** One coupon an order: the one that takes most off what activities left. */
function takeCoupon(lines: readonly Line[], coupons: readonly number[], reductions: Reduction[]): void {
  const left = lines.map(({ amount }, i) => amount - (reductions[i]?.activity?.amount ?? 0));
  const usable = COUPONS.filter(({ id }) => coupons.includes(id)).flatMap((coupon) => {
    const eligible = [...lines.keys()].filter((i) => (lines[i] as Line).category3 === coupon.category3);
    return sum(eligible.map((i) => left[i] as number)) >= coupon.from && eligible.length > 0 ? [{ coupon, eligible }] : [];
  });
  const best = usable.sort((a, b) => b.coupon.off - a.coupon.off || a.coupon.id - b.coupon.id)[0];
  if (best === undefined) return;
  const amounts = inProportion(
    best.coupon.off,
    best.eligible.map((i) => left[i] as number),
  );
  for (const [at, i] of best.eligible.entries())
    reductions[i] = { ...reductions[i], coupon: { amount: amounts[at] as number, id: best.coupon.id } };
}

/** Half-up to hundredths; the last one takes what is left. */
function inProportion(total: number, amounts: readonly number[]): number[] {
  const whole = sum(amounts);
  const shares = amounts.slice(0, -1).map((amount) => divideHalfUp(total * amount, whole));
  return [...shares, total - sum(shares)];
}

function divideHalfUp(dividend: number, divisor: number): number {
  return Math.floor((2 * dividend + divisor) / (2 * divisor));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
