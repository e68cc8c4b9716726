/**
 * What an operator gets for a declared state: the value, map or list of the key that the backend shows at the moment. Time to live as Flink has it: gone when last access + TTL is at or before now,
 * each map entry and list element for itself; what is found to be gone is removed in passing.
 */
import type { ListState, MapState, Millis, SharedList, SharedMap, SharedValue, ValueState } from "../node/operator.ts";
import type { Value, Values } from "../schema/index.ts";
import { isOver } from "./expiry.ts";
import { idOf } from "./key.ts";
import { COST, type Held, type HeldList, type HeldMap, type KeyEntry, openList, type Slot, sizeOfContent } from "./key-entry.ts";
import type { ValueReader } from "./value-bytes.ts";
import { sizeBy, type ValueSize } from "./value-size.ts";

/** What the views ask of the backend. */
export interface StateHost {
  readonly current: KeyEntry | undefined;
  readonly reader: ValueReader;
  now(): Millis;
  /** The current key's entry, made if there is none, and noted as changed. */
  change(): KeyEntry;
  /** An entry takes so many bytes more. */
  grow(entry: KeyEntry, bytes: number): void;
}

export function valueView(host: StateHost, slot: Slot): ValueState {
  const { index, ttlMs, ownTexts } = slot;
  const size = slot.sizes[0] as ValueSize;
  const clear = () => {
    const content = host.current?.slots[index];
    if (content === undefined) return;
    const entry = host.change();
    host.grow(entry, -sizeOfContent(content, slot));
    entry.slots[index] = undefined;
  };
  return {
    get: () => {
      const held = host.current?.slots[index] as Held | undefined;
      if (held === undefined) return null;
      if (ttlMs !== undefined) {
        if (isOver(held.at, slot, host.now())) {
          clear();
          return null;
        }
        if (slot.options.ttlUpdate === "onReadAndWrite") {
          host.change();
          held.at = host.now();
        }
      }
      return held.value;
    },
    set: (given) => {
      if (given === null) return clear();
      const value = ownTexts === undefined ? given : ownTexts(given);
      const entry = host.change();
      const held = entry.slots[index] as Held | undefined;
      const at = ttlMs === undefined ? 0 : host.now();
      if (held === undefined) {
        const bytes = sizeBy(size, value);
        entry.slots[index] = { value, at, size: bytes };
        host.grow(entry, COST.HELD + bytes);
        return;
      }
      if (typeof size !== "number") resize(host, entry, held, size(value));
      held.value = value;
      held.at = at;
    },
    clear,
  };
}

export function mapView(host: StateHost, slot: Slot): MapState {
  const { index, ttlMs, ownTexts } = slot;
  const [keySize, itemSize] = slot.sizes as [ValueSize, ValueSize];
  const touches = ttlMs !== undefined && slot.options.ttlUpdate === "onReadAndWrite";
  const read = () => host.current?.slots[index] as HeldMap | undefined;
  const remove = (key: Value): void => {
    const map = read();
    const id = map === undefined ? null : idOf(key);
    const item = map?.get(id);
    if (map === undefined || item === undefined) return;
    const entry = host.change();
    map.delete(id);
    host.grow(entry, -(COST.MAP_ITEM + sizeBy(keySize, item.key) + item.size));
    if (map.size > 0) return;
    entry.slots[index] = undefined;
    host.grow(entry, -COST.MAP);
  };
  const get = (key: Value): Value | undefined => {
    const map = read();
    if (map === undefined) return undefined;
    const id = idOf(key);
    const item = map.get(id);
    if (item === undefined || ttlMs === undefined) return item?.value;
    if (isOver(item.at, slot, host.now())) {
      remove(key);
      return undefined;
    }
    if (touches) {
      host.change();
      touch(map, [item], host.now());
    }
    return item.value;
  };
  return {
    get,
    set: (key, given) => {
      const value = ownTexts === undefined ? given : ownTexts(given);
      const entry = host.change();
      let map = entry.slots[index] as HeldMap | undefined;
      if (map === undefined) {
        entry.slots[index] = map = new Map();
        host.grow(entry, COST.MAP);
      }
      const id = idOf(key);
      const item = map.get(id);
      if (item === undefined) {
        const bytes = sizeBy(itemSize, value);
        map.set(id, { key, value, at: ttlMs === undefined ? 0 : host.now(), size: bytes });
        host.grow(entry, COST.MAP_ITEM + sizeBy(keySize, key) + bytes);
        return;
      }
      if (typeof itemSize !== "number") resize(host, entry, item, itemSize(value));
      item.value = value;
      if (ttlMs !== undefined) touch(map, [item], host.now());
    },
    delete: remove,
    take: (key) => {
      const value = get(key);
      remove(key);
      return value;
    },
    entries: () => {
      const map = read();
      if (map === undefined) return [];
      const now = ttlMs === undefined ? 0 : host.now();
      const live = [...map.values()].filter((item) => !isOver(item.at, slot, now));
      if (touches && live.length > 0) {
        host.change();
        touch(map, live, now);
      }
      return live.map((item) => [item.key, item.value] as [Value, Value]);
    },
    get size() {
      return liveSize(read(), slot, host);
    },
    clear: () => {
      const content = read();
      if (content === undefined) return;
      const entry = host.change();
      host.grow(entry, -sizeOfContent(content, slot));
      entry.slots[index] = undefined;
    },
  };
}

