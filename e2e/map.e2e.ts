/** What somebody does who wants to see how pipelines hang together: opens the map, follows a topic by the keyboard, looks at its records, goes to a job. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { dataFolder, type Millrace, removeFolder, startEmpty } from "./millrace.ts";

let server: Millrace;
let data: string;
test.beforeEach(async () => {
  data = dataFolder();
  server = await startEmpty(data);
  await deploy("Split", { source: "ods_base_log", sink: "dwd_page_log" });
  await deploy("Visits", { source: "dwd_page_log", sink: "dwm_unique_visit" });
});
test.afterEach(async () => {
  await server.stop();
  removeFolder(data);
});

async function deploy(name: string, { source, sink }: { readonly source: string; readonly sink: string }): Promise<void> {
  const document = {
    formatVersion: 1,
    name,
    nodes: {
      read: { type: "topic-source", name: "Read", params: { topic: source, schema: "id INT" } },
      write: { type: "topic-sink", name: "Write", params: { topic: sink } },
    },
    edges: [{ from: "read.out", to: "write.in" }],
  };
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document });
  await server.api("POST", `/api/pipelines/${id}/deploy`, {});
}

async function post(body: string): Promise<void> {
  const { status } = await fetch(`${server.origin}/applog`, { method: "POST", body, headers: { authorization: `Bearer ${server.token}` } });
  expect(status).toBe(200);
}

async function expectNothingOfAxe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}

test("somebody follows a record over the map, by the keyboard", async ({ page }) => {
  await page.goto(`${server.address}#/gallery`);
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Map of all pipelines" })).toBeVisible();
  const topic = page.getByRole("button", { name: /^Topic\s*dwm_unique_visit/ });
  await expect(topic).toBeVisible();

  await test.step("sees what was posted arrive at the last topic", async () => {
    await post('{"id":1}');
    await expect(topic).toContainText(/dwm_unique_visit\s*1 · /, { timeout: 20_000 });
    await expect(page.getByText("Collector of app logs")).toBeVisible();
    await expectNothingOfAxe(page);
  });

  await test.step("opens the topic between the two jobs, and sees who writes and who reads it", async () => {
    const between = page.getByRole("button", { name: /^Topic\s*dwd_page_log/ });
    await between.focus();
    await page.keyboard.press("Enter");
    const panel = page.getByRole("complementary", { name: "dwd_page_log" });
    await expect(panel.getByRole("region", { name: "Written by" })).toContainText("Split");
    await expect(panel.getByRole("region", { name: "Read by" })).toContainText("Visits");
    await expectNothingOfAxe(page);
    await panel.getByRole("button", { name: "Close" }).focus();
    await page.keyboard.press("Escape");
    await expect(panel).toBeHidden();
  });

  await test.step("looks at the topic's records", async () => {
    await topic.press("Enter");
    await page.getByRole("button", { name: "Browse records" }).press("Enter");
    await expect(page.getByRole("heading", { name: "dwm_unique_visit" })).toBeVisible();
    await expect(page.getByRole("row", { name: /"id":1/ })).toBeVisible();
  });

  await test.step("goes back to the map by its key, and through it to a job", async () => {
    await page.locator("[data-canvas]").focus();
    await page.keyboard.press("w");
    await page.getByRole("button", { name: /^Split/ }).press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Split" })).toBeAttached();
    await expect(page).toHaveURL(/#\/pipelines\/split$/);
  });

  await test.step("asks of a field what becomes of it in other pipelines, and goes there", async () => {
    await page.goto(`${server.address}#/pipelines/split/edges/${encodeURIComponent("read.out->write.in")}`);
    await page.getByRole("button", { name: "id", exact: true }).press("Enter");
    await expect(page.getByText("In other pipelines")).toBeVisible();
    await page.getByRole("button", { name: "Visits", exact: true }).press("Enter");
    await expect(page).toHaveURL(/#\/pipelines\/visits\/nodes\/read$/);
  });
});

test.describe("in Chinese and dark", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 1280, height: 720 } });
  test("the map is in the language of the screen; axe finds nothing", async ({ page }) => {
    await page.goto(`${server.address}#/map`);
    await expect(page.getByRole("heading", { name: "全部流水线的地图" })).toBeVisible();
    await page.getByRole("button", { name: /^主题\s*dwd_page_log/ }).click();
    await expect(page.getByRole("region", { name: "写入方" })).toContainText("Split");
    await expectNothingOfAxe(page);
  });
});
