import { beforeEach, describe, expect, test } from "vitest";
import { edit, openDocument, undo, useDocument } from "../store/document.ts";
import { NOTHING, select, useSelection } from "../store/selection.ts";
import { show, useUi } from "../store/ui.ts";
import { selectedText } from "./copy.ts";
import { commands } from "./index.ts";
import { commandFor, keysText, type Stroke } from "./keys.ts";
import { pasteText } from "./paste.ts";

beforeEach(() => {
  openDocument({
    id: "p",
    draft: {
      formatVersion: 1,
      name: "p",
      nodes: {
        a: { type: "generator", name: "A", params: {} },
        b: { type: "filter", name: "B", params: { when: "x > 1" } },
        c: { type: "discard", name: "C", params: {} },
      },
      edges: [
        { from: "a.out", to: "b.in" },
        { from: "b.out", to: "c.in" },
      ],
    },
    live: undefined,
  });
  show({ view: "canvas", overlay: undefined, renaming: undefined });
});

const document = () => useDocument.getState().document;

function run(id: string): void {
  const command = commands.find((one) => one.id === id);
  if (!command) throw new Error(`no command ${id}`);
  expect(command.isEnabled(), `${id} is enabled`).toBe(true);
  void command.run();
}

describe("commands", () => {
  test("have one id each", () => {
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
  });

  test("do not share keys", () => {
    const keys = commands.flatMap((command) => command.keys ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("that need a selection are off without one", () => {
    select(NOTHING);
    const off = [
      "delete",
      "remove-and-reconnect",
      "copy",
      "cut",
      "duplicate",
      "rename",
      "toggle-disabled",
      "connect-from",
      "select-upstream",
    ];
    for (const id of off) expect(commands.find((command) => command.id === id)?.isEnabled(), id).toBe(false);
  });

  test("delete takes what is selected, and undo brings it back selected", () => {
    select({ nodes: ["b"] });
    run("delete");
    expect(Object.keys(document().nodes)).toEqual(["a", "c"]);
    expect(document().edges).toEqual([]);
    undo();
    expect(Object.keys(document().nodes).sort()).toEqual(["a", "b", "c"]);
    expect(useSelection.getState().nodes).toEqual(["b"]);
  });

  test("delete and reconnect closes the gap", () => {
    select({ nodes: ["b"] });
    run("remove-and-reconnect");
    expect(document().edges).toEqual([{ from: "a.out", to: "c.in" }]);
  });

  test("disable makes several nodes the same, and enables them all the next time", () => {
    select({ nodes: ["a"] });
    run("toggle-disabled");
    select({ nodes: ["a", "b"] });
    run("toggle-disabled");
    expect([document().nodes["a"]?.disabled, document().nodes["b"]?.disabled]).toEqual([true, true]);
    run("toggle-disabled");
    expect([document().nodes["a"]?.disabled, document().nodes["b"]?.disabled]).toEqual([undefined, undefined]);
  });

  test("selecting upstream keeps what was selected", () => {
    select({ nodes: ["c"] });
    run("select-upstream");
    expect([...useSelection.getState().nodes].sort()).toEqual(["a", "b", "c"]);
  });

  test("walking goes along the flow", () => {
    select({ nodes: ["a"] });
    run("walk-on");
    expect(useSelection.getState().nodes).toEqual(["b"]);
    run("walk-back");
    expect(useSelection.getState().nodes).toEqual(["a"]);
  });

  test("what is copied is pasted as new nodes that are then selected", () => {
    select({ nodes: ["b", "c"] });
    const text = selectedText();
    expect(pasteText(text ?? "")).toBe(true);
    expect(useSelection.getState().nodes).toEqual(["b_2", "c_2"]);
    expect(document().edges).toContainEqual({ from: "b_2.out", to: "c_2.in" });
  });

  test("text that is no drawing is left to whoever else takes it", () => {
    expect(pasteText("select * from t")).toBe(false);
    expect(Object.keys(document().nodes)).toHaveLength(3);
  });

  test("rename opens the name for writing", () => {
    select({ nodes: ["b"] });
    run("rename");
    expect(useUi.getState().renaming).toBe("b");
  });

  test("a group takes its nodes out of others and goes with ungroup, the nodes stay", () => {
    select({ nodes: ["a", "b"] });
    run("group");
    select({ nodes: ["b", "c"] });
    run("group");
    expect(Object.values(document().groups ?? {}).map(({ nodes }) => nodes)).toEqual([["a"], ["b", "c"]]);
    run("ungroup");
    expect(Object.values(document().groups ?? {}).map(({ nodes }) => nodes)).toEqual([["a"]]);
    expect(Object.keys(document().nodes)).toHaveLength(3);
  });

  test("align and spread move what is selected in one step, on the grid", () => {
    edit("step.move", (draft) => {
      draft.layout = { nodes: { a: { x: 0, y: 0 }, b: { x: 300, y: 80 }, c: { x: 1000, y: 20 } } };
    });
    select({ nodes: ["a", "b", "c"] });
    run("align-top");
    expect(document().layout?.nodes).toMatchObject({ a: { y: 0 }, b: { y: 0 }, c: { y: 0 } });
    run("distribute-x");
    expect(document().layout?.nodes).toMatchObject({ a: { x: 0 }, b: { x: 500 }, c: { x: 1000 } });
    undo();
    undo();
    expect(document().layout?.nodes).toMatchObject({ b: { x: 300, y: 80 }, c: { x: 1000, y: 20 } });
  });

  test("select all takes nodes and edges", () => {
    run("select-all");
    expect(useSelection.getState().nodes).toHaveLength(3);
    expect(useSelection.getState().edges).toHaveLength(2);
  });
});

describe("keys", () => {
  const stroke = (key: string, held: Partial<Stroke> = {}): Stroke => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...held,
  });
  const idFor = (one: Stroke, typing = false) => commandFor(one, commands, typing)?.id;

  test("lead to commands", () => {
    expect(idFor(stroke("z", { ctrlKey: true }))).toBe("undo");
    expect(idFor(stroke("z", { metaKey: true }))).toBe("undo");
    expect(idFor(stroke("Z", { ctrlKey: true, shiftKey: true }))).toBe("redo");
    expect(idFor(stroke("d"))).toBe("toggle-disabled");
    expect(idFor(stroke("d", { ctrlKey: true }))).toBe("duplicate");
    expect(idFor(stroke("?", { shiftKey: true }))).toBe("show-keys");
    expect(idFor(stroke("+", { shiftKey: true }))).toBe("zoom-in");
    expect(idFor(stroke("Delete", { ctrlKey: true }))).toBe("remove-and-reconnect");
  });

  test("leave the clipboard's strokes to the browser", () => {
    expect(idFor(stroke("c", { ctrlKey: true }))).toBeUndefined();
    expect(idFor(stroke("v", { ctrlKey: true }))).toBeUndefined();
  });

  test("do nothing to the drawing while one types", () => {
    expect(idFor(stroke("d"), true)).toBeUndefined();
    expect(idFor(stroke("z", { ctrlKey: true }), true)).toBeUndefined();
    expect(idFor(stroke("k", { ctrlKey: true }), true)).toBe("command-palette");
  });

  test("are written as the machine's own people know them", () => {
    expect(keysText("Mod+Shift+Z", false)).toBe("Ctrl+Shift+Z");
    expect(keysText("Mod+Shift+Z", true)).toBe("⌘⇧Z");
    expect(keysText("+", false)).toBe("+");
  });
});
