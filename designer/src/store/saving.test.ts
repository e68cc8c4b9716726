import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { analyzeNow } from "./analysis.ts";
import { edit, openDocument, useDocument } from "./document.ts";
import { kept } from "./kept.ts";
import { saveNow, startSaving, useSaving } from "./saving.ts";

const DRAFT = { formatVersion: 1 as const, name: "p", nodes: {}, edges: [] };
const answers: (() => Response | Promise<Response>)[] = [];
const asked: { url: string; body: { document: { name: string }; revision: number } }[] = [];
const storage = new Map<string, string>();

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  answers.length = 0;
  storage.clear();
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, body: JSON.parse(String(init.body)) });
    return (answers.shift() ?? saved(99))();
  });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
    removeItem: (key: string) => void storage.delete(key),
  });
  openDocument({ id: "p", draft: DRAFT, live: undefined });
  startSaving({ draft: DRAFT, revision: 1, elsewhere: [] });
});

afterEach(() => {
  openDocument(undefined);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const saved = (revision: number) => () => Response.json({ revision, problems: [], elsewhere: [], changed: true });
const conflict = () => Response.json({ error: { code: "stale-revision", message: { en: "stale", zh: "过期" } } }, { status: 409 });
const name = (next: string) =>
  edit("step.rename", (draft) => {
    draft.name = next;
  });

test("edits that follow each other are saved once, on the revision that was read", async () => {
  answers.push(saved(2));
  name("a");
  name("ab");
  expect(useSaving.getState().state).toBe("unsaved");
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.body).toMatchObject({ revision: 1, document: { name: "ab" } });
  expect(useSaving.getState()).toMatchObject({ state: "saved", revision: 2 });
});

test("what the saved draft has only beside other pipelines is a problem of the node until that is changed", () => {
  const draft = {
    ...DRAFT,
    nodes: { out: { type: "discard", name: "Out", params: {} }, other: { type: "discard", name: "Other", params: {} } },
  };
  const double = { code: "node.words", args: { en: "x", zh: "x" }, severity: "warning" as const, nodeId: "out" };
  const renameNode = (id: string) =>
    edit("step.rename", ({ nodes }) => {
      const node = nodes[id];
      if (node) node.name = "Renamed";
    });
  const isShown = () =>
    analyzeNow()
      .problemsByNode.get("out")
      ?.some(({ code }) => code === "node.words") ?? false;
  openDocument({ id: "p", draft, live: undefined });
  startSaving({ draft, revision: 1, elsewhere: [double] });
  expect(isShown()).toBe(true);
  renameNode("other");
  expect(isShown()).toBe(true);
  renameNode("out");
  expect(isShown()).toBe(false);
});

test("what cannot be saved is kept in the browser and tried again", async () => {
  answers.push(() => Promise.reject(new TypeError("no network")), saved(2));
  name("a");
  await vi.advanceTimersByTimeAsync(500);
  expect(useSaving.getState().state).toBe("unsaved");
  expect(kept("p", 1)).toMatchObject({ name: "a" });
  await vi.advanceTimersByTimeAsync(3_500);
  expect(useSaving.getState().state).toBe("saved");
  expect(kept("p", 1)).toBeUndefined();
});

test("what was kept of an older revision does not come back", () => {
  name("a");
  expect(kept("p", 1)).toBeDefined();
  expect(kept("p", 2)).toBeUndefined();
  storage.set("millrace.unsaved.p", "{broken");
  expect(kept("p", 1)).toBeUndefined();
});

test("a draft that was changed elsewhere is not written over", async () => {
  answers.push(conflict);
  name("a");
  await vi.advanceTimersByTimeAsync(500);
  expect(useSaving.getState().state).toBe("conflict");
  name("b");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toHaveLength(1);
});

test("a deploy waits for the newest edit to be saved", async () => {
  answers.push(saved(2));
  name("a");
  await saveNow();
  expect(asked[0]?.body.document.name).toBe("a");
  expect(useSaving.getState().state).toBe("saved");
});

test("a browser without room does not stop the editing", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => null,
    setItem() {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem() {},
  });
  name("a");
  expect(useDocument.getState().document.name).toBe("a");
});
