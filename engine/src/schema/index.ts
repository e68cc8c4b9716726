export * from "./infer.ts";
export * from "./lookup.ts";
export { proposalNoteWords } from "./proposal-words.ts";
export { type FieldProposal, type ProposalNote, proposeFromCells, proposeFromJson, type SchemaProposal } from "./propose.ts";
export * from "./types.ts";
