import { type NodeCase, watermark } from "@millrace/engine/node";
import { at, gives, H, INPUTS, late, params, result } from "./case-parts.ts";

const day = { kind: "tumbling", size: "1 d" };
const hour = { kind: "tumbling", size: "1 h" };
const D = 24 * H;

/** Midnight of 22 February 2021 in Shanghai, and on its wall clock. */
const SHANGHAI = Date.UTC(2021, 1, 21, 16);
const SHANGHAI_WALL = Date.UTC(2021, 1, 22);
/** Los Angeles skips 02:00 to 03:00 on 14 March 2021, and has 01:00 to 02:00 twice on 7 November. */
const SPRING = Date.UTC(2021, 2, 14, 8);
const SPRING_WALL = Date.UTC(2021, 2, 14);
const AUTUMN = Date.UTC(2021, 10, 7, 7);
const AUTUMN_WALL = Date.UTC(2021, 10, 7);
const LA = "America/Los_Angeles";

export const zoneCases: readonly NodeCase[] = [
  {
    name: "a day begins at midnight of the pipeline's zone",
    params: params(day),
    inputs: INPUTS,
    timeZone: "Asia/Shanghai",
    steps: [
      at(SHANGHAI - 1),
      at(SHANGHAI),
      gives(watermark(SHANGHAI - 2)),
      gives(watermark(SHANGHAI - 1), result("ann", 1, 1, SHANGHAI_WALL - D, SHANGHAI_WALL, SHANGHAI - 1)),
      gives(watermark(SHANGHAI + D - 1), result("ann", 1, 1, SHANGHAI_WALL, SHANGHAI_WALL + D, SHANGHAI + D - 1)),
    ],
  },
  {
    name: "a day on which an hour is skipped is over after 23 hours",
    params: params(day),
    inputs: INPUTS,
    timeZone: LA,
    steps: [
      at(SPRING),
      at(SPRING + 23 * H - 1),
      at(SPRING + 23 * H),
      gives(watermark(SPRING + 23 * H - 2)),
      gives(watermark(SPRING + 23 * H - 1), result("ann", 2, 2, SPRING_WALL, SPRING_WALL + D, SPRING + 23 * H - 1)),
    ],
  },
  {
    name: "a day on which an hour comes twice is over after 25 hours",
    params: params(day),
    inputs: INPUTS,
    timeZone: LA,
    steps: [
      at(AUTUMN),
      at(AUTUMN + 25 * H - 1),
      at(AUTUMN + 25 * H),
      gives(watermark(AUTUMN + 25 * H - 2)),
      gives(watermark(AUTUMN + 25 * H - 1), result("ann", 2, 2, AUTUMN_WALL, AUTUMN_WALL + D, AUTUMN + 25 * H - 1)),
    ],
  },
  {
    name: "an hour that comes twice is one window, over when it has passed the second time",
    params: params(hour),
    inputs: INPUTS,
    timeZone: LA,
    steps: [
      at(AUTUMN + H),
      at(AUTUMN + 2 * H),
      gives(watermark(AUTUMN + 2 * H)),
      gives(watermark(AUTUMN + 3 * H - 2)),
      gives(watermark(AUTUMN + 3 * H - 1), result("ann", 2, 2, AUTUMN_WALL + H, AUTUMN_WALL + 2 * H, AUTUMN + 3 * H - 1)),
      late(at(AUTUMN + H)),
    ],
  },
  {
    name: "a window that ends in a skipped hour is over when that begins",
    params: params({ kind: "sliding", size: "1 h", every: "30 min" }),
    inputs: INPUTS,
    timeZone: LA,
    steps: [
      // 01:59 on the wall clock: in 01:00 to 02:00, and in 01:30 to 02:30, which ends in the gap.
      at(SPRING + 2 * H - 60_000),
      gives(watermark(SPRING + 2 * H - 2)),
      gives(watermark(SPRING + 2 * H - 1), result("ann", 1, 1, SPRING_WALL + H, SPRING_WALL + 2 * H, SPRING + 2 * H - 1)),
      gives(watermark(SPRING + 2 * H), result("ann", 1, 1, SPRING_WALL + 1.5 * H, SPRING_WALL + 2.5 * H, SPRING + 2 * H)),
    ],
  },
  {
    name: "a session lasts as long as it lasts, whatever the clock on the wall does meanwhile",
    params: params({ kind: "session", gap: "30 min" }),
    inputs: INPUTS,
    timeZone: LA,
    steps: [
      at(SPRING + 2 * H - 60_000),
      at(SPRING + 2 * H + 60_000),
      gives(
        watermark("max"),
        result("ann", 2, 2, SPRING_WALL + 2 * H - 60_000, SPRING_WALL + 3 * H + 60_000 + H / 2, SPRING + 2 * H + 60_000 + H / 2 - 1),
      ),
    ],
  },
];
