/**
 * State files of format 1, as JSON lines: what is in them as the entries of today. A file was a chain of segments, each a header line with its length and SHA-256, then one line
 * per key or node; a later line of a key took the place of an earlier one.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KeyedBackend, type SnapshotEntry, type StateSchema } from "@millrace/engine/run";
import type { DataType, Value, Values } from "@millrace/engine/schema";

export interface OldPointer {
  readonly file: string;
  readonly bytes: number;
  readonly segments: number;
}

export type OldJson = null | boolean | number | string | readonly OldJson[] | { readonly [name: string]: OldJson };

interface OldKey {
  readonly key: readonly OldJson[];
  /** Missing with the timers: the key was gone. */
  readonly states?: Readonly<Record<string, OldJson>>;
  readonly eventTimers?: readonly number[];
  readonly processingTimers?: readonly number[];
}

type Watermarks = Extract<SnapshotEntry, { own: unknown }>;
type OldEntry = { readonly node: string; readonly key: OldKey } | Watermarks;

/** Everything that the checkpoint held. Throws with the place when the file is not what was written. */
export function readOldState(folder: string, pointer: OldPointer, schemas: Readonly<Record<string, StateSchema>>): SnapshotEntry[] {
  const keys = new Map<string, Map<string, OldKey>>();
  const watermarks = new Map<string, Watermarks>();
  for (const entry of linesOf(folder, pointer)) {
    if (!("key" in entry)) watermarks.set(entry.node, entry);
    else keys.set(entry.node, (keys.get(entry.node) ?? new Map()).set(JSON.stringify(entry.key.key), entry.key));
  }
  const stateful = [...keys].flatMap(([node, ofNode]) =>
    snapshotOf(ofNode.values(), schemas[node]).map((key): SnapshotEntry => ({ node, key })),
  );
  return [...stateful, ...watermarks.values()];
}

/** Built up through the same doors as an operator uses, so that its form is today's. A time to live begins anew. */
function snapshotOf(keys: Iterable<OldKey>, schema: StateSchema | undefined) {
  if (!schema) return [];
  const backend = new KeyedBackend(schema.keys, Date.now);
  const setters = new Map(Object.entries(schema.states).map(([name, state]) => [name, setterOf(backend, name, state)]));
  for (const { key, states = {}, eventTimers = [], processingTimers = [] } of keys) {
    backend.select(key.map((json, i) => fromOldJson(json, schema.keys[i] ?? { type: "STRING" })));
    for (const [name, json] of Object.entries(states)) setters.get(name)?.(json);
    for (const time of eventTimers) backend.atEventTime(time);
    for (const time of processingTimers) backend.atProcessingTime(time);
  }
  return [...backend.snapshot(true)];
}

function setterOf(backend: KeyedBackend, name: string, { kind, types }: StateSchema["states"][string]): (json: OldJson) => void {
  const [first, second] = types as [DataType, DataType];
  switch (kind) {
    case "value": {
      const state = backend.value(name, first);
      return (json) => state.set(heldValue(json, first));
    }
    case "list": {
      const state = backend.list(name, first);
      return (json) => state.set((json as OldJson[]).map((item) => heldValue(item, first)));
    }
    case "map": {
      const state = backend.map(name, { key: first, value: second });
      return (json) => {
        for (const [key, item] of json as [OldJson, OldJson][]) state.set(fromOldJson(key, first), heldValue(item, second));
      };
    }
  }
}

/** With a time to live `[value, time of last access]`; which it is, nothing else says. No state of format 1 was an array. */
function heldValue(json: OldJson, dataType: DataType): Value {
  const isTimed = Array.isArray(json) && json.length === 2 && !["ARRAY", "MAP", "VARIANT"].includes(dataType.type);
  return fromOldJson(isTimed ? (json[0] as OldJson) : json, dataType);
}

function fromOldJson(json: OldJson, dataType: DataType): Value {
  if (json === null) return null;
  switch (dataType.type) {
    case "ARRAY":
      return (json as OldJson[]).map((element) => fromOldJson(element, dataType.element));
    case "MAP":
      return new Map(
        (json as [OldJson, OldJson][]).map(([key, item]) => [fromOldJson(key, dataType.key), fromOldJson(item, dataType.value)]),
      );
    case "ROW": {
      const row = json as { readonly [name: string]: OldJson };
      return Object.fromEntries(
        dataType.fields.map((field) => [field.name, fromOldJson(row[field.name] ?? null, field.dataType)]),
      ) as Values;
    }
    default:
      return scalar(json);
  }
}

/** `{"$": kind, "v": text}` stood for what JSON has no word for. */
function scalar(json: OldJson): Value {
  if (Array.isArray(json)) return json.map(scalar);
  if (typeof json !== "object" || json === null) return json as Value;
  const { $: kind, v: content } = json as { readonly $?: OldJson; readonly v?: OldJson };
  switch (kind) {
    case "n":
      return BigInt(content as string);
    case "f":
      return Number(content);
    case "b":
      return new Uint8Array(Buffer.from(content as string, "base64"));
    case "o":
      return Object.fromEntries((content as [string, OldJson][]).map(([name, item]) => [name, scalar(item)])) as Values;
    default:
      throw new Error(`not a state value: ${JSON.stringify(json).slice(0, 100)}`);
  }
}

function* linesOf(folder: string, { file, bytes, segments }: OldPointer): Iterable<OldEntry> {
  const place = join(folder, file);
  if (segments === 0) return;
  const content = readFileSync(place);
  if (content.length < bytes) throw new Error(`${place} is torn: it has ${content.length} bytes, the checkpoint needs ${bytes}`);
  let at = 0;
  for (let segment = 1; segment <= segments; segment++) {
    const end = content.indexOf(0x0a, at);
    const header = headerOf(content.subarray(at, end === -1 ? at : end).toString());
    if (end === -1 || end >= bytes || !header) throw new Error(`${place} is damaged: segment ${segment} has no header at byte ${at}`);
    const body = content.subarray(end + 1, end + 1 + header.bytes);
    if (createHash("sha256").update(body).digest("hex") !== header.sha256)
      throw new Error(`${place} is damaged: segment ${segment} does not have the checksum that was written with it`);
    for (const line of body.toString("utf8").split("\n")) if (line !== "") yield JSON.parse(line) as OldEntry;
    at = end + 1 + header.bytes;
  }
}

function headerOf(text: string): { readonly bytes: number; readonly sha256: string } | undefined {
  try {
    const header = JSON.parse(text) as { bytes?: unknown; sha256?: unknown };
    if (Number.isSafeInteger(header.bytes) && typeof header.sha256 === "string") return header as { bytes: number; sha256: string };
  } catch {
    // Said by the caller, with the place.
  }
  return undefined;
}
