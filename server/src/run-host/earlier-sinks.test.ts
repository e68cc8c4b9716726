import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineNode, defineSpec, type NodeType, type Prepared } from "@millrace/engine/node";
import { analyze, type PipelineDocument, type TypedGraph } from "@millrace/engine/pipeline";
import { nodeTypes } from "@millrace/nodes/registry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ConnectionConfig } from "../runs/run-host.ts";
import type { CheckpointRecord } from "./checkpoint-record.ts";
import { openEarlierSinks } from "./earlier-sinks.ts";
import type { RunStart } from "./protocol.ts";

const WORDS = { en: "x", zh: "x" };
let folder: string;
/** What sinks and committers were told, in order. */
let told: string[];
let refusal: Error | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-earlier-"));
  told = [];
  refusal = undefined;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A sink that commits after the checkpoint, as one on Kafka does. */
const outside: NodeType = defineNode({
  spec: defineSpec({
    type: "outside",
    title: WORDS,
    summary: WORDS,
    category: "sink",
    inputs: { in: WORDS },
    outputs: {},
    params: z.strictObject({ place: z.string(), connection: z.string().optional() }),
    connection: "files",
    inferSchema: () => ({}),
  }),
  cases: [],
  createSink: ({ place }, { subtask }) => ({
    open: async () => {
      told.push(`open ${place} ${subtask}`);
      if (refusal) throw refusal;
    },
    write: () => undefined,
    isFull: false,
    prepare: async () => ({}),
    abort: async () => undefined,
    close: async () => void told.push(`close ${place} ${subtask}`),
  }),
  createCommitter: ({ place }) => ({
    phase: "after",
    commit: async (prepared: readonly Prepared[]) => {
      told.push(`commit ${place} ${prepared.map(({ id }) => id).join("+")}`);
      if (refusal) throw refusal;
    },
    close: async () => void told.push(`close committer of ${place}`),
  }),
});
const types = new Map([...nodeTypes, ["outside", outside] as const]);

function graphOf(sinks: Readonly<Record<string, { readonly place: string; readonly connection?: string }>>): TypedGraph {
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "x",
    connections: { there: { role: "files" } },
    schemas: { visit: { fields: { user: "STRING" } } },
    nodes: {
      visits: { type: "topic-source", name: "Visits", params: { topic: "visits", schema: "visit" } },
      ...Object.fromEntries(Object.entries(sinks).map(([id, params]) => [id, { type: "outside", name: id, params }])),
    },
    edges: Object.keys(sinks).map((id) => ({ from: "visits.out", to: `${id}.in` })),
  };
  const { graph, problems } = analyze(document, new Map([...types].map(([type, { spec }]) => [type, spec])));
  if (!graph) throw new Error(JSON.stringify(problems));
  return graph;
}

const SAVED = {
  states: [{}, {}],
  prepared: { kept: [{ id: "k0" }, { id: "k1" }], gone: [{ id: "g0" }, { id: "g1" }] },
} as unknown as CheckpointRecord;

const lines: string[] = [];

async function settle(before: TypedGraph, now: TypedGraph, moved: Readonly<Record<string, ConnectionConfig>> = {}): Promise<string[]> {
  const sinks = await openEarlierSinks({
    start: { dataFolder: folder, pipelineId: "p", runId: "r" } as RunStart,
    claim: { number: 2, former: [{ number: 1, subtasks: 2 }] },
    nodeTypes: types,
    now: { graph: now, connections: moved },
    earlier: { graph: before, connections: {} },
    refused: async () => undefined,
    log: (line) => lines.push(line),
  });
  try {
    await sinks.settle(SAVED);
    return [...sinks.committers.keys()];
  } finally {
    await sinks.close();
  }
}

describe("the sinks of the version before", () => {
  const BEFORE = { kept: { place: "a" }, gone: { place: "b" } };

  it("commit what they prepared, and give up what they had begun, where they are gone", async () => {
    expect(await settle(graphOf(BEFORE), graphOf({ kept: { place: "a" } }))).toEqual(["gone"]);
    expect(told).toEqual(["commit b g0+g1", "open b 0", "close b 0", "open b 1", "close b 1", "close committer of b"]);
  });

  it("do so where they write elsewhere now", async () => {
    expect(await settle(graphOf(BEFORE), graphOf({ ...BEFORE, kept: { place: "other" } }))).toEqual(["kept"]);
    expect(told[0]).toBe("commit a k0+k1");
  });

  it("do so where their connection means another system now", async () => {
    const graph = graphOf({ gone: { place: "b", connection: "there" } });
    expect(await settle(graph, graph, { there: { kind: "built-in", role: "files", settings: { root: folder } } })).toEqual(["gone"]);
  });

  it("are left alone where they are the same", async () => {
    expect(await settle(graphOf(BEFORE), graphOf(BEFORE))).toEqual([]);
    expect(told).toEqual([]);
  });

  it("keep the run from going on while what they prepared cannot be committed", async () => {
    refusal = new Error("the broker is away");
    await expect(settle(graphOf(BEFORE), graphOf({ kept: { place: "a" } }))).rejects.toThrow('node "gone": the broker is away');
    expect(told).toEqual(["commit b g0+g1", "close committer of b"]);
  });
});
