/** A fragment: made of what runs, used, changed, and updated, by keyboard; nobody is changed who does not want to be. */
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

const PIPELINE = {
  formatVersion: 1,
  name: "Shop",
  nodes: {
    make: { type: "generator", name: "Make", params: { kind: "app-log", rate: 200, devices: 5000 } },
    keep: { type: "filter", name: "Pages only", params: { when: "page.page_id IS NOT NULL" } },
    pick: {
      type: "select",
      name: "Pick",
      params: {
        fields: [
          { name: "mid", value: "common.mid" },
          { name: "page", value: "page.page_id" },
        ],
      },
    },
    write: { type: "file-sink", name: "Write", params: { path: "out.jsonl" } },
  },
  edges: [
    { from: "make.out", to: "keep.in" },
    { from: "keep.out", to: "pick.in" },
    { from: "pick.out", to: "write.in" },
  ],
  layout: { nodes: { make: { x: 0, y: 0 }, keep: { x: 320, y: 0 }, pick: { x: 640, y: 0 }, write: { x: 960, y: 0 } } },
};

interface Draft {
  readonly draft: {
    readonly nodes: Record<string, { readonly type: string }>;
    readonly fragments?: Record<string, { readonly version: number }>;
  };
}
const draft = async () => (await server.api<Draft>("GET", "/api/pipelines/shop")).draft;

/** The keys of the canvas are for who is on it. */
async function choose(page: Page, ...names: string[]): Promise<void> {
  for (const [index, name] of names.entries())
    await page
      .locator(".react-flow__node")
      .filter({ hasText: name })
      .click(index === 0 ? {} : { modifiers: ["Shift"] });
}

async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}

