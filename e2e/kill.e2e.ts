import { expect, test } from "@playwright/test";
import { killAgainAndAgain } from "./kill.ts";
import { killRuns } from "./kill-run.ts";

test("no log is lost or doubled when the server is killed twenty times while logs flow", async () => {
  const report = await killAgainAndAgain({ kills: 20, seed: 1, parallelism: 2 });
  expect(report.posted).toBeGreaterThan(100);
  expect(report).toMatchObject({ kills: 20, lost: 0, doubled: 0 });
});

test("no row is lost or doubled when `millrace run` is killed six times and resumed", async () => {
  const report = await killRuns(6, 3);
  expect(report.killedAtWork).toBeGreaterThan(0);
  expect(report).toMatchObject({ kills: 6, lost: 0, doubled: 0 });
});
