import { describe, expect, it } from "vitest";
import { META, type Row } from "../node/index.ts";
import type { DataType, RowShape } from "../schema/index.ts";
import { EVERY_GROUP, keyOfBytes, ownsGroup } from "./key.ts";
import { KeyedBackend, type KeySnapshot } from "./keyed-state.ts";
import { createMemorySpill } from "./memory-spill.testing.ts";

const STRING: DataType = { type: "STRING" };
const BIGINT: DataType = { type: "BIGINT" };

/** Everything as it would lie on disk. */
function stored(backend: KeyedBackend, all = false): KeySnapshot[] {
  return structuredClone([...backend.snapshot(all)]);
}

function keysOf(snapshots: readonly KeySnapshot[]): unknown[] {
  return snapshots.map(({ key, state }) => [...keyOfBytes(key), state === undefined ? "gone" : "kept"]);
}

describe("a counter", () => {
  const make = (budgetBytes?: number) => {
    const backend = new KeyedBackend(
      [STRING],
      () => 0,
      budgetBytes === undefined ? undefined : { store: createMemorySpill(), budgetBytes },
    );
    return { backend, counter: backend.counter("held") };
  };
  const add = ({ backend, counter }: ReturnType<typeof make>, key: string, count: number) => {
    backend.select([key]);
    counter.add(count);
  };

  it("sums up the numbers of all keys, those that went to disk too", () => {
    const one = make(2_000);
    for (let i = 0; i < 100; i++) add(one, `k${i}`, 2);
    expect(one.backend.usage().spilledKeys).toBeGreaterThan(0);
    expect(one.counter.total).toBe(200);
    for (let i = 0; i < 100; i++) add(one, `k${i}`, -1);
    expect(one.counter.total).toBe(100);
  });

  it("has the same sum when increments of a key are restored one after the other, and nothing for a key at 0", () => {
    const before = make();
    add(before, "a", 3);
    add(before, "b", 4);
    const first = stored(before.backend);
    add(before, "a", -3);
    add(before, "b", 1);
    const second = stored(before.backend);
    for (const budgetBytes of [undefined, 1]) {
      const after = make(budgetBytes);
      for (const snapshot of [...first, ...second]) after.backend.restore(snapshot);
      expect(after.counter.total).toBe(5);
    }
    expect(keysOf(second)).toEqual([
      ["a", "gone"],
      ["b", "kept"],
    ]);
  });
});

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

  it("snapshots only the keys that changed since the last snapshot that was taken whole", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const count = backend.value("count", BIGINT);
    for (const key of ["a", "b"]) {
      backend.select([key]);
      count.set(1);
    }
    for (const _first of backend.snapshot(false)) break;
    expect(backend.isDirty, "the rest was not taken").toBe(true);
    expect(stored(backend)).toHaveLength(2);
    expect(backend.isDirty).toBe(false);
    backend.select(["b"]);
    count.set(2);
    expect(keysOf(stored(backend))).toEqual([["b", "kept"]]);
    expect(stored(backend, true)).toHaveLength(2);
  });

  it("tells of a key's end once, and of none that no snapshot ever held", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const count = backend.value("count", BIGINT);
    backend.select(["a"]);
    count.set(1);
    stored(backend);
    count.clear();
    backend.select(["brief"]);
    count.set(1);
    count.clear();
    backend.select(["other"]);
    expect(keysOf(stored(backend))).toEqual([["a", "gone"]]);
    expect(stored(backend)).toEqual([]);
    expect(backend.size).toBe(0);
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
    fresh.list.add(3);
    expect(fresh.list.get()).toEqual([1, 2, 3]);
    expect(fresh.backend.size).toBe(1);
    const fired: [unknown, number][] = [];
    fresh.backend.fireEventTimers(50, (time) => fired.push([fresh.backend.key[0], time]));
    expect(fired).toEqual([["a", 50]]);
  });

  it("reads what was written when the node kept other states beside", () => {
    const old = new KeyedBackend([STRING], () => 0);
    const [, middle] = [old.list("a", STRING), old.value("m", { type: "INT" })];
    old.select(["k"]);
    middle.set(5);
    const fresh = new KeyedBackend([STRING], () => 0);
    const [same] = [fresh.value("m", BIGINT), fresh.map("z", { key: STRING, value: STRING })];
    fresh.readAs(old.schema());
    for (const entry of stored(old)) fresh.restore(entry);
    fresh.select(["k"]);
    expect(same.get()).toBe(5);
    const other = new KeyedBackend([STRING], () => 0);
    other.list("m", BIGINT);
    expect(() => other.readAs(old.schema())).toThrow('state "m" was a value, and is a list now');
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

  it("lets an open row leave state with the text it came in, and lets go of the batch it was read from", () => {
    const schema: RowShape = { type: "ROW", fields: [{ name: "n", dataType: BIGINT }], open: true };
    const text = '{"n":1,"more":[true]}';
    const batch = Buffer.alloc(100_000, text);
    const row: Row = {
      n: 2,
      [META]: {
        kind: "-U",
        record: { format: "json", bytes: batch, start: 0, end: text.length },
        changes: [{ path: ["n"], value: 2 }],
      },
    };
    const old = new KeyedBackend([], () => 0, { store: createMemorySpill(), budgetBytes: 1 });
    const rows = old.list("rows", schema);
    old.select([]);
    rows.add(row);
    expect((rows.get()[0] as Row)[META]?.record?.bytes).toHaveLength(text.length);
    const fresh = new KeyedBackend([], () => 0);
    const restored = fresh.list("rows", schema);
    fresh.select([]);
    for (const entry of stored(old)) fresh.restore(entry);
    const [back] = restored.get() as [Row];
    expect(back).toMatchObject({ n: 2 });
    expect(back[META]).toMatchObject({ kind: "-U", changes: [{ path: ["n"], value: 2 }] });
    const record = back[META]?.record;
    expect(Buffer.from(record?.bytes.subarray(record.start, record.end) ?? []).toString()).toBe(text);
  });

  it("refuses a state name twice, and a state that is declared after some was kept", () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const value = backend.value("v", BIGINT);
    expect(() => backend.list("v", BIGINT)).toThrow('state "v" is declared twice');
    backend.select(["a"]);
    value.set(1);
    expect(() => backend.list("late", BIGINT)).toThrow('state "late" is declared after state was kept');
  });

  it("shows a key's state and timers to people, and changes nothing by it", () => {
    let now = 0;
    const backend = new KeyedBackend([STRING], () => now, { store: createMemorySpill(), budgetBytes: 1 });
    const aging = backend.value("aging", BIGINT, { ttlMs: 10, ttlUpdate: "onReadAndWrite" });
    const map = backend.map("m", { key: STRING, value: BIGINT });
    const list = backend.list("l", STRING);
    for (const key of ["a", "b", "c"]) {
      backend.select([key]);
      aging.set(1);
      map.set(key, 2);
      list.add("x");
      backend.atEventTime(70);
    }
    stored(backend);
    now = 9;
    for (const key of ["a", "b", "c"])
      expect(backend.peek([key])).toEqual({
        key: [key],
        states: { aging: 1, m: [[key, 2]], l: ["x"] },
        eventTimers: [70],
        processingTimers: [],
      });
    expect(backend.isDirty).toBe(false);
    now = 10;
    expect(backend.peek(["a"])?.states).not.toHaveProperty("aging");
    expect(backend.peek(["nobody"])).toBeUndefined();
    expect(backend.usage()).toMatchObject({ keys: 3, eventTimers: 3, processingTimers: 0, nextEventTimer: 70 });
  });
});