test("somebody makes a fragment of running nodes, deploys it, changes it, sees what that means, updates and expands it", async ({
  page,
}) => {
  test.slow();
  await server.api("POST", "/api/pipelines", { document: PIPELINE });
  await server.api("POST", "/api/pipelines/shop/deploy", {});
  await page.goto(server.address);
  await page.goto(`${server.origin}/#/pipelines/shop`);
  const dialog = page.getByRole("dialog");
  const inspector = page.getByRole("region", { name: "Fragment", exact: true });
  const use = page.locator(".react-flow__node").filter({ hasText: "Visits" });

  await test.step("makes it of two nodes", async () => {
    await choose(page, "Pages only", "Pick");
    await page.keyboard.press("f");
    await expect(dialog).toContainText("The selected nodes become a fragment");
    await axe(page);
    await dialog.getByLabel("Name").fill("Visits");
    await page.keyboard.press("Enter");
    await expect(use).toBeVisible();
    await expect(inspector).toContainText("Uses version 1 of the fragment, the newest.");
    await axe(page);
    await eventually(draft, ({ nodes }) => nodes.visits?.type === "fragment:visits" && nodes.keep === undefined);
  });

  await test.step("deploys it: rows go through, and are seen at its ports", async () => {
    await page.keyboard.press("Control+Enter");
    await dialog.getByRole("button", { name: "Deploy" }).click();
    await expect(dialog).toBeHidden();
    interface Live {
      readonly out: string;
    }
    const samples = () => server.api<Live[]>("GET", `/api/pipelines/shop/samples?edge=${encodeURIComponent("visits.out->write.in")}`);
    await eventually(samples, (rows) => rows.length > 0);
    await use.click();
    await expect(use).toContainText(/\d/);
    await page.getByRole("button", { name: "Preview" }).first().click();
    await expect(page.getByRole("gridcell", { name: /^mid_/ }).first()).toBeVisible();
  });

  await test.step("looks inside: counts and records of what runs in this use, and nothing to change it by", async () => {
    await use.click();
    await page.keyboard.press("i");
    const banner = page.getByRole("status").filter({ hasText: "Version 1, as it runs in Shop at Visits" });
    await expect(banner).toBeVisible();
    await expect(page).toHaveURL(/#\/pipelines\/shop\/inside\/visits/);
    const keep = page.locator(".react-flow__node").filter({ hasText: "Pages only" });
    await expect(keep).toContainText(/\d+\/s/);
    await expect(page.getByLabel("Name of the pipeline")).not.toBeEditable();
    await keep.click();
    await expect(page.locator("aside")).toContainText("page.page_id IS NOT NULL");
    await expect(page.getByRole("gridcell", { name: /^mid_/ }).first()).toBeVisible();
    await page.keyboard.press("Delete");
    await page.locator("aside").getByRole("button", { name: "Play an example" }).click();
    await expect(
      page.getByRole("img", { name: "What happens in time: lets the rows through for which the condition is true" }),
    ).toBeVisible();
    await expect(keep).toBeVisible();
    await axe(page);
    await page.reload();
    await expect(banner).toBeVisible();
    await expect(keep).toContainText(/\d+\/s/);
    await page.getByRole("navigation", { name: "Where the fragment is used" }).getByRole("button", { name: "Shop" }).click();
    await expect(use).toBeVisible();
    await page.keyboard.press("i");
    await expect(banner).toBeVisible();
  });

  await test.step("opens its draft, gives it a parameter, and saves a version", async () => {
    await page.keyboard.press("Shift+I");
    await expect(page.getByRole("button", { name: "Save version" }).first()).toBeVisible();
    await expect(page.getByLabel("Name of the pipeline")).toHaveValue("Visits");
    await expect(page.getByRole("navigation", { name: "Where the fragment is used" })).toContainText("Shop");
    await axe(page);
    const { revision, draft: fragment } = await server.api<{ revision: number; draft: typeof PIPELINE }>("GET", "/api/pipelines/visits");
    const changed = structuredClone(fragment) as typeof PIPELINE & { parameters?: object };
    changed.parameters = { only: { type: "condition", default: "TRUE" } };
    changed.nodes.keep.params.when = "page.page_id IS NOT NULL AND $" + "{only}";
    changed.nodes.pick.params.fields.push({ name: "length", value: "CHAR_LENGTH(page.page_id)" });
    await server.api("PUT", "/api/pipelines/visits/draft", { document: changed, revision });
    await page.reload();
    await expect(page.getByText("The draft differs from version 1")).toBeVisible();
    await page.getByRole("banner").getByRole("button", { name: "Save version" }).click();
    await expect(dialog.locator('[data-user="shop"]')).toContainText('parameter "only" comes; without a value it is TRUE');
    await expect(dialog.locator('[data-user="shop"]')).toContainText('visits.out: field "length" comes (INT)');
    await axe(page);
    await dialog.getByRole("button", { name: "Save the version" }).click();
    await expect(page.getByText("Version 2 of the fragment is saved.")).toBeVisible();
    expect((await draft()).fragments?.visits?.version).toBe(1);
  });

  await test.step("sees the hint, updates, sets the parameter, and can undo it", async () => {
    await page.goto(`${server.origin}/#/pipelines/shop/nodes/visits`);
    await expect(inspector).toContainText("Version 2 is there");
    await expect(page.getByText(/uses version 1 of the fragment "visits"; version 2 is the newest/).first()).toBeVisible();
    await use.click();
    await page.keyboard.press("u");
    await expect(inspector).toContainText("Uses version 2 of the fragment, the newest.");
    await page.keyboard.press("Control+z");
    await expect(inspector).toContainText("Version 2 is there");
    await page.keyboard.press("Control+Shift+z");
    await expect(inspector).toContainText("Uses version 2");
    await eventually(draft, ({ fragments }) => fragments?.visits?.version === 2);
    await axe(page);
  });

  await test.step("expands it again, and back", async () => {
    await use.click();
    await page.keyboard.press("k");
    await expect(page.locator(".react-flow__node").filter({ hasText: "Pages only" })).toBeVisible();
    await eventually(draft, ({ nodes, fragments }) => nodes.keep?.type === "filter" && fragments === undefined);
    await page.keyboard.press("Control+z");
    await expect(use).toBeVisible();
  });

  await test.step("takes it from the palette into another pipeline, in Chinese", async () => {
    await server.api("POST", "/api/pipelines", { document: { formatVersion: 1, name: "Other", nodes: {}, edges: [] } });
    await page.goto(`${server.origin}/#/pipelines/other`);
    await page.getByRole("button", { name: "切换到中文" }).click();
    await page.getByRole("button", { name: "Visits" }).click();
    await expect(use).toBeVisible();
    await use.click();
    await expect(page.locator("aside")).toContainText("使用该片段的版本 2（最新）");
  });
});
