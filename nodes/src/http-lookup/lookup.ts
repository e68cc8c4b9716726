import { formatValue } from "@millrace/engine/expression";
import {
  type Change,
  changeFields,
  type Emission,
  type HttpClient,
  type HttpResponse,
  type Lookup,
  type LookupContext,
  type Millis,
  type Row,
  RowError,
  toMillis,
} from "@millrace/engine/node";
import type { Schema, Value, Values } from "@millrace/engine/schema";
import { quote, valueAt } from "../field-types.ts";
import { type Answered, type Ask, LookupCache } from "../lookup-cache.ts";
import { foundSchema } from "../lookup-params.ts";
import { pageReader } from "./answer.ts";
import { pacer } from "./pacer.ts";
import type { HttpLookupParams } from "./spec.ts";

/** A longer answer is refused. */
const MOST_BYTES = 8 << 20;
/** Of an answer that was refused, shown to people. */
const SHOWN = 200;
/** Statuses that say "nothing is there". */
const NOTHING = new Set([204, 404, 410]);
/** Statuses that may be otherwise the next time. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

type Found = (found: Value | undefined) => void;
type Fail = (failure: unknown) => void;

export function createLookup(params: HttpLookupParams, context: LookupContext): Lookup {
  const client = context.connection as HttpClient | undefined;
  const { expressions, timeZone, now } = context;
  const pathOf = expressions.value(params.path, "in");
  const bodyOf = params.body === undefined ? undefined : expressions.value(params.body, "in");
  const answer = foundSchema(params, context.declared);
  if ("problem" in answer) throw new Error("the answer's fields were checked before");
  const readPage = pageReader(params, answer.schema as Schema);
  const fields = params.fields.map(({ name, field }) => ({ path: name.split("."), from: field.split(".") }));
  const into = params.into?.split(".");
  const cache = new LookupCache<Value>({ rows: params.cacheRows, forMs: toMillis(params.cacheFor), misses: params.cacheMisses, now });
  const pace = pacer(params.perSecond === undefined ? undefined : params.perSecond / context.parallelism, context);
  let notFound = 0;

  /** All pages from that one on, behind what was found before. */
  function ask(
    page: { readonly path: string; readonly first: string; readonly number: number },
    body: string | undefined,
    before: readonly Value[],
    found: Found,
    fail: Fail,
  ): void {
    if (!client) throw new Error("its connection is not mapped to an HTTP service");
    const request = { method: params.method, path: page.path, body, timeoutMs: toMillis(params.requestTimeout), mostBytes: MOST_BYTES };
    const onAnswer = (response: HttpResponse) => {
      const content = contentOf(response, page.path, (ms) => pace.wait(ms));
      if (content === undefined) return found(before.length > 0 ? before : undefined);
      const read = readPage(content);
      if (params.list === undefined) return found(read.found);
      const entries = read.found as readonly Value[];
      const all = [...before, ...entries];
      const next = nextPath(params, page.first, page.number, entries, read.next);
      if (next === undefined) return found(all);
      if (params.paging.by !== "none" && page.number >= params.paging.mostPages) throw tooManyPages(page.first, params.paging.mostPages);
      ask({ path: next, first: page.first, number: page.number + 1 }, body, all, found, fail);
    };
    pace.whenFree(() => void client.request(request).then(onAnswer).then(undefined, fail));
  }

  function widen(row: Row, found: Value | undefined): readonly Emission[] {
    if (found === undefined) {
      notFound++;
      if (params.missing === "port") return [{ port: "missing", row }];
    }
    const changes: Change[] = fields.map(({ path, from }) => ({
      path,
      value: found === undefined ? null : valueAt(found as Values, from),
    }));
    if (into) changes.unshift({ path: into, value: found ?? null });
    return [{ port: "out", row: changeFields(row, changes) }];
  }

  const textOf = (value: Value, dataType: typeof pathOf.dataType) =>
    typeof value === "string" ? value : formatValue(value, dataType, { timeZone });

  return {
    ask(row, time: Millis, done) {
      const path = pathOf(row, time);
      if (path === null) return done({ emissions: (row) => widen(row, undefined) });
      const body = bodyOf?.(row, time) ?? null;
      const asked: { readonly path: string; readonly body?: string } = {
        path: textOf(path, pathOf.dataType),
        ...(body !== null && bodyOf && params.method === "POST" && { body: textOf(body, bodyOf.dataType) }),
      };
      const askFirst: Ask<Value> = (_key, onFound, onFailure) =>
        ask({ path: firstPath(params, asked.path), first: asked.path, number: 1 }, asked.body, [], onFound, onFailure);
      cache.get(JSON.stringify(asked), askFirst, (answered: Answered<Value>) => {
        if ("failure" in answered) return done({ failure: asFailure(answered.failure, asked.path) });
        const { found } = answered;
        done({ emissions: (row) => widen(row, found), missed: found === undefined });
      });
    },
    without: (row) => widen(row, undefined),
    holdings: () => ({
      "rows remembered": cache.size,
      "answers remembered": cache.hits,
      "answers asked for": cache.asked,
      "rows that found nothing": notFound,
    }),
    close: () => undefined,
  };
}

/** What an answer holds; undefined where it says that nothing is there. Throws what it says otherwise. */
function contentOf({ status, headers, body }: HttpResponse, path: string, wait: (ms: Millis) => void): Uint8Array | undefined {
  if (NOTHING.has(status)) return undefined;
  if (status >= 200 && status < 300) return body;
  const text = JSON.stringify(Buffer.from(body).toString("utf8", 0, SHOWN));
  const words = {
    en: `The answer for ${quote(path)} has status ${status}${body.length > 0 ? `: ${text}` : "."}`,
    zh: `${quote(path)} 的应答状态码为 ${status}${body.length > 0 ? `：${text}` : "。"}`,
  };
  if (!PASSING.has(status)) throw new RowError("http-lookup.refused", words);
  const seconds = Number(headers["retry-after"]);
  if (seconds > 0 && seconds <= 3_600) wait(seconds * 1_000);
  throw Object.assign(new Error(words.en), { words });
}

function firstPath({ paging }: HttpLookupParams, path: string): string {
  return paging.by === "number" ? withParameter(path, paging.parameter, String(paging.first)) : path;
}

/** Undefined: that was the last page. */
function nextPath({ paging }: HttpLookupParams, first: string, number: number, entries: readonly Value[], next: Value): string | undefined {
  switch (paging.by) {
    case "none":
      return undefined;
    case "number":
      return entries.length === 0 ? undefined : withParameter(first, paging.parameter, String(paging.first + number));
    case "next": {
      if (next === null || next === "" || next === false) return undefined;
      return paging.parameter === undefined ? String(next) : withParameter(first, paging.parameter, String(next));
    }
  }
}

function withParameter(path: string, name: string, value: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function tooManyPages(path: string, most: number): RowError {
  return new RowError("http-lookup.too-many-pages", {
    en: `${quote(path)} has more than ${most} pages. Allow more, or ask for larger pages.`,
    zh: `${quote(path)} 超过 ${most} 页。请允许更多页，或请求更大的页。`,
  });
}

function asFailure(failure: unknown, path: string): RowError | { readonly en: string; readonly zh: string } {
  if (failure instanceof RowError) return failure;
  const words = (failure as { words?: { en: string; zh: string } }).words;
  if (words) return words;
  const message = failure instanceof Error ? failure.message : String(failure);
  return { en: `Asking for ${quote(path)} failed: ${message}`, zh: `请求 ${quote(path)} 失败：${message}` };
}
