import { random } from "../random.ts";
import { ANDROID_CHANNELS, ANDROID_VERSIONS, APP_VERSIONS, IOS_VERSIONS, MODELS } from "./domains.ts";

/** What stays the same for a device as long as it lives. */
export interface Device {
  readonly mid: string;
  readonly brand: string;
  readonly model: string;
  readonly channel: string;
  readonly os: string;
  readonly version: string;
}

export function deviceOf(seed: number, number: number): Device {
  const numbers = random(seed, number, 1);
  const model = MODELS.pick(numbers);
  const brand = model.slice(0, model.indexOf(" "));
  const isIphone = brand === "iPhone";
  return {
    mid: `mid_${number}`,
    brand,
    model,
    channel: isIphone ? "Appstore" : ANDROID_CHANNELS.pick(numbers),
    os: isIphone ? `iOS ${IOS_VERSIONS.pick(numbers)}` : `Android ${ANDROID_VERSIONS.pick(numbers)}`,
    version: APP_VERSIONS.pick(numbers),
  };
}
