/** A run and its state: a savepoint, a change that does not fit, one that does, a way back that would double rows, a failure, and its end. */
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { dataFolder, eventually, type Millrace, removeFolder, startEmpty } from "./millrace.ts";

let server: Millrace;
let data: string;
test.beforeEach(async () => {
  data = dataFolder();
  server = await startEmpty(data);
});
test.afterEach(async () => {
  await server.stop();
  removeFolder(data);
});

/** `value`: what is remembered of a device; its type is the type of the state. `also`: a second file that the rows go to. */
const pipelineOf = ({ value = "1", also }: { readonly value?: string; readonly also?: string } = {}) => ({
  formatVersion: 1,
  name: "First",
  nodes: {
    make: { type: "generator", name: "Make", params: { kind: "app-log", rate: 200, devices: 5000 } },
    first: { type: "mark-first-seen", name: "First of a device", params: { key: ["common.mid"], value, output: { do: "drop" } } },
    write: { type: "file-sink", name: "Write", params: { path: "out.jsonl" } },
    ...(also === undefined ? {} : { also: { type: "file-sink", name: "Also", params: { path: also } } }),
  },
  edges: [
    { from: "make.out", to: "first.in" },
    { from: "first.out", to: "write.in" },
    ...(also === undefined ? [] : [{ from: "first.out", to: "also.in" }]),
  ],
  layout: { nodes: { make: { x: 0, y: 0 }, first: { x: 320, y: 0 }, write: { x: 640, y: 0 }, also: { x: 640, y: 140 } } },
});

interface Status {
  readonly state: string;
  readonly version: number;
}
const status = () => server.api<Status>("GET", "/api/pipelines/first/run");
/** What somebody else saved meanwhile. */
async function saveDraft(document: object): Promise<void> {
  const { revision } = await server.api<{ revision: number }>("GET", "/api/pipelines/first");
  await server.api("PUT", "/api/pipelines/first/draft", { document, revision });
}

