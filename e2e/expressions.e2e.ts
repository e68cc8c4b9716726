/** What somebody sees who writes an expression: what can be written, what it gives for real records, what is wrong with it and how it is mended. */
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

/** Orders that a generator makes: amounts 1 to 10, of two channels. */
const ORDERS = {
  formatVersion: 1,
  name: "orders",
  nodes: {
    orders: {
      type: "generator",
      name: "Orders",
      params: {
        kind: "schema",
        rate: 100,
        fields: [
          { name: "channel", rule: "choice", values: [{ value: "web" }, { value: "app" }] },
          { name: "amount", rule: "range", min: 1, max: 10 },
        ],
      },
    },
    keep: { type: "filter", name: "Keep", params: { when: "amount > 0" } },
    out: { type: "discard", name: "Out", params: {} },
  },
  edges: [
    { from: "orders.out", to: "keep.in" },
    { from: "keep.out", to: "out.in" },
  ],
  layout: { nodes: { orders: { x: 0, y: 0 }, keep: { x: 300, y: 0 }, out: { x: 600, y: 0 } } },
};

async function openNode(page: Page, node: string, options: { deploy: boolean }): Promise<void> {
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document: ORDERS });
  if (options.deploy) {
    await server.api("POST", `/api/pipelines/${id}/deploy`, {});
    await eventually(
      () => server.api<unknown[]>("GET", `/api/pipelines/${id}/samples?edge=orders.out`),
      (samples) => samples.length >= 10,
    );
  }
  await page.goto(`${server.address}#/pipelines/${id}/nodes/${node}`);
  await expect(box(page)).toBeVisible();
}

const box = (page: Page) => page.locator("aside .monaco-editor").first();
const written = (page: Page) => box(page).locator(".view-lines");
const suggestions = (page: Page) => page.locator(".suggest-widget");
/** The values under the expression. */
const values = (page: Page, name: RegExp = /^Values for/) => page.locator("aside").getByRole("group", { name });

/** Instead of what stands there. */
async function write(page: Page, text: string): Promise<void> {
  await box(page).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

test("somebody writes a condition: it is completed, mended by the keyboard, and shows what it keeps", async ({ page }) => {
  await openNode(page, "keep", { deploy: true });

  await test.step("fields are offered with their type and the value of the last record", async () => {
    await write(page, "chan");
    const first = suggestions(page).getByRole("option").first();
    await expect(first).toContainText("channel");
    await expect(first).toContainText(/STRING · (web|app)/);
    await page.keyboard.press("Enter");
    await expect(written(page)).toHaveText("channel");
  });

  await test.step("a function is offered with what it does, and says which argument is written", async () => {
    await write(page, "SUBST");
    await expect(
      suggestions(page)
        .getByRole("option", { name: /^SUBSTRING/ })
        .first(),
    ).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.locator(".parameter-hints-widget")).toContainText("Part of the text, from a position");
    await page.keyboard.press("Escape");
  });

  await test.step("a misspelled field is marked, read out, and mended by Ctrl+.", async () => {
    await write(page, "chanel = 'web'");
    const problem = page.locator("aside").getByText('unknown field "chanel"; did you mean "channel"?');
    await expect(problem).toBeVisible();
    const text = box(page).getByRole("textbox");
    await expect(text).toHaveAccessibleDescription(/unknown field "chanel"/);
    await expect(text).toHaveAttribute("aria-invalid", "true");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+.");
    await expect(page.locator(".action-widget .monaco-list")).toContainText("Write channel");
    await page.keyboard.press("Enter");
    await expect(written(page)).toHaveText("channel = 'web'");
    await expect(problem).toBeHidden();
    await expect(text).toHaveAttribute("aria-invalid", "false");
  });

  await test.step("five records and the share that is kept are shown", async () => {
    await expect(values(page).getByRole("listitem")).toHaveCount(5);
    await expect(values(page).getByRole("listitem").first()).toHaveText(/^(TRUE|FALSE)channel: (web|app)$/);
    await expect(values(page)).toContainText(/[\d,]+ kept \(\d+ %\), [\d,]+ dropped/);
    await expect(values(page)).toContainText(/[\d,]+ records(?!, tried)/);
  });

  await test.step("what cannot be computed is said beside the record, and counted", async () => {
    await write(page, "100 / (amount - amount) > 1");
    await page.keyboard.press("Escape");
    await expect(values(page)).toContainText("100 % errors");
    await expect(values(page).getByRole("listitem").first()).toContainText("Error: ");
  });

  await test.step("the text is laid out by Shift+Alt+F, Escape leaves the box alone, Tab goes on", async () => {
    await write(page, "amount>1 and channel='app'");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Alt+F");
    await expect(written(page)).toHaveText("amount > 1 AND channel = 'app'");
    await page.keyboard.press("Escape");
    await expect(box(page).getByRole("textbox")).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(box(page).getByRole("textbox")).not.toBeFocused();
  });

  await test.step("the part under the pointer says its type and its value", async () => {
    await box(page)
      .locator(".view-line span span", { hasText: /^amount$/ })
      .first()
      .hover();
    const hover = page.locator(".monaco-hover:visible");
    await expect(hover).toContainText("BIGINT");
    await expect(hover).toContainText(/\d/);
  });
});

test("values are there before the pipeline ever ran, whatever is wrong elsewhere, and nothing is written", async ({ page }) => {
  await openNode(page, "keep", { deploy: false });
  await expect(values(page)).toContainText("1,000 kept (100 %), 0 dropped");
  await expect(values(page)).toContainText("1,000 records, tried");
  await write(page, "amount > nothing");
  await expect(page.locator("aside").getByText(/unknown field "nothing"/)).toBeVisible();
  await write(page, "amount > 5");
  await expect(values(page)).toContainText(/\d+ kept \(\d\d %\), \d+ dropped/);
  await page.locator('.react-flow__node[data-id="orders"]').click();
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByText(/rows of the draft, tried on its sources/)).toBeVisible();
  await test.step("a field of an edge shows its latest value and where it comes from", async () => {
    await page.goto(`${page.url().replace(/\/nodes\/.*/, "")}/edges/${encodeURIComponent("keep.out->out.in")}`);
    const schema = page.getByRole("table", { name: "Schema" });
    await expect(schema.getByRole("row", { name: /channel/ })).toContainText(/web|app/);
    await schema.getByRole("button", { name: "amount", exact: true }).click();
    await expect(schema).toContainText(/Orders gives amount/);
    await expect(schema).toContainText("Keep decides by amount > 5");
  });
  expect(await server.api("GET", "/api/topics?internal=true")).toEqual([]);
});

test.describe("in Chinese, dark, at 1280×720", () => {
  test.use({ locale: "zh-CN", colorScheme: "dark", viewport: { width: 1280, height: 720 } });
  test("help, problems, repairs and values are in the language of the screen; axe finds nothing", async ({ page }) => {
    await openNode(page, "keep", { deploy: true });
    await write(page, "UPPE");
    await expect(suggestions(page).getByRole("option", { name: /UPPER/ }).first()).toContainText("转换为大写");
    await page.keyboard.press("Escape");
    await write(page, "chanel = 'web'");
    await expect(page.locator("aside").getByText(/未知字段.*chanel/)).toBeVisible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+.");
    await expect(page.locator(".action-widget .monaco-list")).toContainText("改为 channel");
    await page.keyboard.press("Enter");
    await expect(values(page, /求值结果/)).toContainText(/保留 [\d,]+（\d+%），丢弃 [\d,]+/);
    const { violations } = await new AxeBuilder({ page }).include("aside").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
  });
});