describe("shared state", () => {
  /** A node with a keyed input and a broadcast one. */
  const make = () => {
    const backend = new KeyedBackend([STRING], () => 0);
    const rules = backend.map("rules", { key: STRING, value: BIGINT });
    const limit = backend.value("limit", BIGINT);
    const names = backend.list("names", STRING);
    const seen = backend.value("seen", BIGINT);
    return { backend, rules, limit, names, seen, shared: backend.shared.map("rules") };
  };

  it("is written under no key and read under every key", () => {
    const { backend, rules, limit, names, shared } = make();
    backend.select([]);
    rules.set("order", 1);
    limit.set(5);
    names.add("x");
    backend.select(["a"]);
    expect(rules.get("order")).toBeUndefined();
    expect(shared.get("order")).toBe(1);
    expect([...shared.entries()]).toEqual([["order", 1]]);
    expect(shared.size).toBe(1);
    expect(backend.shared.value("limit").get()).toBe(5);
    expect(backend.shared.list("names").get()).toEqual(["x"]);
    expect(() => backend.shared.list("rules")).toThrow('there is no list state "rules" to share; declare it first');
  });

  it("goes to every subtask, whatever their number, while a key's goes to one", () => {
    const { backend, rules, seen } = make();
    backend.select([]);
    rules.set("order", 1);
    backend.select(["a"]);
    seen.set(1);
    const [shared, ofKey] = stored(backend) as [KeySnapshot, KeySnapshot];
    expect(shared.group).toBe(EVERY_GROUP);
    const owners = ({ group }: KeySnapshot) => [0, 1, 2].filter((subtask) => ownsGroup(group, { subtask, parallelism: 3 }));
    expect(owners(shared)).toEqual([0, 1, 2]);
    expect(owners(ofKey)).toHaveLength(1);
    const subtask = make();
    subtask.backend.restore(shared, { subtask: 2, parallelism: 3 });
    subtask.backend.select(["b"]);
    expect(subtask.shared.get("order")).toBe(1);
  });

  it("stays in memory when everything else is spilled", () => {
    const backend = new KeyedBackend([STRING], () => 0, { store: createMemorySpill(), budgetBytes: 1 });
    const rules = backend.map("rules", { key: STRING, value: BIGINT });
    backend.select([]);
    rules.set("order", 1);
    for (let i = 0; i < 100; i++) {
      backend.select([`k${i}`]);
      rules.set("own", i);
    }
    expect(backend.usage().spilledKeys).toBeGreaterThan(90);
    expect(backend.shared.map("rules").get("order")).toBe(1);
  });

  it("keeps state of a node without a key on the first subtask", () => {
    const backend = new KeyedBackend([], () => 0);
    const value = backend.value("v", BIGINT);
    backend.select([]);
    value.set(1);
    expect(stored(backend)[0]?.group).toBe(0);
  });
});

