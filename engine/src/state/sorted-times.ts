/** Times of one key's timers in rising order: most are added at the end and leave in front. */
import type { Millis } from "../node/operator.ts";

/** False when it is there already. */
export function addTime(times: Millis[], time: Millis): boolean {
  const { length } = times;
  if (length === 0 || (times[length - 1] as Millis) < time) {
    times.push(time);
    return true;
  }
  const index = firstFrom(times, time);
  if (times[index] === time) return false;
  times.splice(index, 0, time);
  return true;
}

/** False when it was not there. */
export function removeTime(times: Millis[], time: Millis): boolean {
  const index = times[0] === time ? 0 : firstFrom(times, time);
  if (times[index] !== time) return false;
  if (index === 0) times.shift();
  else times.splice(index, 1);
  return true;
}

export function hasTime(times: readonly Millis[], time: Millis): boolean {
  return times[firstFrom(times, time)] === time;
}

/** Index of the first time that is not before `time`. */
function firstFrom(times: readonly Millis[], time: Millis): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as Millis) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
