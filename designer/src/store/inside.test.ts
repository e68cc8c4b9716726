import type { PipelineDocument } from "@millrace/engine/pipeline";
import { beforeEach, expect, test } from "vitest";
import { commands, isEnabled } from "../commands/index.ts";
import { edit, openDocument, useDocument } from "./document.ts";
import { inside } from "./inside.ts";
import { useNotices } from "./notices.ts";
import { useSaving } from "./saving.ts";
import { select } from "./selection.ts";
import { show } from "./ui.ts";

const node = (type: string, name: string, more: object = {}) => ({ type, name, params: {}, ...more });
const of = (name: string, nodes: PipelineDocument["nodes"], fragments?: PipelineDocument["fragments"]): PipelineDocument => ({
  formatVersion: 1,
  name,
  nodes,
  edges: [],
  ...(fragments && { fragments }),
});
const INNER = of("Inner", { keep: node("filter", "Keep") });
const OUTER = of("Outer", { deep: node("fragment:inner", "Deep") }, { inner: { version: 3, document: INNER } });
const TOP = of(
  "Top",
  { use: node("fragment:outer", "Use"), off: node("fragment:outer", "Off", { disabled: true }), lost: node("fragment:gone", "Lost") },
  { outer: { version: 2, document: OUTER }, gone: { version: 1 } },
);

test("is found by the way in, with the version that stands there", () => {
  expect(inside(TOP, ["use"])).toMatchObject({ fragment: "outer", version: 2, document: OUTER, path: [{ node: "use", name: "Use" }] });
  expect(inside(TOP, ["use", "deep"])).toMatchObject({
    fragment: "inner",
    version: 3,
    document: INNER,
    path: [
      { node: "use", name: "Use" },
      { node: "deep", name: "Deep" },
    ],
  });
  for (const way of [[], ["off"], ["lost"], ["nobody"], ["use", "keep"], ["use", "deep", "keep"], ["toString"]])
    expect(inside(TOP, way), way.join("/")).toBeUndefined();
});

beforeEach(() => {
  const { document, ...place } = inside(TOP, ["use", "deep"]) as NonNullable<ReturnType<typeof inside>>;
  openDocument({ id: "top", draft: document, live: { version: 1, document, deployedAt: 0 } }, { ...place, root: "top", rootName: "Top" });
  show({ view: "canvas" });
});

test("cannot be changed, and says so; but it may be laid out, which nobody saves", () => {
  const before = useDocument.getState().document;
  expect(edit("step.rename", (draft) => void (draft.name = "Other"))).toBe(false);
  expect(useDocument.getState().document).toBe(before);
  expect(useNotices.getState().notices.at(-1)?.kind).toBe("info");
  edit("step.layout", (draft) => void (draft.layout = { nodes: { keep: { x: 5, y: 6 } } }));
  expect(useDocument.getState()).toMatchObject({ document: { layout: { nodes: { keep: { x: 5, y: 6 } } } }, past: [] });
  expect(useSaving.getState().state).toBe("saved");
});

test("has the commands that look, and none that change it", () => {
  select({ nodes: ["keep"] });
  const on = commands.filter(isEnabled).map(({ id }) => id);
  expect(on).toEqual(expect.arrayContaining(["copy", "select-all", "toggle-preview"]));
  for (const id of ["cut", "delete", "rename", "duplicate", "quick-add", "deploy", "arrange", "make-fragment", "discard-draft"]) {
    expect(commands.map((command) => command.id)).toContain(id);
    expect(on).not.toContain(id);
  }
});
