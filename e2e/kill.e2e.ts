import { expect, test } from "@playwright/test";
import { killAgainAndAgain } from "./kill.ts";

test("no log is lost or doubled when the server is killed five times while logs flow", async () => {
  test.setTimeout(240_000);
  const report = await killAgainAndAgain(5, 1);
  expect(report.posted).toBeGreaterThan(100);
  expect(report).toMatchObject({ kills: 5, lost: 0, doubled: 0 });
});
