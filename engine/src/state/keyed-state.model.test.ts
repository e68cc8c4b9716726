/** Random operations on the backend and on plain maps that know nothing of spilling, snapshots or subtasks: both must always say the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListState, MapState, ValueState } from "../node/index.ts";
import type { DataType, Value } from "../schema/index.ts";
import { ownsKey } from "./key.ts";
import { KeyedBackend, type KeySnapshot } from "./keyed-state.ts";
import { createMemorySpill } from "./memory-spill.testing.ts";

const STRING: DataType = { type: "STRING" };
const BIGINT: DataType = { type: "BIGINT" };
const TTL = 50;

interface Model {
  value: Value;
  aging: { value: Value; at: number } | undefined;
  map: Map<Value, Value>;
  agingMap: Map<Value, { value: Value; at: number }>;
  list: Value[];
  event: Set<number>;
  processing: Set<number>;
}

interface Subject {
  backend: KeyedBackend;
  value: ValueState;
  aging: ValueState;
  map: MapState;
  agingMap: MapState;
  list: ListState;
  /** As the list, held as bytes. */
  compact: ListState;
  /** What its subtask wrote so far, oldest first. */
  chain: KeySnapshot[];
}

type Step =
  | { do: "set" | "age" | "add" | "clear" | "event" | "processing" | "cancel"; key: number; n: number }
  | { do: "put" | "drop" | "putAging"; key: number; at: number; n: number }
  | { do: "watermark" | "clock"; by: number }
  | { do: "snapshot"; all: boolean }
  | { do: "rescale"; to: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom("set", "age", "add", "clear", "event", "processing", "cancel"),
      key: fc.nat(30),
      n: fc.nat(60),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom("put", "drop", "putAging"), key: fc.nat(30), at: fc.nat(5), n: fc.nat(60) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("watermark", "clock"), by: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("snapshot"), all: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rescale"), to: fc.constantFrom(1, 2, 3) }) },
);

