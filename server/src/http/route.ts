/**
 * A route of the REST API as data, so that the same declaration checks requests and makes the OpenAPI page. Handlers get what their schemas let
 * through and return the answer's body; they throw `ApiFailure` for everything a caller can cause.
 */

import { findDuplicateKeys, type ReadResult, words } from "@millrace/engine/pipeline";
import express, { type Request, type Response, Router } from "express";
import type { z } from "zod";
import { ApiFailure, problemsFailure, quote } from "./api-failure.ts";
import { checkJson } from "./check-json.ts";

export interface Route {
  readonly method: "get" | "post" | "put" | "delete";
  /** Below /api, in Express' form: "/pipelines/:id". */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  /** Missing for 204. */
  readonly answer?: z.ZodType | undefined;
  readonly status: 200 | 201 | 204;
  /** What else it may answer, beside 400, 401, 403 and 500. */
  readonly errors: Readonly<Record<number, string>>;
  readonly handle: (request: Call<never, never>) => unknown;
}

export interface Call<Query, Body> {
  /** Decoded parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

type Checked<S> = S extends z.ZodType ? z.output<S> : undefined;

/** Declares a route; the handler's types come from the schemas. */
export function route<Q extends z.ZodType | undefined = undefined, B extends z.ZodType | undefined = undefined>(declared: {
  readonly method: Route["method"];
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly query?: Q;
  readonly body?: B;
  readonly answer?: z.ZodType;
  readonly status?: Route["status"];
  readonly errors?: Route["errors"];
  readonly handle: (request: Call<Checked<Q>, Checked<B>>) => unknown;
}): Route {
  return { status: declared.answer ? 200 : 204, errors: {}, ...declared, handle: declared.handle as Route["handle"] };
}

export interface RouterOptions {
  /** Of a request's body after decompression. */
  readonly maxBodyBytes: number;
  /** How a body's `document` member is read: older formats are brought to the present one, what is none is answered 422 with its problems. */
  readonly readDocument: (json: unknown) => ReadResult;
}

/** An Express router for the routes. */
export function routerOf(routes: readonly Route[], options: RouterOptions): Router {
  const router = Router();
  const readJson = express.json({
    limit: options.maxBodyBytes,
    strict: false,
    verify: (request, _response, body) => bodies.set(request, body),
  });
  for (const declared of routes) {
    const handlers = declared.body ? [readJson] : [];
    router[declared.method](declared.path, ...handlers, async (request: Request, response: Response) => {
      const call = {
        params: request.params as Record<string, string>,
        query: declared.query ? checked(declared.query, { ...request.query }, "query") : undefined,
        body: declared.body ? checkedBody(declared.body, request, options) : undefined,
      };
      const answer = await declared.handle(call as Call<never, never>);
      response.status(declared.status);
      if (declared.status === 204) response.end();
      else response.json(answer);
    });
  }
  return router;
}

function checkedBody(schema: z.ZodType, request: Request, { readDocument }: RouterOptions): unknown {
  if (hasBody(request) && !request.is("json")) {
    throw new ApiFailure(415, "not-json", {
      en: `This route takes application/json, got ${quote(request.get("content-type") ?? "no content type")}. Send the header Content-Type: application/json.`,
      zh: `此接口只接受 application/json,收到的是 ${quote(request.get("content-type") ?? "(无)")}。请发送请求头 Content-Type: application/json。`,
    });
  }
  const body: unknown = request.body ?? {};
  checkJson(body);
  refuseDuplicates(request);
  if (typeof body !== "object" || body === null || !("document" in body)) return checked(schema, body, "body");
  const { document, problems } = readDocument(body.document);
  if (problems) throw problemsFailure(problems);
  return checked(schema, { ...body, document }, "body");
}

/** Bodies as they came: parsing forgets what stands twice. */
const bodies = new WeakMap<object, Buffer>();

/** One of two nodes with the same id would be lost without a word. */
function refuseDuplicates(request: Request): void {
  const duplicates = findDuplicateKeys(bodies.get(request)?.toString("utf8") ?? "");
  const [first] = duplicates;
  if (first) throw new ApiFailure(400, "duplicate-key", words(first), duplicates);
}

function hasBody(request: Request): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

function checked(schema: z.ZodType, value: unknown, where: "query" | "body"): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map((issue) => `${[where, ...issue.path].join(".")}: ${issue.message}`);
  throw new ApiFailure(400, "bad-request", {
    en: `The request is not as this route wants it. ${issues.join("; ")}. See /api/docs.`,
    zh: `请求不符合此接口的要求。${issues.join("; ")}。参见 /api/docs。`,
  });
}
