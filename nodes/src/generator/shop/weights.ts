import { type Weighted, weighted } from "../random.ts";
import type { CODES } from "./codes.ts";
import type { ShopSettings } from "./params.ts";

type Weights = Readonly<Record<keyof typeof CODES, Weighted<string>>>;

const made = new WeakMap<ShopSettings, Weights>();

/** The codes of these settings, to draw from; made once. */
export function weightsOf(settings: ShopSettings): Weights {
  const found = made.get(settings);
  if (found) return found;
  const of = (codes: readonly { readonly code: string; readonly weight: number }[]) =>
    weighted(codes.map(({ code, weight }) => [code, weight] as const));
  const { paymentTypes, sourceTypes, refundTypes, refundReasons, appraisals, userLevels } = settings;
  const weights = {
    paymentTypes: of(paymentTypes),
    sourceTypes: of(sourceTypes),
    refundTypes: of(refundTypes),
    refundReasons: of(refundReasons),
    appraisals: of(appraisals),
    userLevels: of(userLevels),
  };
  made.set(settings, weights);
  return weights;
}