class World {
  now = 0;
  watermark = 0;
  readonly models = new Map<number, Model>();
  readonly budgetBytes: number;
  subjects: Subject[];

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes;
    this.subjects = [this.create()];
  }

  create(): Subject {
    const backend = new KeyedBackend([STRING, BIGINT], () => this.now, { store: createMemorySpill(), budgetBytes: this.budgetBytes });
    return {
      backend,
      value: backend.value("value", STRING),
      aging: backend.value("aging", BIGINT, { ttlMs: TTL }),
      map: backend.map("map", { key: BIGINT, value: STRING }),
      agingMap: backend.map("agingMap", { key: BIGINT, value: BIGINT }, { ttlMs: TTL, ttlUpdate: "onReadAndWrite" }),
      list: backend.list("list", STRING),
      compact: backend.list("compact", STRING, { compact: true }),
      chain: [],
    };
  }

  model(key: number): Model {
    let model = this.models.get(key);
    if (model === undefined) {
      model = { value: null, aging: undefined, map: new Map(), agingMap: new Map(), list: [], event: new Set(), processing: new Set() };
      this.models.set(key, model);
    }
    return model;
  }

  /** The subtask that owns the key, with the key shown. */
  subject(key: number): Subject {
    const found = this.subjects.filter((_, subtask) => ownsKey(valuesOf(key), { subtask, parallelism: this.subjects.length }));
    expect(found).toHaveLength(1);
    const subject = found[0] as Subject;
    subject.backend.select(valuesOf(key));
    return subject;
  }

  play(step: Step): void {
    switch (step.do) {
      case "set":
        this.subject(step.key).value.set("x".repeat(step.n));
        this.model(step.key).value = "x".repeat(step.n);
        return;
      case "age":
        this.subject(step.key).aging.set(step.n);
        this.model(step.key).aging = { value: step.n, at: this.now };
        return;
      case "add":
        this.subject(step.key).list.add(`e${step.n}`);
        // Long enough to get room of its own soon.
        this.subject(step.key).compact.add(`e${step.n}`.padEnd(600));
        this.model(step.key).list.push(`e${step.n}`);
        return;
      case "clear": {
        const subject = this.subject(step.key);
        subject.value.clear();
        subject.list.clear();
        subject.compact.set([]);
        subject.map.clear();
        Object.assign(this.model(step.key), { value: null, list: [], map: new Map() });
        return;
      }
      case "event":
        this.subject(step.key).backend.atEventTime(this.watermark + step.n);
        this.model(step.key).event.add(this.watermark + step.n);
        return;
      case "processing":
        this.subject(step.key).backend.atProcessingTime(this.now + step.n);
        this.model(step.key).processing.add(this.now + step.n);
        return;
      case "cancel":
        this.subject(step.key).backend.cancelEventTime(this.watermark + step.n);
        this.model(step.key).event.delete(this.watermark + step.n);
        return;
      case "put":
        this.subject(step.key).map.set(step.at, "y".repeat(step.n));
        this.model(step.key).map.set(step.at, "y".repeat(step.n));
        return;
      case "drop":
        this.subject(step.key).map.delete(step.at);
        this.model(step.key).map.delete(step.at);
        return;
      case "putAging":
        this.subject(step.key).agingMap.set(step.at, step.n);
        this.model(step.key).agingMap.set(step.at, { value: step.n, at: this.now });
        return;
      case "watermark":
        this.watermark += step.by;
        return this.fire("event", this.watermark);
      case "clock":
        this.now += step.by;
        return this.fire("processing", this.now);
      case "snapshot":
        for (const subject of this.subjects) take(subject, step.all);
        return;
      case "rescale":
        return this.rescale(step.to);
    }
  }

  /** What is due fires once, in order of time within a subtask, with its key shown. */
  private fire(kind: "event" | "processing", until: number): void {
    const fired: string[] = [];
    for (const { backend } of this.subjects) {
      const times: number[] = [];
      const note = (time: number) => {
        times.push(time);
        fired.push(`${backend.key[0]}@${time}`);
      };
      if (kind === "event") backend.fireEventTimers(until, note);
      else backend.fireProcessingTimers(until, note);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
    const due: string[] = [];
    for (const [key, model] of this.models) {
      for (const time of model[kind]) {
        if (time > until) continue;
        model[kind].delete(time);
        due.push(`k${key}@${time}`);
      }
    }
    expect(fired.sort()).toEqual(due.sort());
  }

  private rescale(to: number): void {
    for (const subject of this.subjects) take(subject, false);
    const old = this.subjects;
    this.subjects = Array.from({ length: to }, () => this.create());
    for (const [subtask, subject] of this.subjects.entries()) {
      for (const { chain } of old) for (const snapshot of chain) subject.backend.restore(snapshot, { subtask, parallelism: to });
      subject.backend.watermark = this.watermark;
      take(subject, true);
    }
  }

  check(): void {
    for (const [key, model] of this.models) {
      const subject = this.subject(key);
      const isLive = ({ at }: { at: number }) => at + TTL > this.now;
      expect(subject.value.get()).toBe(model.value);
      expect(subject.aging.get()).toBe(model.aging && isLive(model.aging) ? model.aging.value : null);
      expect(new Map(subject.map.entries())).toEqual(model.map);
      expect(subject.map.size).toBe(model.map.size);
      expect(subject.list.get()).toEqual(model.list);
      expect(subject.compact.get()).toEqual(model.list.map((value) => (value as string).padEnd(600)));
      const live = [...model.agingMap].filter(([, item]) => isLive(item));
      expect(subject.agingMap.size).toBe(live.length);
      expect(new Map(subject.agingMap.entries())).toEqual(new Map(live.map(([at, item]) => [at, item.value])));
      for (const [, item] of live) item.at = this.now;
      const shown = subject.backend.peek(valuesOf(key));
      expect(shown?.eventTimers ?? []).toEqual([...model.event].sort((a, b) => a - b));
      expect(shown?.processingTimers ?? []).toEqual([...model.processing].sort((a, b) => a - b));
    }
  }
}

function valuesOf(key: number): readonly Value[] {
  return [`k${key}`, key];
}

function take(subject: Subject, all: boolean): void {
  if (all) subject.chain = [];
  subject.chain.push(...[...subject.backend.snapshot(all)].map((entry) => structuredClone(entry)));
  expect(subject.backend.isDirty).toBe(false);
}

describe("keyed state against plain maps", () => {
  it.each([
    ["in memory", Number.MAX_SAFE_INTEGER],
    ["with a budget for a few keys", 3_000],
    ["with a budget for none", 1],
  ])("says the same %s, over snapshots, restarts and rescaling", { timeout: 60_000 }, (_name, budgetBytes) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const world = new World(budgetBytes);
        for (const each of steps) world.play(each);
        world.check();
        world.play({ do: "rescale", to: 2 });
        world.check();
      }),
      { numRuns: 100 },
    );
  });

  it("counts what it holds exactly, whatever was spilled and brought back", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World(2_000);
        for (const each of steps) world.play(each);
        const [subject] = world.subjects as [Subject];
        subject.backend.select(["nobody", 0]);
        take(subject, false);
        const fresh = world.create();
        for (const snapshot of subject.backend.snapshot(true)) fresh.backend.restore(snapshot);
        const { keys } = fresh.backend.usage();
        expect(keys).toBe(subject.backend.usage().keys);
        for (const entry of subject.backend.snapshot(true)) fresh.backend.restore({ key: entry.key, group: entry.group });
        expect(fresh.backend.usage()).toMatchObject({ keys: 0, spilledBytes: 0, spilledKeys: 0 });
      }),
      { numRuns: 100 },
    );
  });
});
