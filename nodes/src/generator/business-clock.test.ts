import { describe, expect, it } from "vitest";
import { clockStart } from "./business-clock.ts";

const NOW = Date.parse("2026-03-01T15:59:50.250Z"); // 23:59:50.25 in Shanghai
const at = (given: object, zone = "Asia/Shanghai") => new Date(clockStart({ pace: "clock", ...given }, zone, NOW)).toISOString();

describe("when a mock's clock starts", () => {
  it("is now, on the day that was set at the present time of day", () => {
    expect(at({})).toBe("2026-03-01T15:59:50.250Z");
    expect(at({ date: "" })).toBe("2026-03-01T15:59:50.250Z");
    expect(at({ date: "2021-02-22" })).toBe("2021-02-22T15:59:50.250Z");
    expect(at({ date: "2021-02-22" }, "UTC")).toBe("2021-02-22T15:59:50.250Z");
    expect(at({ date: "2021-02-22" }, "America/New_York")).toBe("2021-02-22T15:59:50.250Z");
  });

  it("is the time of day that was set, on the wall of the zone", () => {
    expect(at({ date: "2021-02-22", timeOfDay: "10:00" })).toBe("2021-02-22T02:00:00.000Z");
    expect(at({ timeOfDay: "10:00:30" }, "America/New_York")).toBe("2026-03-01T15:00:30.000Z");
    expect(at({ date: "2026-07-01", timeOfDay: "10:00" }, "America/New_York")).toBe("2026-07-01T14:00:00.000Z");
  });

  it("is midnight in virtual time, and does not depend on now where a day was set", () => {
    expect(at({ date: "2021-02-22", pace: "virtual" })).toBe("2021-02-21T16:00:00.000Z");
    expect(at({ pace: "virtual" }, "UTC")).toBe("2026-03-01T00:00:00.000Z");
  });
});
