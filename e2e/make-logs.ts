/** Logs as the mock app would send them on two days, so that flags are wrong on the second, with lines that are no JSON and logs without a device. */
import { makeAppLogs } from "@millrace/nodes/app-logs";

const DAY_MS = 86_400_000;
const FIRST_DAY = 1_613_959_200_000;

/** `count` texts in the order in which they are to be sent; the same every time. */
export function makeLogs(count: number): string[] {
  const half = count >> 1;
  const options = { rate: 200, devices: 400, pageGap: "200 ms", malformed: 0.01 };
  const days = [
    makeAppLogs({ ...options, seed: 1, start: FIRST_DAY }, half),
    makeAppLogs({ ...options, seed: 2, start: FIRST_DAY + DAY_MS }, count - half),
  ];
  return days.flat().map(({ text }) => text);
}
