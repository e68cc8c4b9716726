import { defineNode } from "@millrace/engine/node";
import { cases } from "./cases.ts";
import { createOperator } from "./operator.ts";
import { spec } from "./spec.ts";

export const node = defineNode({ spec, createOperator, cases });
