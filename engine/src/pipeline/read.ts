/**
 * The one way in for documents: text or parsed JSON from a file, a request or the editor becomes a `PipelineDocument` of the present format, or
 * problems with place, value and remedy. What it gives is plain JSON without surprises: bounded in size and depth, no member that
 * could reach a prototype. `analyze` then says whether the pipeline makes sense.
 */
import { jsonFault, jsonFaultWords } from "../codec/json-fault.ts";
import { FORMAT_VERSION, type PipelineDocument, pipelineDocument } from "./document.ts";
import { formatProblems, quote } from "./format-problems.ts";
import { findDuplicateKeys } from "./json-text.ts";
import { isMembers, type JsonMembers, migrate, type ParamMigrations } from "./migrate.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

export type ReadResult =
  | { readonly document: PipelineDocument; readonly problems?: undefined }
  | { readonly document?: undefined; readonly problems: readonly Problem[] };

export interface ReadOptions {
  /** For documents of older formats: how params of node types changed. */
  readonly paramMigrations?: ParamMigrations;
}

/** Characters of text; the largest warehouse drawing is far below. */
export const MAX_TEXT = 16_000_000;
/** Members and elements in all. */
export const MAX_VALUES = 1_000_000;
/** Levels of nesting; test records are the deepest thing in a document. */
export const MAX_DEPTH = 100;

/** Text is read as JSON text; anything else is taken for what `JSON.parse` gives. Never throws, whatever it is given. */
export function readDocument(input: unknown, options: ReadOptions = {}): ReadResult {
  if (typeof input !== "string") return readJson(input, options);
  if (input.length > MAX_TEXT) return refuse(problem("document.too-large", { size: input.length, unit: "characters", limit: MAX_TEXT }));
  const text = input.startsWith("\ufeff") ? input.slice(1) : input;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse(notJson(text, error));
  }
  const duplicates = findDuplicateKeys(text);
  if (duplicates.length > 0) return { problems: duplicates };
  return readJson(json, options);
}

function readJson(json: unknown, options: ReadOptions): ReadResult {
  const unfit = notPlain(json);
  if (unfit) return refuse(unfit);
  const version = isMembers(json) ? json["formatVersion"] : undefined;
  if (typeof version === "number" && version > FORMAT_VERSION)
    return refuse(problem("document.newer-format", { version, supported: FORMAT_VERSION }, { path: ["formatVersion"] }));
  if (typeof version !== "number" || !Number.isInteger(version) || version < 0) return check(json);
  const migrated = migrate(json as JsonMembers, version, options.paramMigrations);
  return migrated.problems.length > 0 ? { problems: migrated.problems } : check(migrated.document);
}

function check(json: unknown): ReadResult {
  const result = pipelineDocument.safeParse(json);
  if (!result.success) return { problems: formatProblems(pipelineDocument, json, result.error.issues) };
  const reserved = reservedIds(result.data);
  return reserved.length > 0 ? { problems: reserved } : { document: result.data };
}

function refuse(one: Problem): ReadResult {
  return { problems: [one] };
}

function notJson(text: string, error: unknown): Problem {
  const bytes = new TextEncoder().encode(text);
  const fault = jsonFault(bytes, 0, bytes.length);
  if (!fault) throw error; // the scanner and JSON.parse agree on what is JSON; a test holds them to it
  const before = new TextDecoder().decode(bytes.subarray(0, fault.offset));
  const lastBreak = before.lastIndexOf("\n");
  const line = before.split("\n").length;
  const { en, zh } = jsonFaultWords(fault);
  return problem("document.not-json", { line, column: before.length - lastBreak, en, zh });
}

type Place = { readonly value: unknown; readonly depth: number; readonly step: string | number; readonly above: Place | undefined };

/** The first thing that makes the value unfit as a document, whatever its shape; walks with a list of its own, so depth cannot overflow. */
function notPlain(json: unknown): Problem | undefined {
  const left: Place[] = [{ value: json, depth: 0, step: "", above: undefined }];
  let seen = 0;
  for (let place = left.pop(); place; place = left.pop()) {
    const { value, depth } = place;
    if (++seen > MAX_VALUES) return problem("document.too-large", { size: seen, unit: "values", limit: MAX_VALUES });
    if (value === null || typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)))
      continue;
    if (typeof value !== "object" || !isPlain(value))
      return problem("document.not-plain", { got: describe(value) }, { path: pathOf(place) });
    if (depth >= MAX_DEPTH) return problem("document.too-deep", { limit: MAX_DEPTH }, { path: pathOf(place).slice(0, 5) });
    const above = place;
    if (Array.isArray(value)) for (const [step, inner] of value.entries()) left.push({ value: inner, depth: depth + 1, step, above });
    else
      for (const [step, inner] of Object.entries(value)) {
        if (step === "__proto__") return problem("document.reserved-key", { key: step }, { path: pathOf(place) });
        if (inner !== undefined) left.push({ value: inner, depth: depth + 1, step, above });
      }
  }
  return undefined;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return typeof value === "object" ? "an object of a class" : quote(value) || "undefined";
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Place | undefined = place; at?.above; at = at.above) path.unshift(at.step);
  return path;
}

/** Ids are looked up in plain objects everywhere; one that every object has anyway would be found where it is not. */
function reservedIds(document: PipelineDocument): Problem[] {
  const problems: Problem[] = [];
  for (const member of ["nodes", "schemas", "connections", "parameters", "fragments", "notes", "groups"] as const)
    for (const key of Object.keys(document[member] ?? {}))
      if (key in Object.prototype) problems.push(problem("document.reserved-key", { key }, { path: [member, key] }));
  for (const [id, { document: carried }] of Object.entries(document.fragments ?? {}))
    for (const found of carried ? reservedIds(carried) : [])
      problems.push({ ...found, path: ["fragments", id, "document", ...(found.path ?? [])] });
  return problems;
}
