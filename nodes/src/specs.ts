/** Every node type as data, in the palette's order: no operators, no drivers. `registry.ts` lists the same ones to run. */
import type { NodeSpec, Params } from "@millrace/engine/node";
import { spec as decodeChanges } from "./decode-changes/spec.ts";
import { spec as dimensionSink } from "./dimension-sink/spec.ts";
import { spec as discard } from "./discard/spec.ts";
import { spec as distinct } from "./distinct/spec.ts";
import { spec as dynamicSplit } from "./dynamic-split/spec.ts";
import { spec as eventTime } from "./event-time/spec.ts";
import { spec as fileSink } from "./file-sink/spec.ts";
import { spec as fileSource } from "./file-source/spec.ts";
import { spec as filter } from "./filter/spec.ts";
import { spec as flatten } from "./flatten/spec.ts";
import { spec as fragmentInput } from "./fragment-input/spec.ts";
import { spec as fragmentOutput } from "./fragment-output/spec.ts";
import { spec as fragmentPort } from "./fragment-port/spec.ts";
import { spec as generator } from "./generator/spec.ts";
import { spec as httpLookup } from "./http-lookup/spec.ts";
import { spec as httpPush } from "./http-push/spec.ts";
import { spec as intervalJoin } from "./interval-join/spec.ts";
import { spec as lookup } from "./lookup/spec.ts";
import { spec as markFirstSeen } from "./mark-first-seen/spec.ts";
import { spec as parse } from "./parse/spec.ts";
import { spec as pattern } from "./pattern/spec.ts";
import { spec as records } from "./records/spec.ts";
import { spec as select } from "./select/spec.ts";
import { spec as sortByTime } from "./sort-by-time/spec.ts";
import { spec as split } from "./split/spec.ts";
import { spec as tableSink } from "./table-sink/spec.ts";
import { spec as temporalJoin } from "./temporal-join/spec.ts";
import { spec as tokenize } from "./tokenize/spec.ts";
import { spec as topN } from "./top-n/spec.ts";
import { spec as topicSink } from "./topic-sink/spec.ts";
import { spec as topicSource } from "./topic-source/spec.ts";
import { spec as union } from "./union/spec.ts";
import { spec as window } from "./window/spec.ts";

export { type ConnectionKind, type ConnectionSetting, connectionKinds } from "./connections/kinds.ts";

export const specs: readonly NodeSpec[] = [
  topicSource,
  httpPush,
  fileSource,
  generator,
  records,
  filter,
  select,
  flatten,
  parse,
  decodeChanges,
  tokenize,
  eventTime,
  markFirstSeen,
  distinct,
  sortByTime,
  topN,
  split,
  dynamicSplit,
  union,
  window,
  intervalJoin,
  temporalJoin,
  pattern,
  lookup,
  httpLookup,
  topicSink,
  dimensionSink,
  tableSink,
  fileSink,
  discard,
  fragmentInput,
  fragmentOutput,
  fragmentPort,
].map(
  // Each knows its own params; whoever takes them from a list hands over params that its schema has passed.
  (spec) => spec as unknown as NodeSpec<Params>,
);
