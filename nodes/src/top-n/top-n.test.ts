/** What comes out, put together, is always the first rows of all that came: whatever rows may do, with ranks or without, restarted anywhere. */
import type { Step } from "@millrace/engine/node";
import type { ChangelogMode, RowKind } from "@millrace/engine/schema";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";
import { resultChanges, type TopNParams } from "./spec.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

interface Thing {
  readonly k: string;
  readonly id: number;
  readonly v: number;
}
interface Came extends Thing {
  readonly kind: RowKind;
}

type Mode = "append" | "retract" | "any" | "better";
const CHANGELOGS: Readonly<Record<Mode, ChangelogMode>> = {
  append: { mode: "append" },
  retract: { mode: "retract" },
  any: { mode: "upsert", key: ["k", "id"] },
  better: { mode: "upsert", key: ["k", "id"] },
};

const scenario = fc.record({
  mode: fc.constantFrom<Mode>("append", "retract", "any", "better"),
  n: fc.integer({ min: 1, max: 4 }),
  ranks: fc.boolean(),
  skipsFirst: fc.boolean(),
  changes: fc.constantFrom("retract", "upsert"),
  moves: fc.array(
    fc.record({
      k: fc.constantFrom("a", "a", "a", "b"),
      id: fc.integer({ min: 0, max: 7 }),
      v: fc.integer({ min: 0, max: 9 }),
      ends: fc.integer({ min: 0, max: 2 }).map((n) => n === 0),
    }),
    { maxLength: 60 },
  ),
  restartAt: fc.nat(60),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Rows that may come in that mode, and after each of them all that there are, in the order in which they became what they are. */
function history({ mode, moves }: Scenario): { came: Came; live: readonly Thing[] }[] {
  let live: readonly Thing[] = [];
  return moves.flatMap(({ ends, ...thing }): { came: Came; live: readonly Thing[] }[] => {
    const at = live.findIndex(({ k, id }) => k === thing.k && id === thing.id);
    const there = live[at];
    if (mode === "append") live = [...live, thing];
    else if (mode === "better") {
      if (there !== undefined && there.v > thing.v) return [];
      live = there?.v === thing.v ? live : [...live.filter((one) => one !== there), thing];
    } else if (ends) {
      if (there === undefined) return [];
      live = live.toSpliced(at, 1);
      return [{ came: { ...there, kind: "-D" }, live }];
    } else if (mode === "retract") live = [...live, thing];
    else live = there?.v === thing.v ? live : [...live.filter((one) => one !== there), thing];
    return [{ came: { ...thing, kind: there === undefined || mode === "append" ? "+I" : "+U" }, live }];
  });
}

/** The first ranks of both keys, as "a 1: 3 9" (key, rank, id, value) where ranks are told. */
function plain(live: readonly Thing[], { n, ranks }: Scenario, firstRank: number): string[] {
  return ["a", "b"]
    .flatMap((key) =>
      live
        .map((thing, at) => ({ ...thing, at }))
        .filter(({ k }) => k === key)
        .sort((a, b) => b.v - a.v || a.at - b.at)
        .slice(firstRank - 1, n)
        .map((thing, i) => text(thing, ranks ? firstRank + i : undefined)),
    )
    .sort();
}

function text({ k, id, v }: Thing, rank: number | undefined): string {
  return `${k}${rank === undefined ? "" : ` ${rank}`}: ${id} ${v}`;
}

type Told = Thing & { readonly rank?: number; readonly kind: RowKind };

/** What a table holds that is told of these changes; whatever does not fit is a fault. */
function apply(table: string[], told: readonly Told[], changelog: ChangelogMode): string[] {
  let next = [...table];
  for (const { kind, ...row } of told) {
    const line = text(row, row.rank);
    if (changelog.mode === "upsert") {
      const keyOf = (of: string) =>
        changelog.key.includes("rank") ? of.split(":")[0] : changelog.key.includes("id") ? of.replace(/ \S+$/, "") : of[0];
      next = next.filter((other) => keyOf(other) !== keyOf(line));
      if (kind === "-D") continue;
    } else if (kind === "-D" || kind === "-U") {
      const at = next.indexOf(line);
      expect(at, `${kind} ${line} of ${next.join(", ")}`).not.toBe(-1);
      next.splice(at, 1);
      continue;
    }
    next.push(line);
  }
  return next.sort();
}

it(
  "puts together what the first rows are",
  () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const { mode, n, ranks, changes, restartAt } = given;
        const firstRank = given.skipsFirst && n > 1 ? 2 : 1;
        const params = {
          key: ["k"],
          orderBy: [{ value: "v", direction: "descending" }],
          n: String(n),
          firstRank,
          updates: mode === "better" ? "better" : "any",
          changes,
          ...(ranks && { rank: "rank" }),
          ...((mode === "any" || mode === "better") && { rowKey: ["id"] }),
        };
        const changelog = resultChanges(node.spec.params.parse(params) as TopNParams, CHANGELOGS[mode]);
        const events = history(given);
        const steps = events.map(({ came: { kind, ...value } }, at): Step => ({ rows: { in: [{ value, time: at, kind }] } }));
        const result = playCase(
          node,
          { name: "law", params, inputs: { in: "k STRING, id INT, v INT" }, changelogs: { in: CHANGELOGS[mode] }, steps },
          restartAt < steps.length ? { restartBefore: restartAt } : {},
        );
        expect(result.failures).toEqual([]);
        expect(result.deadLetters).toEqual([]);
        const told = (result.rows["node.out"] ?? []).map(({ text: json, kind, time }) => ({
          row: { ...JSON.parse(json), kind } as Told,
          time,
        }));
        let table: string[] = [];
        for (const [at, { live }] of events.entries()) {
          table = apply(
            table,
            told.flatMap(({ row, time }) => (time === at ? [row] : [])),
            changelog,
          );
          expect(table, `after row ${at + 1}`).toEqual(plain(live, given, firstRank));
        }
      }),
      { numRuns: SEEDS },
    );
  },
  Math.max(20_000, SEEDS * 20),
);