export function listView(host: StateHost, slot: Slot): ListState {
  const { index, ttlMs, ownTexts } = slot;
  const size = slot.sizes[0] as ValueSize;
  const own = (value: Value) => (ownTexts === undefined ? value : ownTexts(value));
  const clear = () => {
    const content = host.current?.slots[index];
    if (content === undefined) return;
    const entry = host.change();
    host.grow(entry, -sizeOfContent(content, slot));
    entry.slots[index] = undefined;
  };
  return {
    add: (given) => {
      const value = own(given);
      const entry = host.change();
      let list = entry.slots[index] as HeldList | undefined;
      if (list === undefined) {
        entry.slots[index] = list = { encoded: undefined, values: [], at: ttlMs === undefined ? undefined : [] };
        host.grow(entry, COST.LIST);
      }
      list.values.push(value);
      list.at?.push(host.now());
      host.grow(entry, COST.WORD + sizeBy(size, value));
    },
    get: () => {
      const list = host.current?.slots[index] as HeldList | undefined;
      if (list === undefined) return [];
      if (ttlMs === undefined) return [...opened(host, slot, host.current as KeyEntry, list)];
      const now = host.now();
      const isLive = (_: unknown, i: number) => !isOver(list.at?.[i] as Millis, slot, now);
      const live = list.values.filter(isLive);
      const touches = slot.options.ttlUpdate === "onReadAndWrite";
      if (live.length === 0) clear();
      else if (touches || live.length < list.values.length) {
        const entry = host.change();
        const before = sizeOfContent(list, slot);
        list.at = touches ? live.map(() => now) : list.at?.filter(isLive);
        list.values = live;
        host.grow(entry, sizeOfContent(list, slot) - before);
      }
      return [...live];
    },
    setField: (at, name, value) => {
      const list = host.current?.slots[index] as HeldList | undefined;
      const row = list?.values[at];
      if (list === undefined || row === undefined || ttlMs !== undefined)
        throw new Error(`there is no row at ${at} of a list without a TTL`);
      const changed = own({ ...(row as Values), [name]: value });
      host.grow(host.change(), sizeBy(size, changed) - sizeBy(size, row));
      list.values[at] = changed;
    },
    set: (values) => {
      clear();
      if (values.length === 0) return;
      const entry = host.change();
      const now = ttlMs === undefined ? undefined : host.now();
      const list: HeldList = { encoded: undefined, values: values.map(own), at: now === undefined ? undefined : values.map(() => now) };
      entry.slots[index] = list;
      host.grow(entry, sizeOfContent(list, slot));
    },
    clear,
  };
}

/** Views of state of no key that cannot write; what is over is not shown, and stays for those who can. */
export function sharedValueView(host: StateHost, slot: Slot, shared: () => KeyEntry | undefined): SharedValue {
  return {
    get: () => {
      const held = shared()?.slots[slot.index] as Held | undefined;
      return held === undefined || isOver(held.at, slot, host.now()) ? null : held.value;
    },
  };
}

export function sharedMapView(host: StateHost, slot: Slot, shared: () => KeyEntry | undefined): SharedMap {
  const read = () => shared()?.slots[slot.index] as HeldMap | undefined;
  return {
    get: (key) => {
      const item = read()?.get(idOf(key));
      return item === undefined || isOver(item.at, slot, host.now()) ? undefined : item.value;
    },
    entries: () => {
      const items = [...(read()?.values() ?? [])].filter((item) => !isOver(item.at, slot, host.now()));
      return items.map((item) => [item.key, item.value] as [Value, Value]);
    },
    get size() {
      return liveSize(read(), slot, host);
    },
  };
}

export function sharedListView(host: StateHost, slot: Slot, shared: () => KeyEntry | undefined): SharedList {
  return {
    get: () => {
      const entry = shared();
      const list = entry?.slots[slot.index] as HeldList | undefined;
      if (entry === undefined || list === undefined) return [];
      return opened(host, slot, entry, list).filter((_, i) => list.at === undefined || !isOver(list.at[i] as Millis, slot, host.now()));
    },
  };
}

function opened(host: StateHost, slot: Slot, entry: KeyEntry, list: HeldList): readonly Value[] {
  if (list.encoded !== undefined) {
    const before = sizeOfContent(list, slot);
    openList(list, slot, host.reader);
    host.grow(entry, sizeOfContent(list, slot) - before);
  }
  return list.values;
}

function resize(host: StateHost, entry: KeyEntry, held: Held, bytes: number): void {
  if (bytes === held.size) return;
  host.grow(entry, bytes - held.size);
  held.size = bytes;
}

/** Notes an access; the items go to the end, where the latest stand. */
function touch(map: HeldMap, items: readonly (Held & { readonly key: Value })[], now: Millis): void {
  for (const item of items) {
    const id = idOf(item.key);
    item.at = now;
    map.delete(id);
    map.set(id, item);
  }
}

function liveSize(map: HeldMap | undefined, slot: Slot, host: StateHost): number {
  if (map === undefined) return 0;
  if (slot.ttlMs === undefined) return map.size;
  const now = host.now();
  let size = 0;
  for (const item of map.values()) if (!isOver(item.at, slot, now)) size++;
  return size;
}
