/** OpenAPI 3.1 from the routes: the schemas that check requests are the ones described. */
import { z } from "zod";
import * as api from "../api.ts";
import type { Route } from "./route.ts";

/** Shapes with a name of their own in the document. Those used inside another (a pipeline's document) are referred to. */
const NAMED: readonly [string, z.ZodType][] = Object.entries(api).flatMap(([name, value]) =>
  value instanceof z.ZodType ? [[name.charAt(0).toUpperCase() + name.slice(1), value] as [string, z.ZodType]] : [],
);

type Json = { readonly [member: string]: unknown };

/** zod keeps a recursive schema (JSON of any shape) in `$defs` of the schema that uses it; here all share one component. */
const RECURSIVE = "AnyJson";

export function openApi(routes: readonly Route[]): Json {
  const schemas = components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const declared of routes) {
    const path = `/api${declared.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [declared.method]: operation(declared) };
  }
  paths["/api/live"] = { get: LIVE };
  return {
    openapi: "3.1.0",
    info: {
      title: "Millrace",
      version: "1",
      description:
        "Pipelines, their runs and what flows through them. Errors are answered as `ApiError` with words in English and Chinese.",
    },
    security: [{ token: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "The token of the printed address: the file `token` in the data folder, or MILLRACE_TOKEN.",
        },
      },
    },
  };
}

function operation(declared: Route): Json {
  const parameters = [...declared.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const query = declared.query ? queryParameters(declared.query) : [];
  return {
    tags: [declared.tag],
    summary: declared.summary,
    operationId: `${declared.method} ${declared.path}`,
    parameters: [...parameters, ...query],
    ...(declared.body
      ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(declared.body, "input") } } } }
      : {}),
    responses: {
      [declared.status]: {
        description: declared.status === 204 ? "Done" : "The answer",
        ...(declared.answer ? { content: { "application/json": { schema: schemaOf(declared.answer, "output") } } } : {}),
      },
      ...Object.fromEntries(Object.entries(declared.errors).map(([status, description]) => [status, failure(description)])),
      ...(declared.body || declared.query ? { 400: failure("The request is not as the schema wants it") } : {}),
      401: failure("No token, or a wrong one"),
      403: failure("From another machine, host or origin"),
    },
  };
}

function failure(description: string): Json {
  return { description, content: { "application/json": { schema: { $ref: "#/components/schemas/ApiError" } } } };
}

const LIVE: Json = {
  tags: ["Runs"],
  summary: "Server-sent events: counts and samples of what is watched, every 250 ms",
  operationId: "get /live",
  parameters: [
    { name: "pipeline", in: "query", required: true, schema: { type: "string" } },
    { name: "edges", in: "query", required: false, schema: { type: "string" }, description: "a.out->b.in, separated by commas" },
  ],
  responses: {
    200: {
      description: "Events named `live`, each a `LiveFrame`",
      content: { "text/event-stream": { schema: { $ref: "#/components/schemas/LiveFrame" } } },
    },
    401: failure("No token, or a wrong one"),
    403: failure("From another machine, host or origin"),
    404: failure("no such pipeline"),
  },
};

function queryParameters(schema: z.ZodType): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => ({ name, in: "query", required: required.includes(name), schema: property }));
}

function components(): Json {
  const schemas = Object.fromEntries(NAMED.map(([name, schema]) => [name, inlined(schema, "output")]));
  return { ...schemas, [RECURSIVE]: anyJson() };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const name = io === "output" ? NAMED.find(([, known]) => known === schema)?.[0] : undefined;
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  if (io === "output" && schema instanceof z.ZodArray) return { type: "array", items: schemaOf(schema.element as z.ZodType, io) };
  return inlined(schema, io);
}

function inlined(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, $defs: defs, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return withSharedDefinitions(json, defs);
}

function anyJson(): Json {
  const { $defs: defs } = z.toJSONSchema(z.object({ json: z.json() }));
  return withSharedDefinitions(Object.values(defs ?? {})[0] as Json, defs);
}

function withSharedDefinitions(json: Json, defs: object | undefined): Json {
  const text = JSON.stringify(json);
  return JSON.parse(
    Object.keys(defs ?? {}).reduce((result, name) => result.replaceAll(`"#/$defs/${name}"`, `"#/components/schemas/${RECURSIVE}"`), text),
  ) as Json;
}
