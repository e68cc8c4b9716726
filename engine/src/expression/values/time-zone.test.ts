import { describe, expect, it } from "vitest";
import { isTimeZone, timeZoneOf } from "./time-zone.ts";

const HOUR = 3_600_000;

describe("time zones", () => {
  it.each([
    ["UTC", 0],
    ["Asia/Shanghai", 8],
    ["GMT-08:00", -8],
    ["UTC+5:30", 5.5],
    ["+09:00", 9],
    ["America/New_York", -5],
  ])("%s is %d hours from UTC in January 2024", (name, hours) => {
    expect(timeZoneOf(name).offsetAt(Date.UTC(2024, 0, 1))).toBe(hours * HOUR);
  });

  it("knows when clocks change, to the millisecond", () => {
    const zone = timeZoneOf("America/New_York");
    const change = Date.UTC(2024, 2, 10, 7);
    expect(zone.offsetAt(change - 1)).toBe(-5 * HOUR);
    expect(zone.offsetAt(change)).toBe(-4 * HOUR);
  });

  it("moves a wall clock that was skipped on by the gap, and takes the earlier of two", () => {
    const zone = timeZoneOf("America/New_York");
    expect(zone.instantOf(Date.UTC(2024, 2, 10, 2, 30))).toBe(Date.UTC(2024, 2, 10, 7, 30));
    expect(zone.instantOf(Date.UTC(2024, 10, 3, 1, 30))).toBe(Date.UTC(2024, 10, 3, 5, 30));
    expect(zone.instantOf(Date.UTC(2024, 6, 1, 12))).toBe(Date.UTC(2024, 6, 1, 16));
  });

  it("is right before clocks were regular", () => {
    const zone = timeZoneOf("Asia/Shanghai");
    expect(zone.offsetAt(Date.UTC(1890, 0, 1))).toBe(8 * HOUR + 5 * 60_000 + 43_000);
    expect(zone.instantOf(Date.UTC(1986, 5, 1, 12))).toBe(Date.UTC(1986, 5, 1, 3));
  });

  it("does not know what is none", () => {
    expect(isTimeZone("Mars/Phobos")).toBe(false);
    expect(() => timeZoneOf("Mars/Phobos")).toThrow(RangeError);
  });
});
