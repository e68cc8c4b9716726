import { describe, expect, test } from "vitest";
import { FROM_LATEST, recordQuery } from "./read-from.ts";
import { bytesText, groupLags, spanText } from "./topic-figures.ts";
import { topicSettings } from "./topic-settings.ts";

describe("the settings of a new topic", () => {
  test("are lines of names and values", () => {
    expect(topicSettings("")).toEqual({});
    expect(topicSettings(" cleanup.policy = compact \n\nretention.ms=1\nretention.ms=2")).toEqual({
      "cleanup.policy": "compact",
      "retention.ms": "2",
    });
  });
  test("are refused when one is no such line", () => {
    for (const lines of ["compact", "=compact", "cleanup.policy=", "Cleanup=x"]) expect(topicSettings(lines)).toBeUndefined();
  });
});

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
    expect(recordQuery({ ...FROM_LATEST, from: "offset", offset: "12" }, "UTC")).toMatchObject({ from: "offset", offset: "12" });
    expect(recordQuery({ ...FROM_LATEST, from: "offset", offset: "-1" }, "UTC")).toBeUndefined();
    expect(recordQuery({ ...FROM_LATEST, from: "time", time: "yesterday" }, "UTC")).toBeUndefined();
  });
  test("takes a time as the clocks of the shown zone have it", () => {
    const at = (zone: string, time: string) => recordQuery({ ...FROM_LATEST, from: "time", time }, zone)?.time;
    expect(at("Asia/Shanghai", "2021-02-21T16:00")).toBe(String(Date.UTC(2021, 1, 21, 8)));
    expect(at("America/New_York", "2024-07-01T00:00:30")).toBe(String(Date.UTC(2024, 6, 1, 4, 0, 30)));
    // The clocks go forward at 02:00 on 2024-03-10, and back at 02:00 on 2024-11-03.
    expect(at("America/New_York", "2024-03-10T01:59")).toBe(String(Date.UTC(2024, 2, 10, 6, 59)));
    expect(at("America/New_York", "2024-03-10T03:00")).toBe(String(Date.UTC(2024, 2, 10, 7)));
    expect(at("America/New_York", "2024-11-03T03:00")).toBe(String(Date.UTC(2024, 10, 3, 8)));
  });
  test("goes on where the page before ended, in each partition", () => {
    expect(recordQuery(FROM_LATEST, "UTC", { "0": 120, "1": 40 })).toMatchObject({ from: "offset", offset: "0:120,1:40" });
  });
  test("names a partition and a search only when given", () => {
    expect(recordQuery(FROM_LATEST, "UTC")).toEqual({ from: "latest", limit: "100" });
    expect(recordQuery({ ...FROM_LATEST, partition: 0, search: "mid_1" }, "UTC")).toMatchObject({ partition: "0", search: "mid_1" });
  });
});

test("sizes and spans are in the reader's words", () => {
  expect([bytesText(0, "en"), bytesText(1_234_567, "en"), spanText(604_800_000, "en"), spanText(90_000, "en")]).toEqual([
    "0 bytes",
    "1.2 MB",
    "7 days",
    "90 seconds",
  ]);
});