describe("timers", () => {
  it("fire in order of time, once each, with their key selected, cancelled ones not", () => {
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

  it("fire when another timer sets them for a time already reached", () => {
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

  it("keep event time and processing time apart, before and after a restart", () => {
    const old = new KeyedBackend([STRING], () => 0);
    old.select(["a"]);
    old.atEventTime(5);
    old.atProcessingTime(5);
    old.atProcessingTime(9);
    old.cancelProcessingTime(9);
    const fresh = new KeyedBackend([STRING], () => 0);
    for (const entry of stored(old)) fresh.restore(entry);
    const fired: string[] = [];
    fresh.fireProcessingTimers(100, (time) => fired.push(`processing ${time}`));
    fresh.fireEventTimers(100, (time) => fired.push(`event ${time}`));
    expect(fired).toEqual(["processing 5", "event 5"]);
  });
});

describe("time to live", () => {
  it("is over at the limit already", () => {
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

  it("is prolonged by reading where that is asked for, and by writing alone elsewhere", () => {
    let now = 0;
    const backend = new KeyedBackend([STRING], () => now);
    const options = { ttlMs: 10, ttlUpdate: "onReadAndWrite" } as const;
    const read = [
      backend.value("v", BIGINT, options),
      backend.map("m", { key: STRING, value: BIGINT }, options),
      backend.list("l", BIGINT, options),
    ] as const;
    const written = backend.value("w", BIGINT, { ttlMs: 10 });
    backend.select(["a"]);
    read[0].set(1);
    read[1].set("x", 1);
    read[1].set("y", 1);
    read[2].add(1);
    written.set(1);
    now = 9;
    read[0].get();
    read[1].get("x");
    read[2].get();
    written.get();
    now = 18;
    expect(read[0].get()).toBe(1);
    expect([...read[1].entries()]).toEqual([["x", 1]]);
    expect(read[2].get()).toEqual([1]);
    expect(written.get()).toBeNull();
  });

  it("is each map entry's and list element's own", () => {
    let now = 0;
    const backend = new KeyedBackend([STRING], () => now);
    const map = backend.map("m", { key: STRING, value: BIGINT }, { ttlMs: 10 });
    const list = backend.list("l", BIGINT, { ttlMs: 10 });
    backend.select(["a"]);
    map.set("old", 1);
    list.add(1);
    now = 5;
    map.set("new", 2);
    list.add(2);
    now = 12;
    expect(map.get("old")).toBeUndefined();
    expect(map.size).toBe(1);
    expect(list.get()).toEqual([2]);
  });

  it("goes on over a restart", () => {
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

  it("begins when state that had none is read", () => {
    const old = new KeyedBackend([STRING], () => 0);
    old.value("v", BIGINT);
    const value = old.list("l", BIGINT);
    old.select(["a"]);
    value.add(1);
    let now = 100;
    const fresh = new KeyedBackend([STRING], () => now);
    fresh.value("v", BIGINT);
    const restored = fresh.list("l", BIGINT, { ttlMs: 10 });
    for (const entry of stored(old)) fresh.restore(entry);
    fresh.select(["a"]);
    now = 109;
    expect(restored.get()).toEqual([1]);
    now = 110;
    expect(restored.get()).toEqual([]);
  });

  it.each([
    ["while other keys come", (backend: KeyedBackend) => Array.from({ length: 400 }, () => backend.select(["busy"]))],
    [
      "while the clock moves",
      (backend: KeyedBackend, now: number) => {
        // The first pass ends where the last key is, wherever it began.
        for (let pass = 0; pass < 2; pass++) backend.fireProcessingTimers(now, () => undefined);
      },
    ],
  ])("frees the memory of keys that nobody asks for any more, %s", (_when, go) => {
    let now = 0;
    const backend = new KeyedBackend([STRING], () => now);
    const value = backend.value("v", STRING, { ttlMs: 10 });
    const map = backend.map("m", { key: BIGINT, value: BIGINT }, { ttlMs: 10 });
    const list = backend.list("l", BIGINT, { ttlMs: 10 });
    for (let i = 0; i < 100; i++) {
      backend.select([`k${i}`]);
      value.set("x".repeat(100));
      map.set(i, i);
      list.add(i);
    }
    const saved = stored(backend);
    now = 10;
    backend.select(["busy"]);
    go(backend, now);
    expect(keysOf(stored(backend))).toHaveLength(saved.length);
    expect(backend.usage()).toMatchObject({ keys: 0, memoryBytes: 0 });
  });

  it("frees what was spilled", () => {
    let now = 0;
    const spill = createMemorySpill();
    const backend = new KeyedBackend([STRING], () => now, { store: spill, budgetBytes: 1 });
    const value = backend.value("v", STRING, { ttlMs: 10 });
    for (let i = 0; i < 100; i++) {
      backend.select([`k${i}`]);
      value.set("x");
    }
    stored(backend);
    now = 10;
    backend.select(["nobody"]);
    for (let i = 0; i < 3; i++) backend.fireProcessingTimers(now, () => undefined);
    expect(keysOf(stored(backend)).filter((entry) => (entry as string[])[1] === "gone")).toHaveLength(100);
    expect(backend.usage()).toMatchObject({ keys: 0, spilledKeys: 0, spilledBytes: 0 });
    expect(spill.size).toBe(0);
  });
});

describe("the memory budget", () => {
  it("holds, whatever is written", () => {
    const budgetBytes = 100_000;
    const backend = new KeyedBackend([STRING], () => 0, { store: createMemorySpill(), budgetBytes });
    const value = backend.value("v", STRING);
    for (let i = 0; i < 3_000; i++) {
      backend.select([`k${i}`]);
      value.set("x".repeat(i % 500));
      backend.atEventTime(i);
      // What finds the bytes doubles at once.
      expect(backend.usage().memoryBytes).toBeLessThan(1.5 * budgetBytes);
    }
    expect(backend.usage()).toMatchObject({ keys: 3_000, eventTimers: 3_000 });
    const fired: number[] = [];
    backend.fireEventTimers(5_000, (time) => {
      expect(value.get()).toBe("x".repeat(time % 500));
      fired.push(time);
    });
    expect(fired).toEqual(Array.from({ length: 3_000 }, (_, i) => i));
  });

  it("lets go of keys that are not in use first", () => {
    const backend = new KeyedBackend([STRING], () => 0, { store: createMemorySpill(), budgetBytes: 100_000 });
    const value = backend.value("v", BIGINT);
    const hot = Array.from({ length: 50 }, (_, i) => `hot${i}`);
    for (let i = 0; i < 20_000; i++) {
      backend.select([i % 2 === 0 ? (hot[(i / 2) % 50] as string) : `cold${i}`]);
      value.set(i);
    }
    const { spilledKeys, keys } = backend.usage();
    const before = spilledKeys;
    for (const key of hot) backend.select([key]);
    expect(keys).toBe(10_050);
    expect(before - backend.usage().spilledKeys, "hot ones that were not in memory").toBeLessThan(10);
  });
});

describe("a compact list", () => {
  it("grows into bytes of its own, not into what lies behind it in a buffer that others share", () => {
    const backend = new KeyedBackend([BIGINT], () => 0);
    const list = backend.list("rows", STRING, { compact: true });
    const text = (key: number) => `${key}`.padEnd(600, "x");
    // Lists that are as long as one gets room to grow from, one after the other in the same pools.
    for (let key = 0; key < 60; key++) {
      backend.select([key]);
      list.set([0, 1, 2, 3].map(() => text(key)));
    }
    for (let key = 0; key < 60; key++) {
      backend.select([key]);
      list.add(text(key));
    }
    for (let key = 0; key < 60; key++) {
      backend.select([key]);
      expect(list.get(), `of the key ${key}`).toEqual([0, 1, 2, 3, 4].map(() => text(key)));
    }
  });

  it.each([
    ["of the same length", true],
    ["that is longer", 1_000_000],
  ])("sets a field of a row to a value %s, as any list does", (_name, value) => {
    const ROW: DataType = {
      type: "ROW",
      fields: [
        { name: "n", dataType: BIGINT },
        { name: "flag", dataType: STRING },
        { name: "text", dataType: STRING },
      ],
    };
    const rows = [0, 1, 2].map((n) => ({ n: n * 1_000, flag: false, text: "t".repeat(n) }));
    const backend = new KeyedBackend([BIGINT], () => 0);
    const lists = [backend.list("compact", ROW, { compact: true }), backend.list("plain", ROW)];
    for (const list of lists) {
      backend.select([1]);
      for (const row of rows) list.add(row);
      stored(backend);
      list.get();
      list.setField(1, "flag", value);
      expect(backend.isDirty).toBe(true);
      expect(list.get()).toEqual([rows[0], { ...rows[1], flag: value }, rows[2]]);
    }
  });
});

describe("a list of bytes", () => {
  const make = (budgetBytes?: number) => {
    const backend = new KeyedBackend(
      [STRING],
      () => 0,
      budgetBytes === undefined ? undefined : { store: createMemorySpill(), budgetBytes },
    );
    return { backend, list: backend.list("rows", STRING, { compact: true }) };
  };

  it("knows how many elements all keys have, by whichever way they came and went", () => {
    for (const budgetBytes of [undefined, 2_000]) {
      const { backend, list } = make(budgetBytes);
      for (let i = 0; i < 90; i++) {
        backend.select([`k${i % 30}`]);
        list.add(`row ${i}`);
      }
      expect(list.total).toBe(90);
      backend.select(["k1"]);
      list.set(list.get().slice(1));
      backend.select(["k2"]);
      list.set(["one"]);
      backend.select(["k3"]);
      list.get();
      list.add("another");
      list.clear();
      list.clear();
      backend.select(["new"]);
      list.set(["a", "b"]);
      expect(list.total).toBe(90 - 1 - 2 - 3 + 2);
    }
  });

  it("knows it after a restart, when increments of a key came one after the other, and of what a subtask owns", () => {
    const { backend, list } = make();
    for (const key of ["a", "b", "c"]) {
      backend.select([key]);
      list.set(["1", "2"]);
    }
    const first = stored(backend);
    backend.select(["a"]);
    list.clear();
    backend.select(["b"]);
    list.add("3");
    const second = stored(backend);
    for (const budgetBytes of [undefined, 1]) {
      const after = make(budgetBytes);
      for (const snapshot of [...first, ...second]) after.backend.restore(snapshot);
      expect(after.list.total).toBe(5);
    }
    const halves = [0, 1].map((subtask) => {
      const half = make();
      for (const snapshot of [...first, ...second]) half.backend.restore(snapshot, { subtask, parallelism: 2 });
      return half.list.total;
    });
    expect((halves[0] as number) + (halves[1] as number)).toBe(5);
  });
});

describe("parts of a key", () => {
  const make = (keys: readonly DataType[], budgetBytes?: number) => {
    const backend = new KeyedBackend(keys, () => 0, budgetBytes === undefined ? undefined : { store: createMemorySpill(), budgetBytes });
    return { backend, whole: backend.value("whole", STRING), rows: backend.list("rows", STRING, { compact: true }) };
  };
  type Made = ReturnType<typeof make>;
  function fill({ backend, whole, rows }: Made, keys: readonly string[], parts: number): void {
    for (const key of keys) {
      backend.select([key]);
      whole.set(key);
      for (let part = 0; part < parts; part++) {
        backend.part(part);
        rows.add(`${key} ${part}`);
        backend.atEventTime(part);
      }
      backend.part(undefined);
      expect([whole.get(), rows.get()]).toEqual([key, []]);
    }
  }
  /** What timers find, in order. */
  function fired({ backend, whole, rows }: Made, until: number): string[] {
    const found: string[] = [];
    backend.fireEventTimers(until, (time) => {
      const held = rows.get();
      rows.clear();
      backend.part(undefined);
      found.push(`${time}: ${held.join()} of ${whole.get()}`);
    });
    return found;
  }

  it("are written one by one, and gone when they hold nothing", () => {
    const made = make([]);
    for (let part = 0; part < 1_000; part++) {
      made.backend.part(part);
      made.rows.add("x".repeat(100));
    }
    expect(stored(made.backend)).toHaveLength(1_000);
    made.backend.part(7);
    made.rows.add("y");
    made.backend.part(8);
    made.rows.clear();
    expect(keysOf(stored(made.backend))).toEqual([
      [7, "kept"],
      [8, "gone"],
    ]);
    expect(stored(made.backend)).toEqual([]);
    expect(new Set(stored(made.backend, true).map(({ group }) => group))).toEqual(new Set([0]));
  });

  it.each([undefined, 4_000])("go where their key goes, with their timers, spilled or not (budget %s)", (budget) => {
    const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
    const made = make([STRING], budget);
    fill(made, keys, 3);
    const snapshots = stored(made.backend, true);
    const thirds = [0, 1, 2].map((subtask) => {
      const third = make([STRING], budget);
      for (const snapshot of snapshots) third.backend.restore(snapshot, { subtask, parallelism: 3 });
      return third;
    });
    expect(thirds.reduce((sum, { rows }) => sum + rows.total, 0)).toBe(120);
    const found = thirds.flatMap((third) => fired(third, 10));
    expect(found.toSorted()).toEqual(keys.flatMap((key) => [0, 1, 2].map((part) => `${part}: ${key} ${part} of ${key}`)).toSorted());
  });
});
