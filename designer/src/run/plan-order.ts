/** The nodes of a restore plan in the order in which they want to be read: what stops a start first, what stays as it is last. */
import type { RestorePlanView } from "@millrace/server/api";

export type NodePlan = RestorePlanView["nodes"][number];

const ORDER: readonly NodePlan["state"][] = ["refused", "dropped", "mapped", "new", "kept"];

export function planOrder(nodes: readonly NodePlan[]): NodePlan[] {
  return [...nodes].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || (one.nodeId < other.nodeId ? -1 : 1));
}

export function isRefused({ nodes }: Pick<RestorePlanView, "nodes">): boolean {
  return nodes.some(({ state }) => state === "refused");
}
