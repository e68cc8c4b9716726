import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyedBackend, type SpillStore } from "@millrace/engine/run";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSpillFolder, type SpillFolder } from "./spill-folder.ts";

let folder: string;
let spill: SpillFolder;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "millrace 溢出 ")), "spill");
  spill = openSpillFolder(folder);
});
afterEach(async () => {
  await spill.close();
  await rm(join(folder, ".."), { recursive: true, force: true });
});

const storeOf = (node: string): SpillStore => spill.optionsFor(node, 0).store;
const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("hex");

/** Few bytes, so that keys come again; or so many that LMDB would not take them, all but the last the same. */
type Key = readonly number[] | { readonly length: number; readonly last: number };
const key: fc.Arbitrary<Key> = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  fc.record({ length: fc.integer({ min: 1_890, max: 1_910 }), last: fc.integer({ min: 0, max: 3 }) }),
);
type Step =
  | { do: "put"; key: Key; value: Uint8Array; size: number }
  | { do: "delete"; key: Key }
  | { do: "pages"; space: number; limit: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("put" as const),
    key,
    value: fc.uint8Array({ maxLength: 4 }),
    size: fc.constantFrom(0, 0, 0, 3_000, 40_000),
  }),
  fc.record({ do: fc.constant("delete" as const), key }),
  fc.record({ do: fc.constant("pages" as const), space: fc.integer({ min: 1, max: 3 }), limit: fc.integer({ min: 1, max: 4 }) }),
);

describe("a spill folder", () => {
  it("gives back what was put, one by one and in order, in batches and outside of them", { timeout: 60_000 }, () => {
    let run = 0;
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 6 }), (batches) => {
        const store = storeOf(`node ${run++}`);
        const model = new Map<string, string>();
        const play = (each: Step) => playStep(store, model, each);
        for (const [i, batch] of batches.entries()) {
          if (i % 2 === 0) for (const each of batch) play(each);
          else store.batch(() => batch.forEach(play));
        }
        for (const [name, value] of model) expect(hex(store.get(Buffer.from(name, "hex")))).toBe(value);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps each node's state apart", () => {
    storeOf("a").put(Uint8Array.of(1), Uint8Array.of(1));
    expect(storeOf("b").get(Uint8Array.of(1))).toBeUndefined();
  });

  it("is not made before something is put there, empties what was left there, and is gone at the end", async () => {
    expect(storeOf("a").get(Uint8Array.of(1))).toBeUndefined();
    expect(storeOf("a").page(1, undefined, 1)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    await mkdir(folder);
    await writeFile(join(folder, "data.mdb"), "left by a process that was killed");
    const next = openSpillFolder(folder);
    next.optionsFor("a", 0).store.put(Uint8Array.of(1), Uint8Array.of(1));
    expect(await readdir(folder)).toContain("data.mdb");
    await next.close();
    expect(existsSync(folder)).toBe(false);
  });

  it("holds a node's keys and timers beyond its memory, and gives all of them back", { timeout: 60_000 }, () => {
    const backend = new KeyedBackend([{ type: "STRING" }], () => 0, spill.optionsFor("n", 200_000));
    const list = backend.list("rows", { type: "STRING" });
    const rows = (i: number) => Array.from({ length: 3 }, (_, n) => `row ${n} of ${i}`);
    for (let n = 0; n < 3; n++) {
      for (let i = 0; i < 5_000; i++) {
        backend.select([`key ${i}`]);
        list.add(`row ${n} of ${i}`);
        backend.atEventTime(i);
      }
      expect([...backend.snapshot(n === 0)]).toHaveLength(5_000);
    }
    expect(backend.usage().memoryBytes).toBeLessThan(300_000);
    expect(backend.usage()).toMatchObject({ keys: 5_000, eventTimers: 5_000 });
    const fired: number[] = [];
    backend.fireEventTimers(10_000, (time) => {
      expect(list.get()).toEqual(rows(time));
      fired.push(time);
    });
    expect(fired).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  it("refuses what the disk has no room for, and says what a person can do", { timeout: 30_000 }, () => {
    const url = JSON.stringify(new URL("spill-folder.ts", import.meta.url).href);
    const program = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      fs.statfsSync = () => ({ bavail: 1_000, bsize: 4_096 });
      syncBuiltinESMExports();
      const { openSpillFolder } = await import(${url});
      const spill = openSpillFolder(process.argv[1]);
      try { spill.optionsFor("window", 0).store.put(Uint8Array.of(1), Uint8Array.of(1)); }
      catch (error) { console.log(JSON.stringify(error.words)); }
      await spill.close();`;
    const child = spawnSync(process.execPath, ["--input-type=module", "-e", program, folder], { encoding: "utf8" });
    const { en, zh } = JSON.parse(child.stdout) as { en: string; zh: string };
    expect(en).toBe(
      `The state of node "window" does not fit into its memory, and the disk of ${folder} has no room for the rest. Free space, or let the node keep less; the run then goes on from its last checkpoint.`,
    );
    expect(zh).toContain("请释放空间");
  });
});

function bytesOf(of: Key): Uint8Array {
  return "last" in of ? Buffer.concat([Buffer.alloc(of.length, 2), Uint8Array.of(of.last)]) : Uint8Array.from(of);
}

function playStep(store: SpillStore, model: Map<string, string>, each: Step): void {
  switch (each.do) {
    case "put": {
      const value = Buffer.concat([each.value, Buffer.alloc(each.size, 7)]);
      store.put(bytesOf(each.key), value);
      model.set(hex(bytesOf(each.key)) as string, value.toString("hex"));
      return;
    }
    case "delete":
      store.delete(bytesOf(each.key));
      model.delete(hex(bytesOf(each.key)) as string);
      return;
    case "pages": {
      const found: string[] = [];
      for (let last: Uint8Array | undefined; ; ) {
        const page = store.page(each.space, last, each.limit);
        for (const pair of page) {
          found.push(hex(pair.key) as string);
          expect(hex(pair.value)).toBe(model.get(hex(pair.key) as string));
        }
        last = page.at(-1)?.key;
        if (last === undefined) break;
      }
      const expected = [...model.keys()].filter((name) => Number.parseInt(name.slice(0, 2), 16) === each.space).sort();
      expect([...found].sort().map(digest)).toEqual(expected.map(digest));
      const short = (name: string) => name.length <= 2_000;
      expect(found.filter(short)).toEqual(expected.filter(short));
    }
  }
}

/** For messages: long keys differ at their ends. */
function digest(name: string): string {
  return name.length <= 20 ? name : `${name.slice(0, 4)}…${name.length}…${name.slice(-4)}`;
}
