/**
 * The draft that is open and its history. Nothing else may change the document: `edit` takes a mutative recipe, keeps the patches
 * under a name that people read ("Undo move"), and remembers the selection around it. Steps of one gesture (typing in a field,
 * dragging) share a `gesture` key and are one step; `endGesture` closes it.
 */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { Pipeline } from "@millrace/server/api";
import { apply, create as mutate, type Patches } from "mutative";
import { create } from "zustand";
import { i18next } from "../i18n/i18n.ts";
import type { Inside } from "./inside.ts";
import { notify } from "./notices.ts";
import { NOTHING, type Selection, select, useSelection } from "./selection.ts";
import type { StepName } from "./step-name.ts";

export interface Step {
  readonly name: StepName;
  readonly gesture: string | undefined;
  readonly forward: Patches;
  readonly backward: Patches;
  readonly selectionBefore: Selection;
  readonly selectionAfter: Selection;
}

/** The document as a recipe may write to it. */
export type DocumentDraft = PipelineDocument;

export interface DocumentState {
  /** Undefined while no pipeline is open; then `document` is an empty one. */
  readonly pipelineId: string | undefined;
  readonly document: PipelineDocument;
  /** The version that was deployed last. */
  readonly live: Pipeline["live"];
  /** Where what is seen is inside of a use of a fragment that runs: `document` is what runs there, and cannot be changed. */
  readonly inside: Inside | undefined;
  /** What is undone next stands last. */
  readonly past: readonly Step[];
  /** What is redone next stands last. */
  readonly future: readonly Step[];
}

export const EMPTY: PipelineDocument = { formatVersion: 1, name: "untitled", nodes: {}, edges: [] };

/** Older steps are let go. */
const MAX_STEPS = 500;

export const useDocument = create<DocumentState>()(() => ({
  pipelineId: undefined,
  document: EMPTY,
  live: undefined,
  inside: undefined,
  past: [],
  future: [],
}));

/** Shows another pipeline (or none), with an empty history; or, with the id of the pipeline that runs, what is `inside` of it. */
export function openDocument(pipeline: Pick<Pipeline, "id" | "draft" | "live"> | undefined, inside?: Inside): void {
  select(NOTHING);
  useDocument.setState(
    { pipelineId: pipeline?.id, document: pipeline?.draft ?? EMPTY, live: pipeline?.live, inside, past: [], future: [] },
    true,
  );
}

/** The deployed version has changed; the draft and its history stay. */
export function setLive(live: Pipeline["live"]): void {
  useDocument.setState({ live });
}

export interface EditOptions {
  /** Steps that follow each other with the same key are one step for undo. */
  readonly gesture?: string;
  /** What is selected afterwards; default: as before, less what is gone. */
  readonly select?: Partial<Selection>;
}

/** Changes the document. A recipe that changes nothing leaves no step. Returns whether anything changed. */
export function edit(name: StepName, recipe: (draft: DocumentDraft) => void, options: EditOptions = {}): boolean {
  const { document, past, inside } = useDocument.getState();
  if (inside) {
    if (name === "step.layout") useDocument.setState({ document: mutated(document, recipe).next });
    else notify("info", i18next.t("readOnly", { ns: "fragments" }));
    return false;
  }
  const { next, forward, backward } = mutated(document, recipe);
  if (forward.length === 0) {
    if (options.select) select(options.select);
    return false;
  }
  const selectionBefore = useSelection.getState();
  const selectionAfter = options.select ? { ...NOTHING, ...options.select } : present(selectionBefore, next);
  const last = past.at(-1);
  const step: Step = { name, gesture: options.gesture, forward, backward, selectionBefore, selectionAfter };
  const merged =
    last && options.gesture !== undefined && last.gesture === options.gesture
      ? {
          ...step,
          forward: [...last.forward, ...forward],
          backward: [...backward, ...last.backward],
          selectionBefore: last.selectionBefore,
        }
      : undefined;
  const steps = merged ? [...past.slice(0, -1), merged] : [...past.slice(-(MAX_STEPS - 1)), step];
  useDocument.setState({ document: next, past: steps, future: [] });
  select(selectionAfter);
  return true;
}

/** What follows is a new step, even with the same gesture key: a field lost the focus, the pointer was let go. */
export function endGesture(): void {
  const { past } = useDocument.getState();
  const last = past.at(-1);
  if (last?.gesture === undefined) return;
  useDocument.setState({ past: [...past.slice(0, -1), { ...last, gesture: undefined }] });
}

export function undo(): void {
  const { document, past, future } = useDocument.getState();
  const step = past.at(-1);
  if (!step) return;
  useDocument.setState({
    document: apply(document as object, step.backward) as PipelineDocument,
    past: past.slice(0, -1),
    future: [...future, step],
  });
  select(step.selectionBefore);
}

export function redo(): void {
  const { document, past, future } = useDocument.getState();
  const step = future.at(-1);
  if (!step) return;
  useDocument.setState({
    document: apply(document as object, step.forward) as PipelineDocument,
    past: [...past, { ...step, gesture: undefined }],
    future: future.slice(0, -1),
  });
  select(step.selectionAfter);
}

function mutated(document: PipelineDocument, recipe: (draft: DocumentDraft) => void) {
  // As a plain object: mutative's draft type does not come to an end on the recursive JSON of params.
  const [next, forward, backward] = mutate(document as object, (draft) => recipe(draft as PipelineDocument), { enablePatches: true });
  return { next: next as PipelineDocument, forward, backward };
}

/** The selection without what the document no longer has. */
function present(selection: Selection, document: PipelineDocument): Selection {
  const edges = new Set(document.edges.map(({ from, to }) => `${from}->${to}`));
  return {
    nodes: selection.nodes.filter((id) => Object.hasOwn(document.nodes, id)),
    edges: selection.edges.filter((key) => edges.has(key)),
    notes: selection.notes.filter((id) => Object.hasOwn(document.notes ?? {}, id)),
  };
}
