import { analyze, type PipelineDocument, spreadOf } from "@millrace/engine/pipeline";
import { beforeEach, describe, expect, test } from "vitest";
import { edit, openDocument, redo, undo, useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import { difference } from "./difference.ts";
import { askedParallelism, isParallelism, setParallelism } from "./parallelism.ts";

const document: PipelineDocument = {
  formatVersion: 1,
  name: "p",
  nodes: {
    read: { type: "topic-source", name: "Read", params: { topic: "logs" } },
    keep: { type: "filter", name: "Keep", params: { condition: "TRUE" } },
    first: { type: "mark-first-seen", name: "First", params: { key: "mid", field: "is_new" } },
    write: { type: "file-sink", name: "Write", params: { path: "out.jsonl" } },
  },
  edges: [
    { from: "read.out", to: "keep.in" },
    { from: "keep.out", to: "first.in" },
    { from: "first.out", to: "write.in" },
  ],
};

function typed(id: string, change: Partial<PipelineDocument["nodes"][string]> = {}) {
  const node = document.nodes[id];
  if (!node) throw new Error(`no node ${id}`);
  const { graph } = analyze({ ...document, nodes: { ...document.nodes, [id]: { ...node, ...change } } }, specs);
  const found = graph.nodes.find((one) => one.id === id);
  if (!found) throw new Error(`no typed node ${id}`);
  return found;
}

describe("what is asked of a node", () => {
  test("depends on whether it reads, has a key, or has one end", () => {
    expect(["read", "keep", "write"].map((id) => spreadOf(typed(id)))).toEqual(["source", "other", "single"]);
    expect(spreadOf({ ...typed("first"), ok: true, spec: { ...typed("first").spec, keyBy: () => ({ in: ["mid"] }) } })).toBe("keyed");
  });

  test("is the pipeline's number for sources, one where rows stay, and its own where it has one", () => {
    const asked = (id: string, parallelism?: number) =>
      askedParallelism(typed(id, parallelism === undefined ? {} : { parallelism }), { parallelism: 4 });
    expect([asked("read"), asked("read", 2), asked("keep"), asked("keep", 3), asked("write", 3)]).toEqual([4, 2, 1, 3, 1]);
  });

  test("takes whole numbers from 1 to 128", () => {
    expect([1, 128].every(isParallelism)).toBe(true);
    expect([0, 129, 1.5, "2", "", undefined].some(isParallelism)).toBe(false);
  });
});

describe("a change of it", () => {
  beforeEach(() => openDocument({ id: "p", draft: document, live: undefined }));

  test("is one step that can be undone", () => {
    edit("step.settings", (draft) => setParallelism(draft.nodes.read ?? {}, 3));
    expect(useDocument.getState().document.nodes.read?.parallelism).toBe(3);
    undo();
    expect(useDocument.getState().document.nodes.read).not.toHaveProperty("parallelism");
    redo();
    edit("step.settings", (draft) => setParallelism(draft.nodes.read ?? {}, undefined));
    expect(useDocument.getState().document.nodes.read).not.toHaveProperty("parallelism");
  });

  test("changes what runs", () => {
    edit("step.settings", (draft) => setParallelism(draft.nodes.read ?? {}, 3));
    expect([...difference(useDocument.getState().document, document).changed]).toEqual(["read"]);
  });
});
