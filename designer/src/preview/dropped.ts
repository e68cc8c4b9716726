/** Rows that end at a node on purpose: the server keeps samples of them under a port's name that no edge can begin at. */
import type { Words } from "@millrace/engine/node";
import { parsePortRef } from "@millrace/engine/pipeline";
import { specOf } from "../inspector/spec-of.ts";

const DROPPED = "dropped";

export function droppedPort(nodeId: string): string {
  return `${nodeId}.${DROPPED}`;
}

/** Whether "node.port" means the rows that ended at the node: it does where the type can drop rows. */
export function isDroppedPort(port: string, type: string | undefined): boolean {
  return parsePortRef(port).port === DROPPED && type !== undefined && specOf(type)?.dropReasons !== undefined;
}

/** A reason in words; the key itself where the node's type does not list it. */
export function dropReason(type: string | undefined, reason: string): Words {
  const reasons = type === undefined ? undefined : specOf(type)?.dropReasons;
  return reasons && Object.hasOwn(reasons, reason) ? (reasons[reason] as Words) : { en: reason, zh: reason };
}