test("somebody makes a savepoint, sees what a change does to state, goes back to it, and reads why a run fails", async ({ page }) => {
  test.slow();
  await server.api("POST", "/api/pipelines", { document: pipelineOf() });
  await server.api("POST", "/api/pipelines/first/deploy", {});
  await eventually(status, ({ state }) => state === "running");
  await page.goto(server.address);
  await page.goto(`${server.origin}/#/pipelines/first`);
  const dialog = page.getByRole("dialog");

  await test.step("makes a savepoint while it runs", async () => {
    await page.getByRole("button", { name: "Savepoints" }).click();
    await page.getByRole("button", { name: "Make a savepoint" }).click();
    await expect(page.getByText(/^Savepoint \d+ is made\.$/)).toBeVisible();
    await expect(page.getByRole("row", { name: /^Savepoint/ })).toHaveCount(1);
    await expect(page.getByRole("row", { name: /^Checkpoint/ }).first()).toContainText("Goes with the next checkpoints");
  });

  await test.step("is told that a change of what is remembered does not fit, and cannot deploy it", async () => {
    await saveDraft(pipelineOf({ value: "'seen'" }));
    await page.reload();
    await expect(page.locator('.react-flow__node[data-id="write"]')).toBeVisible();
    await page.keyboard.press("Control+Enter");
    await expect(dialog.getByRole("list", { name: "What becomes of state, by node" })).toContainText("First of a device does not fit");
    await expect(dialog.getByText(/The saved state of node "first" does not fit: it was/)).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Deploy" })).toBeDisabled();
    await page.keyboard.press("Escape");
  });

  await test.step("spreads the node over two subtasks instead: its state is kept", async () => {
    await saveDraft(pipelineOf());
    await page.reload();
    await page.locator('.react-flow__node[data-id="first"]').click();
    const parallelism = page.getByRole("complementary", { name: "Inspector" }).getByLabel("Parallelism");
    await parallelism.fill("200");
    await expect(page.getByText("A whole number from 1 to 128.")).toBeVisible();
    await parallelism.fill("2");
    await expect(page.locator('.react-flow__node[data-id="first"]')).toContainText("×2");
    await page.keyboard.press("Control+Enter");
    await expect(dialog.getByRole("list", { name: "What becomes of state, by node" })).toContainText("First of a device kept");
    await dialog.getByRole("button", { name: "Deploy" }).click();
    await expect(page.getByText("version 2", { exact: true })).toBeVisible();
  });

  await test.step("goes back to the savepoint only after saying that rows may come twice", async () => {
    await page.getByRole("button", { name: "Savepoints" }).click();
    await page
      .getByRole("button", { name: /^Deploy from here: Savepoint/ })
      .last()
      .click();
    await expect(dialog.getByRole("combobox", { name: "Earlier state" })).toBeVisible();
    await dialog.getByRole("button", { name: "Deploy" }).click();
    await expect(dialog.getByText(/\d+ rows were written after savepoint \d+ and are visible/)).toBeVisible({ timeout: 30_000 });
    const again = dialog.getByRole("button", { name: "Deploy" });
    await expect(again).toBeDisabled();
    await expectNoFindings(page);
    await dialog.getByRole("checkbox", { name: /these rows are written a second time/ }).check();
    await dialog.getByRole("button", { name: "Deploy, rows come twice" }).click();
    await expect(page.getByText("version 3", { exact: true })).toBeVisible({ timeout: 30_000 });
  });

  await test.step("reads why a run fails, on the pipeline and on the node, and when it is tried again", async () => {
    mkdirSync(join(data, "files", "taken"), { recursive: true });
    await saveDraft(pipelineOf({ also: "taken" }));
    await server.api("POST", "/api/pipelines/first/deploy", {});
    await page.reload();
    const banner = page.getByRole("region", { name: "The run failed and is started again" });
    await expect(banner).toContainText(/taken" is not a file\. Name a file\./);
    await expect(banner).toContainText(/Next try at .+ \(attempt \d+\)/);
    await expect(page.locator('.react-flow__node[data-id="also"]')).toContainText("failed");
    await banner.getByRole("button", { name: "Show node Also" }).click();
    await expect(page.getByRole("region", { name: "State of the node" })).toContainText(/^Failed, .*is not a file/);
    await banner.getByRole("button", { name: "Log" }).click();
    await expect(page.getByRole("log")).toContainText("It is tried again in");
  });

  await test.step("mends the cause: it goes on by itself, and what failed last stays known", async () => {
    rmdirSync(join(data, "files", "taken"));
    await expect(page.getByRole("region", { name: "The run failed and is started again" })).toBeHidden({ timeout: 60_000 });
    await expect(page.getByRole("button", { name: /^last failure/ })).toBeVisible();
    await expect(page.getByRole("region", { name: "State of the node" })).toContainText(/^Last failure, .*; it runs again/);
  });

  await test.step("stops, and starts from an earlier state that it chooses by keyboard", async () => {
    await page.getByRole("button", { name: "Stop" }).click();
    await dialog.getByRole("button", { name: "Stop" }).click();
    await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Savepoints" }).click();
    await page
      .getByRole("button", { name: /^Start from here: Savepoint/ })
      .first()
      .focus();
    await page.keyboard.press("Enter");
    await expect(dialog.getByText(/^Start version \d+ again$/)).toBeVisible();
    await dialog.getByRole("button", { name: "Start" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText("Running", { exact: true })).toBeVisible({ timeout: 30_000 });
  });

  await test.step("deletes the oldest savepoint", async () => {
    const names = page.getByRole("button", { name: /^Delete Savepoint/ });
    const before = await names.count();
    await names.last().click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await expect(names).toHaveCount(before - 1);
  });
});

for (const [scheme, locale] of [
  ["light", "en-US"],
  ["dark", "zh-CN"],
] as const) {
  test.describe(`in ${scheme}, ${locale}, at 1280×720`, () => {
    test.use({ viewport: { width: 1280, height: 720 }, colorScheme: scheme, locale, contextOptions: { reducedMotion: "reduce" } });

    test("savepoints, the plan, a failure and the log have no finding of axe", async ({ page }) => {
      mkdirSync(join(data, "files", "taken"), { recursive: true });
      await server.api("POST", "/api/pipelines", { document: pipelineOf() });
      await server.api("POST", "/api/pipelines/first/deploy", {});
      await eventually(
        () => server.api<unknown[]>("GET", "/api/pipelines/first/savepoints"),
        (kept) => kept.length > 0,
      );
      await server.api("POST", "/api/pipelines/first/savepoints");
      await page.goto(server.address);
      await page.goto(`${server.origin}/#/pipelines/first`);
      await page.getByRole("button", { name: /^(Savepoints|保存点)$/ }).click();
      await expect(page.getByRole("row", { name: /^(Savepoint|保存点)/ })).toBeVisible();
      await expectNoFindings(page);
      await page.getByRole("button", { name: /^(Deploy from here|从此处部署)[:：] ?(Savepoint|保存点)/ }).click();
      await expect(page.getByRole("dialog").getByText(/^(kept|保留)$/)).toBeVisible();
      await expectNoFindings(page);
      await page.keyboard.press("Escape");
      await saveDraft(pipelineOf({ also: "taken" }));
      await server.api("POST", "/api/pipelines/first/deploy", {});
      await page.reload();
      await expect(page.locator('.react-flow__node[data-id="also"]')).toBeVisible();
      await page.goto(`${server.origin}/#/pipelines/first/nodes/also`);
      await page
        .getByRole("button", { name: /^(Log|日志)$/ })
        .first()
        .click();
      await expect(page.getByRole("region", { name: /^(State of the node|节点状态)$/ })).toBeVisible();
      await expect(page.getByRole("log")).toContainText("is not a file");
      await expectNoFindings(page);
    });
  });
}

async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}
