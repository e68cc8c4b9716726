import { defineNode } from "@millrace/engine/node";
import { cases } from "./cases.ts";
import { createLookup } from "./lookup.ts";
import { spec } from "./spec.ts";

export const node = defineNode({ spec, createLookup, cases });
