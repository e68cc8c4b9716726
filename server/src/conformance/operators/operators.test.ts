import { describe, expect, it } from "vitest";
import { nodeTypes } from "../../documents.ts";
import { operatorScripts } from "../windows.ts";
import { differenceIn } from "./compare.ts";
import { playOnNode } from "./play-on-node.ts";
import type { OperatorScript } from "./script.ts";

const script = (parts: Partial<OperatorScript>): OperatorScript => ({
  id: "a",
  operator: { kind: "none", params: {} },
  steps: [],
  expect: [],
  ordered: true,
  ...parts,
});

describe("a script", () => {
  it("of a kind without a player is unsupported, with the reason", () => {
    expect([...operatorScripts({ cases: [script({})] }).unsupported]).toEqual([["there is no node type for none", 1]]);
  });

  it("fails with the step that differs", () => {
    const valve = script({
      operator: { kind: "watermarkValve", params: { channels: 1 } },
      steps: [{ watermark: 5, channel: 0 }],
      expect: [{ after: 0, watermark: 6 }],
    });
    expect(operatorScripts({ cases: [valve] }).failures).toEqual(['a: step 0: expected {"watermark":6}, got {"watermark":5}']);
  });

  it("whose rows come in no order has them before the step's watermark", () => {
    const rows = [{ row: [1] }, { row: [2] }, { watermark: 9 }];
    const unordered = script({ ordered: false, expect: rows.toReversed().map((one) => ({ after: 0, ...one })) });
    expect(differenceIn(unordered, [rows])).toBeUndefined();
    expect(differenceIn({ ...unordered, ordered: true }, [rows])).toMatch(/^step 0: /);
  });

  it("is played on a node: rows, watermarks, idleness, a restart, and rows that cannot be processed", () => {
    const steps: OperatorScript["steps"] = [
      { row: ["ann", 1], ts: 10 },
      { watermark: 9 },
      { snapshotRestore: true },
      { row: ["ann", 1], ts: 11 },
      { row: ["ann", 2], ts: "12" },
      { status: "IDLE" },
      { watermark: "MAX" },
      { row: [null, 1], ts: 13 },
    ];
    const seen = playOnNode(script({ steps }), {
      node: nodeTypes.get("mark-first-seen") as never,
      params: { key: ["user"], value: "day", compare: "different", output: { do: "drop" } },
      inputs: [{ port: "in", columns: { user: "STRING", day: "INT" } }],
      seen: ({ row, time }) => ({ row: [row.user, row.day], ts: time }),
    });
    expect(seen).toEqual([
      [{ row: ["ann", 1], ts: 10 }],
      [{ watermark: 9 }],
      [],
      [],
      [{ row: ["ann", 2], ts: 12 }],
      [{ status: "IDLE" }],
      [{ status: "ACTIVE" }, { watermark: "MAX" }],
      [{ error: 'The key "user" is NULL for this row; expected a value.' }],
    ]);
  });
});
