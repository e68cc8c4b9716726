/** What the server proposes as a source's schema, as the inspector tells it. */
import type { Words } from "@millrace/engine/node";
import type { ProposedField, SchemaProposal } from "@millrace/server/api";

/**
 * - "proposed": there are fields to take over. `silent`: why the source could not be read; then the fields come from what its run keeps.
 * - "none": there is no record yet.
 * - "no-fields": there are records, and none of them has a field; one of those that could not be read.
 * - "failed": the source or the server did not answer, in the server's words.
 */
export type ProposalAnswer =
  | { readonly kind: "proposed"; readonly proposal: SchemaProposal; readonly silent?: Words | undefined }
  | { readonly kind: "none" }
  | { readonly kind: "no-fields"; readonly records: number; readonly example: string | undefined }
  | { readonly kind: "failed"; readonly words: Words };

export function answerOf(proposal: SchemaProposal): ProposalAnswer {
  const { fields, records, silent, unreadExample } = proposal;
  if (fields.length > 0) return { kind: "proposed", proposal, silent };
  if (silent) return { kind: "failed", words: silent };
  return records === 0 ? { kind: "none" } : { kind: "no-fields", records, example: unreadExample };
}

export interface ProposalRow {
  /** All names down to the field: unlike any other row's. */
  readonly key: string;
  readonly depth: number;
  /** "element" of an array, "value" of a map, else the field that is called `name`. */
  readonly part: "field" | "element" | "value";
  readonly name: string;
  /** The fields that it stands in: "page.", or nothing. */
  readonly above: string;
  /** Without the fields within it, which have rows of their own. */
  readonly type: string;
  readonly present: number;
  readonly of: number;
  readonly certainty: ProposedField["certainty"];
  /** Types that do not go together, with how often each came and an example. */
  readonly conflicts: readonly Words[];
  /** What else to know; that values are few is told by the share and the certainty. */
  readonly notes: readonly Words[];
}

const PARTS: Readonly<Record<string, ProposalRow["part"]>> = { "[]": "element", "{}": "value" };

/** `fields` as the server lists them: each before those within it. */
export function proposalRows(fields: readonly ProposedField[]): ProposalRow[] {
  return fields.map(({ path, type, present, of, certainty, notes }, index) => {
    const name = path.at(-1) ?? "";
    const above = path.slice(0, -1);
    const hasInner = (fields[index + 1]?.path.length ?? 0) > path.length;
    return {
      key: JSON.stringify(path),
      depth: above.length,
      part: Object.hasOwn(PARTS, name) ? (PARTS[name] as ProposalRow["part"]) : "field",
      name,
      above: above.map((outer) => `${outer}.`).join(""),
      type: hasInner ? type.replace(/<.*>/s, "") : type,
      present,
      of,
      certainty,
      conflicts: notes.filter(({ code }) => code === "mixed").map(({ words }) => words),
      notes: notes.filter(({ code }) => code !== "mixed" && code !== "few").map(({ words }) => words),
    };
  });
}
