import { defineNode } from "@millrace/engine/node";
import { cases } from "./cases.ts";
import { createCommitter, createSink } from "./sink.ts";
import { spec } from "./spec.ts";

export const node = defineNode({ spec, createSink, createCommitter, cases });
