/**
 * `node e2e/measure-live-value.ts`: how long after a key stroke the value under an expression stands there, over a thousand records, in the built designer (after `pnpm start` has built it
 * once). Each key changes the condition's number, so that each answer differs from the last; the time runs from the key's event to the change on the page.
 */
import { chromium } from "@playwright/test";
import { browserPath } from "./browser.ts";
import { dataFolder, removeFolder, startEmpty } from "./millrace.ts";

const KEYS = 60;
const RECORDS = 1_000;

/** Records of about 400 bytes, of which the condition reads one field. */
const fields = [
  { name: "amount", rule: "range", min: 0, max: 9 },
  ...Array.from({ length: 12 }, (_, n) => ({ name: `text_${n}`, rule: "constant", value: "a text of some length" })),
];
const pipeline = {
  formatVersion: 1,
  name: "measure",
  nodes: {
    made: { type: "generator", name: "Made", params: { kind: "schema", rate: 100, fields } },
    keep: { type: "filter", name: "Keep", params: { when: "amount > 0" } },
    out: { type: "discard", name: "Out", params: {} },
  },
  edges: [
    { from: "made.out", to: "keep.in" },
    { from: "keep.out", to: "out.in" },
  ],
};

const data = dataFolder();
const server = await startEmpty(data);
const executablePath = browserPath();
const browser = await chromium.launch({ args: ["--no-sandbox", "--disable-gpu"], ...(executablePath ? { executablePath } : {}) });
try {
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document: pipeline });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.address}#/pipelines/${id}/nodes/keep`);
  const values = page.getByRole("group", { name: `Values for ${RECORDS.toLocaleString("en")}`.replace(",", "") });
  await values.waitFor();
  await page.locator("aside .monaco-editor").first().click();
  await page.keyboard.press("Control+End");
  const handle = await values.elementHandle();
  const times: number[] = [];
  for (let key = 0; key < KEYS; key++) {
    await page.keyboard.press("Shift+ArrowLeft");
    // Ready before the key is pressed; what is asked of the page later waits for the answer.
    const shown = await page.evaluateHandle((group) => {
      let pressed = 0;
      document.addEventListener("keydown", () => (pressed ||= performance.now()), { once: true, capture: true });
      const answer = new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          // What the key before changed last is no answer to this one.
          if (pressed === 0) return;
          observer.disconnect();
          // Once it is drawn.
          requestAnimationFrame(() => resolve(performance.now() - pressed));
        });
        observer.observe(group as Node, { subtree: true, childList: true, characterData: true });
      });
      return { answer };
    }, handle);
    await page.keyboard.press(String(1 + (key % 8)));
    times.push(await shown.evaluate(({ answer }) => answer));
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] as number);
  console.log(`key stroke to value over ${RECORDS} records, ms: median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} (${KEYS} keys)`);
} finally {
  await browser.close();
  await server.stop();
  removeFolder(data);
}
