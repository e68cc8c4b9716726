/** One word on how a node is, out of draft, problems and run. */
import { useCallback, useSyncExternalStore } from "react";
import { say } from "../i18n/i18n.ts";
import { useAnalysis } from "../store/analysis.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { nodeLive, onNodeLive, onRun, runStatus } from "../store/live.ts";

export type NodeStatus = "disabled" | "error" | "failed" | "new" | "draft" | "stopped" | "finished" | "starting" | "running" | "waiting";

export function nodeStatus(nodeId: string): NodeStatus {
  const { document, live } = useDocument.getState();
  if (document.nodes[nodeId]?.disabled) return "disabled";
  if (
    useAnalysis
      .getState()
      .problemsByNode.get(nodeId)
      ?.some(({ severity }) => severity === "error")
  )
    return "error";
  if (!live) return "draft";
  const run = runStatus();
  if (run?.failure?.nodeId === nodeId && run.state !== "running") return "failed";
  if (useDifference.getState().added.has(nodeId)) return "new";
  if (!run || run.state === "stopped" || run.state === "stopping") return "stopped";
  if (run.state === "failed") return "stopped";
  if (run.state === "finished") return "finished";
  if (run.state !== "running") return "starting";
  return isMoving(nodeId) ? "running" : "waiting";
}

/** Draws anew only when the word changes, not with every frame. */
export function useNodeStatus(nodeId: string): NodeStatus {
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [
        onNodeLive(nodeId, listener),
        onRun(listener),
        useDocument.subscribe(listener),
        useAnalysis.subscribe(listener),
        useDifference.subscribe(listener),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [nodeId],
  );
  return useSyncExternalStore(subscribe, () => nodeStatus(nodeId));
}

/** Why the run failed last, when it was this node that failed; in the language that is on. */
export function useFailureText(nodeId: string): string | undefined {
  return useSyncExternalStore(onRun, () => {
    const failure = runStatus()?.failure;
    return failure?.nodeId === nodeId ? say(failure.message) : undefined;
  });
}

function isMoving(nodeId: string): boolean {
  const live = nodeLive(nodeId);
  if (!live) return false;
  return [...Object.values(live.in), ...Object.values(live.out)].some(({ rate }) => rate > 0);
}
