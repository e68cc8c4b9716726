import type { ProposedField, SchemaProposal } from "@millrace/server/api";
import { expect, test } from "vitest";
import { answerOf, proposalRows } from "./schema-proposal.ts";

const field = (path: string[], type: string, more: Partial<ProposedField> = {}): ProposedField => ({
  path,
  type,
  of: 10,
  present: 10,
  nulls: 0,
  missing: 0,
  certainty: "sure",
  examples: [],
  notes: [],
  ...more,
});
const proposal = (more: Partial<SchemaProposal>): SchemaProposal => ({ records: 0, unread: 0, text: "", fields: [], ...more });
const silent = { en: "It did not answer.", zh: "没有响应。" };
const said = (code: string) => ({ code, words: { en: code, zh: code } });

test("no records, records without fields and a source that cannot be read are told apart", () => {
  expect(answerOf(proposal({}))).toEqual({ kind: "none" });
  expect(answerOf(proposal({ records: 3, unread: 2, unreadExample: "plain" }))).toEqual({
    kind: "no-fields",
    records: 3,
    example: "plain",
  });
  expect(answerOf(proposal({ silent }))).toEqual({ kind: "failed", words: silent });
});

test("fields that the run kept are proposed although the source cannot be read, with the reason", () => {
  const kept = proposal({ records: 1, text: "id BIGINT", fields: [field(["id"], "BIGINT")], silent });
  expect(answerOf(kept)).toEqual({ kind: "proposed", proposal: kept, silent });
});

test("a field within others is deeper, and those around it do not repeat its type", () => {
  const rows = proposalRows([
    field(["page"], "ROW<id STRING, tags ARRAY<INT>>"),
    field(["page", "id"], "STRING"),
    field(["page", "tags"], "ARRAY<INT>"),
    field(["page", "tags", "[]"], "INT"),
    field(["prices"], "MAP<STRING, DECIMAL(10, 2)>"),
    field(["prices", "{}"], "DECIMAL(10, 2)"),
    field(["nothing"], "ARRAY<STRING>"),
  ]);
  expect(rows.map(({ depth, above, part, name, type }) => [depth, above, part, name, type])).toEqual([
    [0, "", "field", "page", "ROW"],
    [1, "page.", "field", "id", "STRING"],
    [1, "page.", "field", "tags", "ARRAY"],
    [2, "page.tags.", "element", "[]", "INT"],
    [0, "", "field", "prices", "MAP"],
    [1, "prices.", "value", "{}", "DECIMAL(10, 2)"],
    [0, "", "field", "nothing", "ARRAY<STRING>"],
  ]);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test("conflicts stand apart from what else is said, and few values are not said twice", () => {
  const [row] = proposalRows([field(["x"], "STRING", { notes: [said("few"), said("mixed"), said("number-text")] })]);
  expect(row?.conflicts.map(({ en }) => en)).toEqual(["mixed"]);
  expect(row?.notes.map(({ en }) => en)).toEqual(["number-text"]);
});
