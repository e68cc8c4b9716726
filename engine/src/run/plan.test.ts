import { describe, expect, it } from "vitest";
import { ownerOfSplit, planRun } from "./plan.ts";
import { graphOf, range, testTypes } from "./run.testing.ts";
import { stateSchemas } from "./task.ts";

function planOf(chains: readonly string[], parallelism: number, nodes: Readonly<Record<string, number>> = {}) {
  const graph = graphOf(chains, { parallelism, nodes });
  const { exchanges, ...plan } = planRun(graph, stateSchemas(graph, testTypes));
  return { ...plan, ways: exchanges.map(({ from, to, by }) => `${from.node} > ${to.node} by ${by}`), exchanges };
}

describe("a plan", () => {
  it("leaves rows in their subtask where it can", () => {
    expect(planOf(["numbers > pass > sink"], 4)).toMatchObject({ subtasks: 4, ways: [] });
  });

  it("sends rows to the owner of their key, and to the only subtask of a node that keeps state without a key", () => {
    expect(planOf(["numbers > count > sink", "count > total"], 4).ways).toEqual(["numbers > count by key", "count > total by one"]);
  });

  it("needs no exchange where everything is on one subtask", () => {
    expect(planOf(["numbers > count > recount > total > sink"], 1)).toMatchObject({ subtasks: 1, ways: [] });
  });

  it("deals rows out in turn to a node that runs on more or fewer subtasks than the one before", () => {
    const plan = planOf(["numbers > pass > pass_b > sink"], 4, { pass: 2, pass_b: 3 });
    expect(plan.ways).toEqual(["numbers > pass by round", "pass > pass_b by round"]);
    expect(Object.fromEntries(plan.parallelism)).toEqual({ numbers: 4, pass: 2, pass_b: 3, sink: 3 });
  });

  it("lets a node run on as many subtasks as the widest before it", () => {
    expect(planOf(["numbers_a > pass > sink", "numbers_b > pass"], 2, { numbers_b: 3 }).parallelism.get("sink")).toBe(3);
  });

  it("knows through which exchanges a node's rows may have come, side branches with them", () => {
    const { behind, exchanges } = planOf(["numbers > count > recount > total > sink", "numbers > total"], 2);
    const names = (ids: readonly number[] = []) => ids.map((id) => exchanges[id]?.to.node).sort();
    expect(names(behind.get("count"))).toEqual(["count"]);
    expect(names(behind.get("sink"))).toEqual(["count", "recount", "total", "total"]);
    expect(names(exchanges.find(({ to }) => to.node === "recount")?.upstream)).toEqual(["count"]);
  });
});

describe("splits", () => {
  const split = (partition: number, origin = "logs") => ({ id: `${origin}-${partition}`, origin, partition, bounded: false });

  it("of one topic are dealt out evenly", () => {
    const owners = range(0, 12).map((partition) => ownerOfSplit(split(partition), 4));
    for (const subtask of range(0, 4)) expect(owners.filter((owner) => owner === subtask)).toHaveLength(3);
  });

  it("of many topics with one partition do not all go to the first subtask", () => {
    const owners = range(0, 100).map((topic) => ownerOfSplit(split(0, `topic-${topic}`), 4));
    expect(new Set(owners).size).toBe(4);
  });

  it("without partitions go by their id", () => {
    const owners = range(0, 100).map((file) => ownerOfSplit({ id: `file-${file}`, origin: "in", bounded: true }, 4));
    expect(new Set(owners).size).toBe(4);
  });
});
