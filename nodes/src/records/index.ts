import { defineNode } from "@millrace/engine/node";
import { cases } from "./cases.ts";
import { createSource } from "./source.ts";
import { spec } from "./spec.ts";

export const node = defineNode({ spec, createSource, cases });
