import type { MapFlow, WarehouseMap } from "@millrace/server/api";
import { describe, expect, test } from "vitest";
import { ageText, connectedTo, drawingOf, layerOf, shapeOf, waitOf } from "./drawing.ts";

const flow = (job: string, access: MapFlow["access"], store: string, rate?: number): MapFlow => ({
  job,
  node: `${job} ${store}`,
  store,
  access,
  ...(rate !== undefined && { rate }),
});
const mapOf = (flows: readonly MapFlow[], jobs = ["a", "b"], stores = ["ods", "dwd", "dim"]): WarehouseMap => ({
  jobs: jobs.map((id) => ({ id, kind: "pipeline", name: id })),
  stores: stores.map((name) => ({ id: name, kind: "topic", name })),
  flows: [...flows],
});

describe("the drawing", () => {
  test("has an arrow along each way of data, one for all nodes that go it", () => {
    const { arrows } = drawingOf(mapOf([flow("a", "reads", "ods", 2), flow("a", "reads", "ods", 3), flow("a", "writes", "dwd")]));
    expect(arrows).toEqual([
      { id: "store ods -> job a", from: "store ods", to: "job a", rate: 5 },
      { id: "job a -> store dwd", from: "job a", to: "store dwd", rate: undefined },
    ]);
  });
  test("leaves out what hangs together with nothing", () => {
    const { cards } = drawingOf(mapOf([flow("a", "reads", "ods")]));
    expect(cards.map(({ id }) => id)).toEqual(["job a", "store ods"]);
  });
  test("is laid out anew when cards or arrows come and go, not when numbers change", () => {
    const shape = (flows: readonly MapFlow[]) => shapeOf(drawingOf(mapOf(flows)));
    expect(shape([flow("a", "reads", "ods", 1)])).toBe(shape([flow("a", "reads", "ods", 9)]));
    expect(shape([flow("a", "reads", "ods")])).not.toBe(shape([flow("a", "writes", "ods")]));
  });
  test("tells what is up and down of a card, and nothing beside it", () => {
    const drawing = drawingOf(
      mapOf([flow("a", "reads", "ods"), flow("a", "writes", "dwd"), flow("b", "reads", "dwd"), flow("c", "reads", "ods")], ["a", "b", "c"]),
    );
    expect([...connectedTo("store dwd", drawing)].sort()).toEqual(["job a", "job b", "store dwd", "store ods"]);
  });
});

test("what nothing was written to says why, until one of its writers has written", () => {
  const waitsFor = { en: "the next window closes in 9 s", zh: "9 秒后下一个窗口关闭" };
  expect(waitOf([{ ...flow("a", "writes", "dws"), waitsFor }])).toBe(waitsFor);
  expect(waitOf([{ ...flow("a", "writes", "dws"), waitsFor }, flow("b", "writes", "dws")])).toBeUndefined();
  expect(waitOf([])).toBeUndefined();
});

test("a layer is read off a name as the trade writes it", () => {
  expect(["ods_base_log", "dim_user_info", "odsbase", "my_dwd_x"].map(layerOf)).toEqual(["ODS", "DIM", undefined, undefined]);
});

test("an age is told in the largest unit that it fills", () => {
  expect([-5, 999, 61_000, 7_300_000, 90_000_000].map((ms) => ageText(ms, "en"))).toEqual(["0 sec", "0 sec", "1 min", "2 hr", "1 day"]);
});
