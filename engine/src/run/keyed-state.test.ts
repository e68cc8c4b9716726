import { describe, expect, it } from "vitest";
import type { DataType } from "../schema/index.ts";
import { KeyedBackend, type KeySnapshot } from "./keyed-state.ts";

const STRING: DataType = { type: "STRING" };
const BIGINT: DataType = { type: "BIGINT" };

/** Everything as it would lie on disk. */
function stored(backend: KeyedBackend, all = false): KeySnapshot[] {
  return JSON.parse(JSON.stringify([...backend.snapshot(all)])) as KeySnapshot[];
}

describe("keyed state", () => {
  it("shows each key its own values", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const count = backend.value("count", BIGINT);
    backend.select(["a"]);
    count.set(1);
    backend.select(["b"]);
    expect(count.get()).toBeNull();
    count.set(2);
    backend.select(["a"]);
    expect(count.get()).toBe(1);
  });

  it("tells a text from a number of the same digits, and a safe BIGINT from a large one", () => {
    const backend = new KeyedBackend([{ type: "VARIANT" }], () => 0);
    const seen = backend.value("seen", STRING);
    for (const key of ["1", 1, 2n ** 60n, null, "null"]) {
      backend.select([key]);
      expect(seen.get()).toBeNull();
      seen.set(String(typeof key));
    }
    expect(backend.size).toBe(5);
  });

  it("snapshots only the keys that changed since the last checkpoint that counted", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const count = backend.value("count", BIGINT);
    for (const key of ["a", "b"]) {
      backend.select([key]);
      count.set(1);
    }
    expect(stored(backend)).toHaveLength(2);
    expect(stored(backend), "not marked clean: the checkpoint did not count").toHaveLength(2);
    backend.markClean();
    backend.select(["b"]);
    count.set(2);
    expect(stored(backend)).toEqual([{ key: ["b"], states: { count: 2 } }]);
    expect(stored(backend, true)).toHaveLength(2);
  });

  it("restores values, maps, lists and timers from increments, the later one winning, removed keys gone", () => {
    const make = () => {
      const backend = new KeyedBackend([STRING], () => 0);
      return {
        backend,
        value: backend.value("v", BIGINT),
        map: backend.map("m", { key: BIGINT, value: STRING }),
        list: backend.list("l", BIGINT),
      };
    };
    const old = make();
    old.backend.select(["a"]);
    old.value.set(2n ** 62n);
    old.map.set(7, "seven");
    old.map.set(8, "eight");
    old.list.add(1);
    old.list.add(2);
    old.backend.atEventTime(50);
    old.backend.select(["gone"]);
    old.value.set(1);
    const first = stored(old.backend);
    old.backend.markClean();
    old.backend.select(["a"]);
    expect(old.map.take(7)).toBe("seven");
    old.backend.select(["gone"]);
    old.value.clear();
    const second = stored(old.backend);

    const fresh = make();
    for (const entry of [...first, ...second]) fresh.backend.restore(entry);
    fresh.backend.select(["a"]);
    expect(fresh.value.get()).toBe(2n ** 62n);
    expect([...fresh.map.entries()]).toEqual([[8, "eight"]]);
    expect(fresh.list.get()).toEqual([1, 2]);
    expect(fresh.backend.size).toBe(1);
    const fired: [unknown, number][] = [];
    fresh.backend.fireEventTimers(50, (time) => fired.push([fresh.backend.key[0], time]));
    expect(fired).toEqual([["a", 50]]);
  });

  it("forgets an entry when its time to live is over, at the limit already", () => {
    let now = 0;
    const backend = new KeyedBackend([STRING], () => now);
    const value = backend.value("v", BIGINT, { ttlMs: 10 });
    backend.select(["a"]);
    value.set(1);
    now = 9;
    expect(value.get()).toBe(1);
    now = 10;
    expect(value.get()).toBeNull();
  });

  it("prolongs an entry by reading where that is asked for", () => {
    let now = 0;
    const backend = new KeyedBackend([STRING], () => now);
    const value = backend.value("v", BIGINT, { ttlMs: 10, ttlUpdate: "onReadAndWrite" });
    backend.select(["a"]);
    value.set(1);
    now = 9;
    value.get();
    now = 18;
    expect(value.get()).toBe(1);
  });

  it("keeps the age of an entry over a restart", () => {
    let now = 5;
    const old = new KeyedBackend([STRING], () => now);
    const value = old.value("v", BIGINT, { ttlMs: 10 });
    old.select(["a"]);
    value.set(1);
    const entries = stored(old);
    const fresh = new KeyedBackend([STRING], () => now);
    const restored = fresh.value("v", BIGINT, { ttlMs: 10 });
    for (const entry of entries) fresh.restore(entry);
    fresh.select(["a"]);
    now = 14;
    expect(restored.get()).toBe(1);
    now = 15;
    expect(restored.get()).toBeNull();
  });

  it("shows an operator without a key its state again after a restart", () => {
    const old = new KeyedBackend([], () => 0);
    const value = old.value("v", BIGINT);
    old.select([]);
    value.set(1);
    const fresh = new KeyedBackend([], () => 0);
    const restored = fresh.value("v", BIGINT);
    fresh.select([]);
    for (const entry of stored(old)) fresh.restore(entry);
    expect(restored.get()).toBe(1);
  });

  it("fires timers in order of time, once each, with their key selected, cancelled ones not", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const fired: string[] = [];
    for (const [key, time] of [
      ["b", 20],
      ["a", 10],
      ["a", 10],
      ["c", 30],
      ["d", 15],
    ] as const) {
      backend.select([key]);
      backend.atEventTime(time);
    }
    backend.select(["d"]);
    backend.cancelEventTime(15);
    backend.fireEventTimers(29, (time) => fired.push(`${backend.key[0]}@${time}`));
    expect(fired).toEqual(["a@10", "b@20"]);
    backend.fireEventTimers(30, (time) => fired.push(`${backend.key[0]}@${time}`));
    expect(fired).toEqual(["a@10", "b@20", "c@30"]);
  });

  it("fires a timer that another timer sets for a time already reached", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const fired: number[] = [];
    backend.select(["a"]);
    backend.atEventTime(1);
    backend.fireEventTimers(10, (time) => {
      fired.push(time);
      if (time < 4) backend.atEventTime(time + 1);
    });
    expect(fired).toEqual([1, 2, 3, 4]);
  });

  it("refuses a state name twice, and state that the operator does not declare", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    backend.value("v", BIGINT);
    expect(() => backend.list("v", BIGINT)).toThrow('state "v" is declared twice');
    expect(() => backend.restore({ key: ["a"], states: { w: 1 } })).toThrow('state "w" of key ["a"] is not declared by the operator');
  });
});
