/** What is known while an edge is being drawn: nodes that do not take it, and why. */

import type { Words } from "@millrace/engine/node";
import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { create } from "zustand";
import { refusals, whyNot } from "../edits/fits.ts";
import { useAnalysis } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import { portNames } from "./card-geometry.ts";

export interface Connecting {
  /** The output port the edge begins at; undefined while none is drawn. */
  readonly from: string | undefined;
  /** By node id; a node that takes the edge is not in here. */
  readonly refused: ReadonlyMap<string, Words>;
}

const IDLE: Connecting = { from: undefined, refused: new Map() };

export const useConnecting = create<Connecting>()(() => IDLE);

export function beginConnecting(from: string): void {
  const { document } = useDocument.getState();
  useConnecting.setState({ from, refused: refusals(document, specs, from, (id) => inputsOf(document, id), changelogOf(from)) });
}

export function endConnecting(): void {
  useConnecting.setState(IDLE);
}

export function changelogOf(from: string) {
  const { node, port } = parsePortRef(from);
  return useAnalysis.getState().nodesById.get(node)?.outputs[port]?.changelog;
}

export function inputsOf(document: PipelineDocument, id: string): readonly string[] {
  const node = document.nodes[id];
  return node ? portNames(specs.get(node.type), node.params).inputs : [];
}

/** The first input of a node that takes an edge from the port, or why none does. */
export function findInput(from: string, nodeId: string): { readonly to: string } | { readonly reason: Words | undefined } {
  const { document } = useDocument.getState();
  let reason: Words | undefined;
  for (const port of inputsOf(document, nodeId)) {
    const to = `${nodeId}.${port}`;
    const no = whyNot(document, specs, { from, to }, changelogOf(from));
    if (!no) return { to };
    reason ??= no;
  }
  return { reason: reason ?? refusals(document, specs, from, (id) => inputsOf(document, id)).get(nodeId) };
}
