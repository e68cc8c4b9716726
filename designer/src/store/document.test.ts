import { beforeEach, describe, expect, test } from "vitest";
import { edit, endGesture, openDocument, redo, undo, useDocument } from "./document.ts";
import { select, useSelection } from "./selection.ts";

const document = () => useDocument.getState().document;

beforeEach(() => {
  openDocument({
    id: "p",
    draft: {
      formatVersion: 1,
      name: "p",
      nodes: { a: { type: "generator", name: "A", params: {} }, b: { type: "discard", name: "B", params: {} } },
      edges: [{ from: "a.out", to: "b.in" }],
    },
    live: undefined,
  });
});

const rename = (name: string, gesture?: string) =>
  edit(
    "step.rename",
    (draft) => {
      const node = draft.nodes["a"];
      if (node) node.name = name;
    },
    gesture === undefined ? {} : { gesture },
  );

describe("the history of the draft", () => {
  test("gives back what was there, and again what was done", () => {
    const before = document();
    rename("X");
    expect(document().nodes["a"]?.name).toBe("X");
    undo();
    expect(document()).toEqual(before);
    redo();
    expect(document().nodes["a"]?.name).toBe("X");
  });

  test("takes what is typed in one field as one step", () => {
    for (const name of ["X", "XY", "XYZ"]) rename(name, "name a");
    expect(useDocument.getState().past).toHaveLength(1);
    undo();
    expect(document().nodes["a"]?.name).toBe("A");
    redo();
    expect(document().nodes["a"]?.name).toBe("XYZ");
  });

  test("begins a new step when the gesture has ended", () => {
    rename("X", "name a");
    endGesture();
    rename("XY", "name a");
    undo();
    expect(document().nodes["a"]?.name).toBe("X");
  });

  test("does not go on with a gesture that was undone and redone", () => {
    rename("X", "name a");
    undo();
    redo();
    rename("XY", "name a");
    undo();
    expect(document().nodes["a"]?.name).toBe("X");
  });

  test("keeps no step for an edit that changes nothing", () => {
    expect(edit("step.rename", () => undefined)).toBe(false);
    expect(useDocument.getState().past).toHaveLength(0);
  });

  test("forgets what was undone when something new is done", () => {
    rename("X");
    undo();
    rename("Y");
    expect(useDocument.getState().future).toHaveLength(0);
  });

  test("brings the selection back with what was selected", () => {
    select({ nodes: ["b"] });
    edit("step.delete", (draft) => {
      delete draft.nodes["b"];
      draft.edges = [];
    });
    expect(useSelection.getState().nodes).toEqual([]);
    undo();
    expect(useSelection.getState().nodes).toEqual(["b"]);
  });

  test("leaves what an edit does not touch as the same object, so that nothing else is drawn anew", () => {
    const before = document();
    rename("X");
    expect(document().nodes["b"]).toBe(before.nodes["b"]);
    expect(document().edges).toBe(before.edges);
  });
});
