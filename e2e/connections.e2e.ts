/** The same drawing on another folder: a connection, an environment that an alias leads to it by, and a deploy with that environment. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { dataFolder, eventually, type Millrace, readTopic, removeFolder, startEmpty } from "./millrace.ts";

let server: Millrace;
let data: string;
let logs: string;
test.beforeEach(async () => {
  data = dataFolder();
  logs = join(data, "日志 of today");
  server = await startEmpty(data);
  mkdirSync(logs);
  writeFileSync(join(logs, "a.jsonl"), [1, 2, 3].map((n) => `${JSON.stringify({ n })}\n`).join(""));
  await server.api("POST", "/api/pipelines", { document: PIPELINE });
});
test.afterEach(async () => {
  await server.stop();
  removeFolder(data);
});

const PIPELINE = {
  formatVersion: 1,
  name: "From files",
  connections: { logs: { role: "files" } },
  nodes: {
    read: { type: "file-source", name: "Read", params: { path: "a.jsonl", connection: "logs" } },
    keep: { type: "topic-sink", name: "Keep", params: { topic: "from_files" } },
  },
  edges: [{ from: "read.out", to: "keep.in" }],
  layout: { nodes: { read: { x: 0, y: 0 }, keep: { x: 320, y: 0 } } },
};

test("a pipeline reads from a folder that a connection, an environment and a deploy lead it to", async ({ page }) => {
  await page.goto(server.address);

  await test.step("finds the connections in the menu, the built-in ones first, and tries one of those", async () => {
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Connections and environments" }).click();
    await expect(page).toHaveURL(/#\/connections$/);
    await expect(page.getByRole("rowheader").first()).toHaveText(/Built-in topics\s*built in/);
    await page.getByRole("button", { name: "Test connection Built-in topics" }).click();
    await expect(page.getByText(/List the topics of the data folder: \d+ topic/)).toBeVisible();
  });

  await test.step("makes a connection: a test tells of a wrong folder, then of the right one", async () => {
    await page.getByRole("button", { name: "New connection" }).click();
    const form = page.getByRole("dialog");
    await expect(form.getByLabel("Name")).toBeFocused();
    await page.keyboard.type("disk");
    await form.getByRole("combobox", { name: "What it is" }).selectOption({ label: "Files in a folder" });
    await form.getByLabel("Root folder").fill(join(logs, "none"));
    await form.getByRole("button", { name: "Test connection" }).click();
    await expect(form.getByText(/There is no folder .* Check the path, or make the folder\./)).toBeVisible();
    await form.getByLabel("Root folder").fill(logs);
    await form.getByRole("button", { name: "Test connection" }).click();
    await expect(form.getByText("The connection works.")).toBeVisible();
    await expect(form.getByText("1 file or folder")).toBeVisible();
    await form.getByLabel("Root folder").press("Enter");
    await expect(form).toBeHidden();
    await expect(page.getByRole("row", { name: /^disk/ })).toContainText(logs);
  });

  await test.step("makes an environment in which the pipeline's alias means it", async () => {
    await page.getByRole("button", { name: "New environment" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name").fill("Test");
    await form.getByLabel("logs", { exact: true }).selectOption("disk");
    await expect(form.getByText("Used by From files.")).toBeVisible();
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByText(/"Test" cannot be a name here/)).toBeVisible();
    await form.getByLabel("Name").fill("test");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("row", { name: /^test/ })).toContainText("logs → disk");
  });

  await test.step("deploys with it; the dialog says what the alias means", async () => {
    await page.goto(`${server.origin}/#/pipelines/from-files`);
    await page.getByRole("button", { name: "Deploy" }).first().click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("logs → Built-in files")).toBeVisible();
    await dialog.getByLabel("Environment").selectOption("test");
    await expect(dialog.getByText(/logs → disk/)).toContainText(logs);
    await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
    await expect(page.getByText("environment test")).toBeVisible();
  });

  await test.step("sees the rows arrive", async () => {
    const records = await eventually(
      () => readTopic(server, "from_files"),
      (seen) => seen.length >= 3,
    );
    expect(records.map(({ text }) => text).sort()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  await test.step("cannot delete what is in use, and is told why", async () => {
    await page.goto(`${server.origin}/#/connections`);
    await page.getByRole("button", { name: "Delete disk" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText('Environment "test" uses connection "disk". Change the environment first.')).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Delete test" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText(/Pipeline "From files" is deployed with environment "test"/)).toBeVisible();
  });

  await test.step("deploys with what is built in again, and deletes both by keyboard", async () => {
    await server.api("POST", "/api/pipelines/from-files/deploy", { from: "fresh" });
    await page.reload();
    for (const name of ["test", "disk"]) {
      await page.getByRole("button", { name: `Delete ${name}` }).focus();
      await page.keyboard.press("Enter");
      await expect(page.getByRole("dialog").getByRole("button", { name: "Cancel" })).toBeFocused();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("row", { name: new RegExp(`^${name}`) })).toBeHidden();
    }
    await expect(page.getByRole("button", { name: "New connection" })).toBeFocused();
    expect(await server.api("GET", "/api/connections")).toEqual([]);
  });
});

for (const [scheme, locale] of [
  ["light", "en-US"],
  ["dark", "zh-CN"],
] as const) {
  test.describe(`in ${scheme}, ${locale}, at 1280×720`, () => {
    test.use({ viewport: { width: 1280, height: 720 }, colorScheme: scheme, locale, contextOptions: { reducedMotion: "reduce" } });

    test("the screen, its forms and the deploy dialog have no finding of axe", async ({ page }) => {
      await server.api("PUT", "/api/connections/disk", { kind: "built-in", role: "files", settings: { root: logs } });
      await server.api("PUT", "/api/connections/gone", { kind: "built-in", role: "files", settings: { root: join(logs, "none") } });
      await server.api("PUT", "/api/environments/test", { connections: { logs: "disk", old: "gone" } });
      await page.goto(server.address);
      await page.goto(`${server.origin}/#/connections`);
      await page.getByRole("button", { name: /^(Test connection|测试连接) gone$/ }).click();
      await expect(page.getByText(/There is no folder|没有文件夹/)).toBeVisible();
      await expectNoFindings(page);
      for (const name of ["disk", "test"]) {
        await page.getByRole("button", { name: new RegExp(`^(Edit|编辑) ${name}$`) }).click();
        await expect(page.getByRole("dialog").getByRole("button", { name: /^(Save|保存)$/ })).toBeVisible();
        await expectNoFindings(page);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toBeHidden();
      }
      await page.goto(`${server.origin}/#/pipelines/from-files`);
      await page
        .getByRole("button", { name: /^(Deploy|部署)$/ })
        .first()
        .click();
      await page.getByRole("dialog").getByRole("combobox").selectOption("test");
      await expectNoFindings(page);
      await page
        .getByRole("dialog")
        .getByRole("button", { name: /^(Deploy|部署)$/ })
        .click();
      await expect(page.getByText(/^(environment|环境) test$/)).toBeVisible();
      await expectNoFindings(page);
    });
  });
}

async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}
