/** Rules that a person changes while the job runs: no restart, no other tool. */
import { expect, type Page, test } from "@playwright/test";
import { dataFolder, eventually, type Millrace, readTopic, removeFolder, startEmpty } from "./millrace.ts";

// Playwright's recorder stops this page for more than a minute when the topics are opened; without it they open in a second.
test.use({ trace: "off" });

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

const RULES = "ods_table_process";
const rule = (source_table: string, sink_type: string, sink_table: string, sink_columns: string) => ({
  key: `${source_table}:insert`,
  text: JSON.stringify({
    database: "gmall0820_realtime",
    table: "table_process",
    type: "insert",
    ts: 1_613_959_200,
    data: { source_table, operate_type: "insert", sink_type, sink_table, sink_columns, sink_pk: "id" },
  }),
});

test("a rule that is written in the topic browser makes a topic and a dimension table while BaseDBApp runs", async ({ page }) => {
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { template: "base-db-app" });
  await server.api("POST", `/api/pipelines/${id}/deploy`, {});
  const { runId } = await runOf(id);
  await page.goto(`${server.address}#/pipelines/${id}`);

  await test.step("the course's rules fill its dimension tables and topics", async () => {
    await eventually(
      dimensions,
      (tables) => tables.length === 16 && tables.every(({ name, rows }) => rows > 0 || name === "dim_financial_sku_cost"),
    );
    await eventually(topics, (all) => all.some(({ name, records }) => name === "dwd_order_detail" && records > 0));
    expect(await topics()).toContainEqual(expect.objectContaining({ name: "dwd_coupon_use", records: 0 }));
  });

  await test.step("a new rule makes a topic, which fills", async () => {
    await page.getByRole("button", { name: "Topics", exact: true }).click();
    await panel(page).getByLabel("Search topics").fill(RULES);
    await expect(panel(page).getByRole("heading", { name: RULES })).toBeVisible();
    await addRecord(page, rule("order_status_log", "kafka", "dwd_order_status_log", "id,order_id,order_status"));
    await panel(page).getByLabel("Search topics").fill("dwd_order_status");
    await expect(panel(page).getByText("dwd_order_status_log").first()).toBeVisible();
    const [first] = await eventually(
      async () => ((await isThere("dwd_order_status_log")) ? readTopic(server, "dwd_order_status_log") : []),
      (records) => records.length > 0,
    );
    expect(Object.keys(JSON.parse(first?.text ?? "{}") as object)).toEqual(["id", "order_id", "order_status"]);
  });

  await test.step("another makes a dimension table, with its columns before any row", async () => {
    await panel(page).getByLabel("Search topics").fill(RULES);
    await panel(page).getByText(RULES, { exact: true }).first().click();
    await addRecord(page, rule("base_attr_info", "hbase", "dim_base_attr_info", "id,attr_name"));
    const tables = await eventually(dimensions, (all) => all.some(({ name }) => name === "dim_base_attr_info"));
    expect(tables.find(({ name }) => name === "dim_base_attr_info")).toMatchObject({
      rows: 0,
      definition: { columns: ["id", "attr_name"], key: "id" },
    });
  });

  await test.step("what cannot be followed waits among the dead letters, with what to do", async () => {
    await addRecord(page, rule("sku_image", "hive", "dim_sku_image", "id"));
    const letters = await eventually(
      () => server.api<{ letters: { message: { en: string } }[] }>("GET", `/api/pipelines/${id}/dead-letters`),
      (found) => found.letters.length > 0,
    );
    expect(JSON.stringify(letters)).toContain("its sink_type is");
  });

  expect((await runOf(id)).runId).toBe(runId);
});

const panel = (page: Page) => page.getByRole("tabpanel", { name: "Topics" });

async function addRecord(page: Page, { key, text }: { readonly key: string; readonly text: string }): Promise<void> {
  await panel(page).getByRole("button", { name: "Add record" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Key").fill(key);
  await dialog.getByLabel("Value").fill(text);
  await dialog.getByRole("button", { name: "Add record" }).click();
  await expect(dialog).toBeHidden();
}

const dimensions = () => server.api<{ name: string; rows: number }[]>("GET", "/api/dimensions");
const topics = () => server.api<{ name: string; records: number }[]>("GET", "/api/topics");
const isThere = async (topic: string) => (await topics()).some(({ name }) => name === topic);

async function runOf(id: string): Promise<{ runId: string }> {
  const { run } = await server.api<{ run: { runId: string } }>("GET", `/api/pipelines/${id}`);
  return run;
}
