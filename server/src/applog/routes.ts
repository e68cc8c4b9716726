/**
 * `/applog`: what the logger of the warehouse does (any app or proxy posts there), appended durably before it answers `success`. Nothing is checked but that there is something: text
 * that is no JSON goes on as it is.
 */
import express, { type Request, type RequestHandler, Router } from "express";
import { ApiFailure } from "../http/api-failure.ts";
import type { Collector } from "./collector.ts";
import { formParams, recordsIn } from "./read-post.ts";

export interface ApplogDeps {
  readonly collector: Collector;
  readonly maxPostBytes: number;
  /** Guards each route. */
  readonly access: RequestHandler;
}

const MAX_ID = 256;

export function applogRouter({ collector, maxPostBytes, access }: ApplogDeps): Router {
  const readBody = rawBody(maxPostBytes);
  const handle: RequestHandler = async (request, response) => {
    await collector.append(postedRecords(request), recordIdOf(request));
    response.type("text/plain").send("success");
  };
  const router = Router();
  for (const path of ["/", "/:key"]) {
    router.get(path, access, handle);
    router.post(path, access, readBody, handle);
    router.all(path, access, (request, response) => {
      response.set("Allow", "GET, POST");
      throw new ApiFailure(405, "method", {
        en: `/applog takes GET and POST, got ${request.method}.`,
        zh: `/applog 只接受 GET 和 POST,收到 ${request.method}。`,
      });
    });
  }
  return router;
}

/** The body as bytes, decompressed, whatever its type says. */
export function rawBody(limit: number): RequestHandler {
  return express.raw({ type: () => true, limit, inflate: true });
}

/** From `param` in the address or form, else the body as it is. Throws when there is nothing. */
export function postedRecords(request: Request): Buffer[] {
  const query = request.query.param;
  const inQuery = [query].flat().flatMap((value) => (typeof value === "string" && value !== "" ? [Buffer.from(value)] : []));
  const texts = inQuery.length > 0 ? inQuery : bodyTexts(request);
  const records = texts.flatMap((text) => recordsIn(text) ?? []);
  if (records.length > 0 || texts.some((text) => recordsIn(text)?.length === 0)) return records;
  throw new ApiFailure(400, "empty", {
    en: "The post is empty. Send the log as the body, or as `param` in the address or in a form.",
    zh: "请求为空。请把日志放在请求体中,或作为地址或表单中的 param 参数发送。",
  });
}

function bodyTexts(request: Request): Buffer[] {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) return [];
  // `curl -d '{…}'` calls its JSON a form, too: without a field `param` the body is the record.
  return (request.is("urlencoded") && formParams(body)) || [body];
}

function recordIdOf(request: Request): string | undefined {
  const id = request.get("x-record-id");
  if (id === undefined || id === "") return undefined;
  if (id.length <= MAX_ID) return id;
  throw new ApiFailure(400, "record-id-too-long", {
    en: `X-Record-Id has ${id.length} characters; at most ${MAX_ID} are kept. Send a shorter one.`,
    zh: `X-Record-Id 有 ${id.length} 个字符,最多 ${MAX_ID} 个。请缩短。`,
  });
}
