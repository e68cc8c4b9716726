import type { NodeCase } from "@millrace/engine/node";
import { boundaryCases } from "./boundary-cases.ts";
import { gmallCases } from "./gmall-cases.ts";
import { refusedCases } from "./refused-cases.ts";
import { shapeCases } from "./shape-cases.ts";

export const cases: readonly NodeCase[] = [...gmallCases, ...shapeCases, ...boundaryCases, ...refusedCases];
