/** Time to live as Flink has it: gone when last access + TTL is at or before now, each map entry and list element for itself. In a map and a list with a TTL what was used longest ago stands in front. */
import type { Millis } from "../node/operator.ts";
import { COST, type Content, type Held, type HeldList, type HeldMap, type KeyEntry, type Slot, sizeOfContent } from "./key-entry.ts";
import { sizeBy, type ValueSize } from "./value-size.ts";

export function isOver(at: Millis, slot: Slot, now: Millis): boolean {
  return slot.ttlMs !== undefined && at + slot.ttlMs <= now;
}

/** The time at which all of the entry is over; infinite where anything has no end. */
export function expiryOf(entry: KeyEntry, slots: readonly Slot[]): Millis {
  if (entry.eventTimers?.length || entry.processingTimers?.length) return Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const slot of slots) {
    const content = entry.slots[slot.index];
    if (content === undefined) continue;
    if (slot.ttlMs === undefined) return Number.POSITIVE_INFINITY;
    for (const at of timesOf(content, slot)) last = Math.max(last, at + slot.ttlMs);
  }
  return last;
}

/** Whether anything in the slot is over. */
export function isAnyOver(content: NonNullable<Content>, slot: Slot, now: Millis): boolean {
  if (slot.ttlMs === undefined) return false;
  const first = timesOf(content, slot)[Symbol.iterator]().next();
  return !first.done && isOver(first.value, slot, now);
}

/** Removes what is over from an entry's slot; returns how many bytes that frees. */
export function removeOver(entry: KeyEntry, slot: Slot, now: Millis): number {
  const content = entry.slots[slot.index] as NonNullable<Content>;
  const size = slot.sizes[0] as ValueSize;
  let freed = 0;
  let isNothing = true;
  if (slot.kind === "value") freed = sizeOfContent(content, slot);
  else if (slot.kind === "map") {
    const map = content as HeldMap;
    for (const [id, item] of map) {
      if (!isOver(item.at, slot, now)) break;
      map.delete(id);
      freed += COST.MAP_ITEM + sizeBy(size, item.key) + item.size;
    }
    isNothing = map.size === 0;
    if (isNothing) freed += COST.MAP;
  } else {
    const { at = [], values } = content as HeldList;
    const live = at.findIndex((time) => !isOver(time, slot, now));
    const over = live === -1 ? values.length : live;
    at.splice(0, over);
    for (const value of values.splice(0, over)) freed += COST.WORD + sizeBy(size, value);
    isNothing = values.length === 0;
    if (isNothing) freed += COST.LIST;
  }
  if (isNothing) entry.slots[slot.index] = undefined;
  return freed;
}

function timesOf(content: NonNullable<Content>, slot: Slot): Iterable<Millis> {
  if (slot.kind === "value") return [(content as Held).at];
  if (slot.kind === "map") return accessTimes(content as HeldMap);
  return (content as HeldList).at ?? [];
}

function* accessTimes(map: HeldMap): Iterable<Millis> {
  for (const item of map.values()) yield item.at;
}
