import { describe, expect, test } from "vitest";
import { FROM_LATEST, recordQuery } from "./read-from.ts";
import { bytesText, groupLags, spanText } from "./topic-figures.ts";

describe("the lag of a topic's readers", () => {
  const topic = {
    name: "ods_base_log",
    records: 30,
    bytes: 1,
    partitions: [
      { partition: 0, earliest: 10, latest: 30, bytes: 1 },
      { partition: 1, earliest: 0, latest: 10, bytes: 1 },
    ],
    groups: { slow: { "0": 4 }, fast: { "0": 30, "1": 10 } },
  };
  test("counts what can still be read, the slowest first", () => {
    expect(groupLags(topic).map(({ group, lag }) => [group, lag])).toEqual([
      ["slow", 30],
      ["fast", 0],
    ]);
  });
});

describe("a read position", () => {
  test("asks for an offset only when it is one", () => {
    expect(recordQuery({ ...FROM_LATEST, from: "offset", offset: "12" })).toMatchObject({ from: "offset", offset: "12" });
    expect(recordQuery({ ...FROM_LATEST, from: "offset", offset: "-1" })).toBeUndefined();
    expect(recordQuery({ ...FROM_LATEST, from: "time", time: "yesterday" })).toBeUndefined();
  });
  test("goes on where the page before ended, in each partition", () => {
    expect(recordQuery(FROM_LATEST, { "0": 120, "1": 40 })).toMatchObject({ from: "offset", offset: "0:120,1:40" });
  });
  test("names a partition and a search only when given", () => {
    expect(recordQuery(FROM_LATEST)).toEqual({ from: "latest", limit: "100" });
    expect(recordQuery({ ...FROM_LATEST, partition: 0, search: "mid_1" })).toMatchObject({ partition: "0", search: "mid_1" });
  });
});

test("sizes and spans are in the reader's words", () => {
  expect([bytesText(0, "en"), bytesText(1_234_567, "en"), spanText(604_800_000, "en"), spanText(90_000, "en")]).toEqual([
    "0 byte",
    "1.2 MB",
    "7 days",
    "90 seconds",
  ]);
});
