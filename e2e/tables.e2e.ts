/** From rows to a query: a sink makes its table while ClickHouse is still being fetched, and the SQL box asks it. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { chdbFolder } from "./chdb.ts";
import { dataFolder, type Millrace, removeFolder, startEmpty } from "./millrace.ts";

let server: Millrace;
let data: string;
let cache: string;
test.beforeEach(async () => {
  data = dataFolder();
  cache = dataFolder();
  server = await startEmpty(data, { env: { MILLRACE_CACHE: cache, npm_execpath: slowPnpm() } });
  mkdirSync(join(data, "files"), { recursive: true });
  const rows = Array.from({ length: 300 }, (_, i) => ({
    stt: `2021-02-22 10:${String(Math.floor(i / 60)).padStart(2, "0")}:00`,
    ch: i % 2 ? "xiaomi" : "oppo",
    uv: i,
    amount: i / 100,
  }));
  writeFileSync(join(data, "files", "stats.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});
test.afterEach(async () => {
  await server.stop();
  removeFolder(data);
  removeFolder(cache);
});

/** A pnpm that takes as long as the file `go` is not there, and then gives what this machine has. */
function slowPnpm(): string {
  const file = join(cache, "pnpm.mjs");
  writeFileSync(
    file,
    `import { existsSync, symlinkSync } from "node:fs";
const say = (line) => console.error(JSON.stringify({ name: "pnpm:fetching-progress", packageId: "chdb", ...line }));
say({ status: "started", size: 178e6 });
while (!existsSync(${JSON.stringify(join(cache, "go"))})) {
  say({ status: "in_progress", downloaded: 89e6 });
  await new Promise((resolve) => setTimeout(resolve, 300));
}
symlinkSync(${JSON.stringify(join(chdbFolder(), "node_modules"))}, "node_modules");
`,
  );
  chmodSync(file, 0o755);
  return file;
}

const PIPELINE = {
  formatVersion: 1,
  name: "Stats",
  timeZone: "Asia/Shanghai",
  nodes: {
    read: {
      type: "file-source",
      name: "Read",
      params: { path: "stats.jsonl", schema: "stt TIMESTAMP(0), ch STRING, uv BIGINT, amount DECIMAL(16, 2)" },
    },
    table: { type: "table-sink", name: "Stats table", params: { table: "visitor_stats", sortKey: ["stt", "ch"] } },
  },
  edges: [{ from: "read.out", to: "table.in" }],
  layout: { nodes: { read: { x: 0, y: 0 }, table: { x: 320, y: 0 } } },
};

test("a sink's table is made when ClickHouse has come, and answers queries as a table and a chart", async ({ page }) => {
  await server.api("POST", "/api/pipelines", { document: PIPELINE });
  await page.goto(`${server.address}#/pipelines/stats`);

  await test.step("says what is missing before it is needed, and fetches nothing by being looked at", async () => {
    await page.keyboard.press("b");
    await expect(page.getByText(/The built-in tables need ClickHouse \(chDB [\d.]+\), which is not there yet/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Fetch it now (178 MB)" })).toBeVisible();
    await checkAccess(page);
  });

  await test.step("waits with its rows while it is fetched, and shows how far it is", async () => {
    await server.api("POST", "/api/pipelines/stats/deploy", {});
    await expect(page.getByText(/Fetching ClickHouse \(chDB [\d.]+\): 89 of 178 MB/).first()).toBeVisible();
    await page.getByRole("tab", { name: "Records" }).click();
    await page.locator('.react-flow__node[data-id="read"]').click();
    await expect(
      page.getByText(/the built-in ClickHouse \(chDB [\d.]+\) is being fetched: 89 of 178 MB\. Rows wait where they are/).first(),
    ).toBeVisible();
    writeFileSync(join(cache, "go"), "");
  });

  await test.step("shows the table with its columns once the rows are there", async () => {
    await page.getByRole("tab", { name: "Analytical tables" }).click();
    await page.getByRole("button", { name: /visitor_stats\s*300 rows/ }).click({ timeout: 60_000 });
    await expect(page.getByRole("table", { name: "Columns of visitor_stats" })).toContainText("Decimal(16, 2)");
    await expect(page.getByText("Sort key: stt, ch")).toBeVisible();
  });

  await test.step("runs the query that the table brings, by keyboard", async () => {
    const editor = page.getByRole("textbox", { name: "SQL" });
    await expect(page.locator(".monaco-editor").filter({ hasText: "visitor_stats" })).toBeVisible();
    await editor.focus();
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(/^100 rows in \d+ ms$/)).toBeVisible();
    await expect(page.getByRole("columnheader", { name: "amount" })).toBeVisible();
  });

  await test.step("offers tables and columns as one types", async () => {
    await page.getByRole("textbox", { name: "SQL" }).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("SELECT stt, sum(uv) AS uv FROM vis");
    await page.keyboard.press("Control+Space");
    await expect(page.locator(".suggest-widget .monaco-list-row").filter({ hasText: "visitor_stats" }).first()).toBeVisible();
    await page.keyboard.press("Enter");
    await page.keyboard.type(" GROUP BY stt ORDER BY stt");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(/^5 rows in \d+ ms$/)).toBeVisible();
    await expect(page.getByRole("table", { name: "Result" })).toContainText("2021-02-22 10:04:00");
  });

  await test.step("draws it", async () => {
    await page.getByText("Chart", { exact: true }).click();
    await expect(page.getByRole("img", { name: "uv by stt" }).locator("canvas")).toBeVisible();
    await page.getByText("Bars", { exact: true }).click();
    await checkAccess(page);
  });

  await test.step("only reads", async () => {
    await page.getByRole("textbox", { name: "SQL" }).focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("DROP TABLE visitor_stats");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Run (Ctrl+Enter)" }).click();
    await expect(page.getByRole("alert").filter({ hasText: 'Only statements that read are run here: got "DROP".' })).toBeVisible();
  });

  await test.step("offers the table's columns in the sink's form", async () => {
    await page.locator('.react-flow__node[data-id="table"]').click();
    const missing = page.getByRole("button", { name: "Add the 4 missing columns" });
    await missing.click();
    await expect(missing).toBeHidden();
    await expect(page.getByRole("group", { name: "Columns" }).getByRole("button", { name: /^Columns: remove/ })).toHaveCount(4);
  });
});

async function checkAccess(page: Page): Promise<void> {
  // Monaco's own markup is not ours.
  const { violations } = await new AxeBuilder({ page }).exclude(".monaco-editor").analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
}
