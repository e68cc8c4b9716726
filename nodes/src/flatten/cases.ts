import type { NodeCase } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [];
