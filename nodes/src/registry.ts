/** Every node type, to run. `specs.ts` lists the same ones as data. */
import type { NodeType } from "@millrace/engine/node";
import { node as decodeChanges } from "./decode-changes/index.ts";
import { node as dimensionSink } from "./dimension-sink/index.ts";
import { node as discard } from "./discard/index.ts";
import { node as distinct } from "./distinct/index.ts";
import { node as dynamicSplit } from "./dynamic-split/index.ts";
import { node as eventTime } from "./event-time/index.ts";
import { node as fileSink } from "./file-sink/index.ts";
import { node as fileSource } from "./file-source/index.ts";
import { node as filter } from "./filter/index.ts";
import { node as flatten } from "./flatten/index.ts";
import { node as fragmentInput } from "./fragment-input/index.ts";
import { node as fragmentOutput } from "./fragment-output/index.ts";
import { node as fragmentPort } from "./fragment-port/index.ts";
import { node as generator } from "./generator/index.ts";
import { node as httpLookup } from "./http-lookup/index.ts";
import { node as httpPush } from "./http-push/index.ts";
import { node as intervalJoin } from "./interval-join/index.ts";
import { node as lookup } from "./lookup/index.ts";
import { node as markFirstSeen } from "./mark-first-seen/index.ts";
import { node as parse } from "./parse/index.ts";
import { node as pattern } from "./pattern/index.ts";
import { node as records } from "./records/index.ts";
import { node as select } from "./select/index.ts";
import { node as sortByTime } from "./sort-by-time/index.ts";
import { node as split } from "./split/index.ts";
import { node as tableSink } from "./table-sink/index.ts";
import { node as temporalJoin } from "./temporal-join/index.ts";
import { node as tokenize } from "./tokenize/index.ts";
import { node as topN } from "./top-n/index.ts";
import { node as topicSink } from "./topic-sink/index.ts";
import { node as topicSource } from "./topic-source/index.ts";
import { node as union } from "./union/index.ts";
import { node as window } from "./window/index.ts";

const ALL: readonly NodeType[] = [
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
];

/** By the name under which documents know them. */
export const nodeTypes: ReadonlyMap<string, NodeType> = new Map(ALL.map((node) => [node.spec.type, node]));
