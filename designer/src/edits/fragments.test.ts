// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters are written so
import { analyze, type PipelineDocument } from "@millrace/engine/pipeline";
import { describe, expect, test } from "vitest";
import { edit, openDocument, undo, useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import { difference } from "./difference.ts";
import { expandFragment, whyNotExpanded } from "./expand-fragment.ts";
import { canBeFragment, makeFragment } from "./make-fragment.ts";

const drawing = (): PipelineDocument => ({
  formatVersion: 1,
  name: "p",
  parameters: { least: { type: "number", default: 3 } },
  schemas: { event: { fields: { mid: "STRING", n: "INT" } } },
  nodes: {
    logs: { type: "topic-source", name: "Logs", params: { topic: "t", schema: "event" } },
    keep: { type: "filter", name: "Keep", params: { when: "n > ${least}" } },
    mark: { type: "mark-first-seen", name: "Mark", params: { key: ["mid"], value: "n", output: { do: "drop" } } },
    out: { type: "topic-sink", name: "Out", params: { topic: "u" } },
    other: { type: "topic-sink", name: "Other", params: { topic: "w" } },
    bad: { type: "topic-sink", name: "Bad", params: { topic: "x" } },
  },
  edges: [
    { from: "logs.out", to: "keep.in" },
    { from: "keep.out", to: "mark.in" },
    { from: "mark.out", to: "out.in" },
    { from: "mark.out", to: "other.in" },
    { from: "keep.error", to: "bad.in" },
  ],
  groups: { g: { title: "G", nodes: ["keep", "mark", "out"] } },
  layout: { nodes: { keep: { x: 300, y: 40 }, mark: { x: 600, y: 40 } } },
  tests: [{ name: "t", steps: [{ rows: { logs: [] }, expect: { rows: { "mark.out": [] }, counters: { "mark.dropped.repeat": 0 } } }] }],
});

const schemaIn = (document: PipelineDocument) => (ref: string) => {
  const [node = "", port = ""] = ref.split(".");
  return analyze(document, specs).graph.nodes.find(({ id }) => id === node)?.outputs[port]?.schema;
};
const errorsOf = (document: PipelineDocument) => analyze(document, specs).problems.filter(({ severity }) => severity === "error");

function made(document = drawing(), nodes = ["keep", "mark"]) {
  const { fragment, use } = makeFragment(document, nodes, "Visits", schemaIn(document));
  const after = structuredClone(document);
  const id = use(after, "visits", { version: 1, document: fragment });
  return { fragment, after, id };
}

describe("a fragment of what is selected", () => {
  test("has ports where edges led in and out, and all that its nodes need", () => {
    const { fragment } = made();
    expect(Object.keys(fragment.nodes)).toEqual(["in", "keep", "mark", "out", "keep_error"]);
    expect(fragment.nodes.in?.params).toEqual({ schema: "mid STRING, n INT" });
    expect(fragment.parameters).toEqual({ least: { type: "number", default: 3 } });
    expect(fragment.edges).toEqual([
      { from: "in.out", to: "keep.in" },
      { from: "keep.out", to: "mark.in" },
      { from: "mark.out", to: "out.in" },
      { from: "keep.error", to: "keep_error.in" },
    ]);
    expect(errorsOf(fragment)).toEqual([]);
  });

  test("leaves a node that does the same, with the parameters handed through", () => {
    const { after, id } = made();
    expect(id).toBe("visits");
    expect(after.nodes.visits).toEqual({ type: "fragment:visits", name: "Visits", params: { least: "${least}" }, formerly: "" });
    expect(after.edges).toEqual([
      { from: "logs.out", to: "visits.in" },
      { from: "visits.out", to: "out.in" },
      { from: "visits.out", to: "other.in" },
      { from: "visits.keep_error", to: "bad.in" },
    ]);
    expect(after.groups?.g?.nodes).toEqual(["visits", "out"]);
    expect(after.layout?.nodes?.visits).toMatchObject({ x: 300, y: 40 });
    expect(after.tests?.[0]?.steps[0]?.expect).toEqual({ rows: { "visits/mark.out": [] }, counters: { "visits/mark.dropped.repeat": 0 } });
    expect(analyze(after, specs).problems.filter(({ code }) => code === "tests.unknown-node")).toEqual([]);
    expect(errorsOf(after)).toEqual([]);
    expect(analyze(after, specs).graph.nodes.find((node) => node.id === "visits/keep")?.params).toEqual({ when: "n > 3" });
  });

  test("cannot be made where rows would leave it and come in again, of nothing, or of ports", () => {
    const document = drawing();
    expect(canBeFragment(document, ["keep", "mark"])).toBe(true);
    expect(canBeFragment(document, ["logs", "mark"])).toBe(false);
    expect(canBeFragment(document, [])).toBe(false);
    expect(canBeFragment(made().fragment, ["in", "keep"])).toBe(false);
  });

  test("may be of a source, or of all there is", () => {
    const { fragment, after } = made(drawing(), Object.keys(drawing().nodes));
    expect(Object.values(fragment.nodes).map(({ type }) => type)).not.toContain("fragment-input");
    expect(fragment.schemas).toEqual(drawing().schemas);
    expect(after.edges).toEqual([]);
    expect(made(drawing(), ["logs"]).fragment.nodes).toHaveProperty("out");
  });
});

test("nodes that use another version of a fragment than what runs are changed", () => {
  const live = made().after;
  const draft = { ...live, fragments: { visits: { version: 2, document: { ...made().fragment, name: "Other" } } } };
  expect(difference(draft, live)).toMatchObject({ changed: new Set(["visits"]), settings: [] });
  expect(difference({ ...live, fragments: structuredClone(live.fragments) } as PipelineDocument, live).isEmpty).toBe(true);
});

/** State that was saved while they were inside is found by the ids that they had there. */
const cameOut = ({ keep, mark, ...others }: PipelineDocument["nodes"]) => ({
  ...others,
  keep: { ...keep, formerly: "visits/keep" },
  mark: { ...mark, formerly: "visits/mark" },
});

describe("a fragment that is expanded", () => {
  test("is what it was made of, with what was typed for its parameters", () => {
    const { after } = made();
    expect(expandFragment(after, "visits")).toEqual(["keep", "mark"]);
    const before = drawing();
    expect(after.nodes).toEqual(cameOut(before.nodes));
    expect(new Set(after.edges.map(({ from, to }) => `${from} ${to}`))).toEqual(
      new Set(before.edges.map(({ from, to }) => `${from} ${to}`)),
    );
    expect(after.fragments).toBeUndefined();
    expect(after.tests).toEqual(before.tests);
    expect(after.layout?.nodes?.keep).toMatchObject({ x: 300, y: 40 });
  });

  test("is so in an edit, too", () => {
    openDocument({ id: "p", draft: made().after, live: undefined });
    edit("step.expandFragment", (draft) => void expandFragment(draft, "visits"));
    expect(useDocument.getState().document.nodes).toEqual(cameOut(drawing().nodes));
    undo();
    expect(useDocument.getState().document).toEqual(made().after);
  });

  test("keeps apart what the drawing calls by the same names", () => {
    const { after } = made(drawing(), ["logs", "keep", "mark"]);
    const document = { ...after, schemas: { event: { fields: { other: "INT" } } } };
    document.nodes.keep = { type: "filter", name: "Keep", params: { when: "TRUE" } };
    expect(expandFragment(document, "visits")).toEqual(["logs", "keep_2", "mark"]);
    expect(document.nodes.keep_2?.name).toBe("Keep 2");
    expect(document.nodes.logs?.params.schema).toBe("visits_event");
    expect(document.schemas).toEqual({ event: { fields: { other: "INT" } }, visits_event: drawing().schemas?.event });
  });

  test("is not expanded where the drawing has another version of what it uses", () => {
    const { after } = made();
    const outer = made(after, ["visits"]);
    const pinned = { version: 1, document: outer.fragment };
    const document = {
      ...outer.after,
      fragments: { outer: pinned, visits: { version: 9 } },
      nodes: { o: { type: "fragment:outer", name: "O", params: {} } },
    };
    expect(whyNotExpanded(document, "o")?.en).toBe(
      'The fragment uses version 1 of "visits", this document another one. Update one of them first.',
    );
    expect(whyNotExpanded({ ...document, fragments: { outer: pinned } }, "o")).toBeUndefined();
  });
});
