/** What somebody does who reads a topic and does not know its fields: has them proposed from the records, looks at the doubts, takes them over, takes it back. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { dataFolder, eventually, type Millrace, removeFolder, startEmpty } from "./millrace.ts";

let server: Millrace;
let data: string;
test.beforeEach(async () => {
  data = dataFolder();
  server = await startEmpty(data);
  for (const record of RECORDS) await post("/applog", record);
});
test.afterEach(async () => {
  await server.stop();
  removeFolder(data);
});

/** A nested field, one that only half of the records have, and one of two types. */
const RECORDS = [
  '{"id":1,"page":{"page_id":"home"},"code":7}',
  '{"id":2,"page":{"page_id":"cart"},"code":"A7"}',
  '{"id":3,"code":8}',
  '{"id":4,"code":9}',
];

async function post(path: string, body: string): Promise<void> {
  const { status } = await fetch(server.origin + path, { method: "POST", body, headers: { authorization: `Bearer ${server.token}` } });
  expect(status).toBe(200);
}

async function openSource(page: Page, type: "topic-source" | "file-source", params: object): Promise<string> {
  const document = {
    formatVersion: 1,
    name: "logs",
    nodes: { logs: { type, name: "Logs", params }, out: { type: "discard", name: "Out", params: {} } },
    edges: [{ from: "logs.out", to: "out.in" }],
  };
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document });
  await page.goto(`${server.address}#/pipelines/${id}/nodes/logs`);
  return id;
}

async function expectNothingOfAxe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include("aside").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}

test("somebody has a topic's schema proposed by the keyboard, takes it over and undoes it in one step", async ({ page }) => {
  const id = await openSource(page, "topic-source", { topic: "nothing_yet" });
  const ask = page.getByRole("button", { name: "Propose from records" });
  const proposal = page.getByRole("group", { name: "Schema: proposal" });
  const schema = page.getByRole("textbox", { name: "Schema", exact: true });

  await test.step("reads that there are no records, and closes", async () => {
    await ask.press("Enter");
    await expect(proposal.getByRole("status")).toContainText("There are no records yet.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    await expect(proposal).toBeHidden();
    await expect(ask).toBeFocused();
  });

  await test.step("names the topic that has some, and sees fields, shares and a conflict", async () => {
    await page.getByRole("combobox", { name: "Topic", exact: true }).fill("ods_base_log");
    await ask.press("Enter");
    await expect(proposal.getByRole("status")).toHaveText("Proposed from 4 records.");
    await expect(proposal.getByRole("row", { name: /^id/ })).toContainText("BIGINT100 %likely");
    await expect(proposal.getByRole("row", { name: /^page\W+ROW/ })).toContainText("50 %");
    await expect(proposal.getByRole("row", { name: /^page\.\s*page_id/ })).toContainText("STRING100 %unsure");
    await expect(proposal.getByRole("row", { name: /^code/ })).toContainText("unsure");
    await expect(proposal).toContainText('Values of different types: 3 × number (7), 1 × text ("A7").');
    await expectNothingOfAxe(page);
  });

  await test.step("takes it over; one undo takes it back", async () => {
    await page.keyboard.press("Tab");
    await expect(proposal.getByRole("button", { name: "Use it" })).toBeFocused();
    await page.keyboard.press("Enter");
    const text = "id BIGINT, page ROW<page_id STRING>, code STRING";
    await expect(schema).toHaveValue(text);
    await expect(ask).toBeFocused();
    await eventually(
      () => server.api<{ draft: { nodes: { logs: { params: { schema?: string } } } } }>("GET", `/api/pipelines/${id}`),
      ({ draft }) => draft.nodes.logs.params.schema === text,
    );
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(schema).toHaveValue("");
    await expect(page.getByRole("combobox", { name: "Topic", exact: true })).toHaveValue("ods_base_log");
  });
});

test.describe("in Chinese and dark", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 1280, height: 720 } });
  test("the proposal is in the language of the screen; axe finds nothing", async ({ page }) => {
    await openSource(page, "topic-source", { topic: "ods_base_log" });
    await page.getByRole("button", { name: "根据记录推断" }).click();
    const proposal = page.getByRole("group", { name: "模式：推断结果" });
    await expect(proposal.getByRole("status")).toHaveText("根据 4 条记录推断。");
    await expect(proposal).toContainText('值的类型不一致：3 个数字（7），1 个文本（"A7"）。');
    await expectNothingOfAxe(page);
    await test.step("a file that is not there is named, with the remedy", async () => {
      await openSource(page, "file-source", { path: "none.jsonl" });
      await page.getByRole("button", { name: "根据记录推断" }).click();
      await expect(proposal.getByRole("status")).toHaveText(/^无法读取记录。文件 ".*none\.jsonl" 不存在。请检查路径，或放入该文件。$/);
      await expect(proposal.getByRole("button", { name: "采用" })).toBeHidden();
    });
  });
});
