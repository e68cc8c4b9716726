import { expect, test } from "@playwright/test";
import { wholeDay } from "./whole-day/index.ts";

// A part of a day: `pnpm verify:long whole-day` takes all of it.
test("every row of the warehouse is as computed plainly, on two subtasks, in another zone, after five kills", async () => {
  test.setTimeout(900_000);
  const { killed, topics, tables } = await wholeDay({
    seed: 3,
    logs: 1_500,
    orders: 150,
    parallelism: 2,
    zone: "America/New_York",
    kills: 5,
  });
  expect(killed.job + killed.clickhouse).toBe(5);
  const right = { lost: 0, doubled: 0, different: 0, examples: [] };
  expect(topics).toMatchObject(right);
  expect(tables).toMatchObject(right);
  expect(topics.same).toBeGreaterThan(5_000);
  expect(tables.same).toBeGreaterThan(2_000);
});
