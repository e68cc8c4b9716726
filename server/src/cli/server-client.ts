/** Calls a running server's API for the commands that drive one; what it refuses is a `UsageError` with the server's words. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Problem } from "@millrace/engine/pipeline";
import { Command } from "commander";
import type { ApiError } from "../api.ts";
import { DEFAULT_DATA_FOLDER, UsageError } from "../data-folder.ts";
import { problemLine } from "./load-pipeline.ts";
import { DEFAULT_PORT } from "./options.ts";

export interface ServerOptions {
  readonly server: string;
  readonly token?: string;
  readonly data: string;
}

export interface ServerClient {
  /** "http://127.0.0.1:8090" */
  readonly origin: string;
  /** `path` below /api. Rejects with `UsageError`, an `ApiRefusal` when the server itself says no. */
  call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T>;
}

export class ApiRefusal extends UsageError {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A command with the options that say which server it speaks with. */
export function serverCommand(name: string): Command {
  return new Command(name)
    .option("--server <url>", "the server, also as the address that it printed", `http://127.0.0.1:${DEFAULT_PORT}`)
    .option("--token <token>", "its token (default: that of the address, MILLRACE_TOKEN, or the file `token` in its data folder)")
    .option("-d, --data <folder>", "its data folder, for the token", DEFAULT_DATA_FOLDER);
}

export function connect(options: ServerOptions, environment: NodeJS.ProcessEnv = process.env): ServerClient {
  const url = urlOf(options.server);
  const { origin } = url;
  const token = options.token ?? url.searchParams.get("token") ?? (environment.MILLRACE_TOKEN || tokenIn(options.data));

  return {
    origin,
    async call(method, path, body) {
      const response = await send(origin, `/api${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = await readAnswer(response, origin);
      if (!response.ok) throw refusal(response.status, answer as ApiError, origin);
      return answer as never;
    },
  };
}

function urlOf(text: string): URL {
  const url = URL.parse(/^https?:/.test(text) ? text : `http://${text}`);
  if (url) return url;
  throw new UsageError(`--server: expected an address such as http://127.0.0.1:${DEFAULT_PORT}, got ${JSON.stringify(text)}.`);
}

function tokenIn(folder: string): string {
  const file = resolve(join(folder, "token"));
  if (!existsSync(file))
    throw new UsageError(
      `The server wants its token. Give it with --token or in MILLRACE_TOKEN, or name the server's data folder with --data (there is no file ${file}).`,
    );
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}. Give the token with --token or in MILLRACE_TOKEN.`);
  }
}

async function send(origin: string, path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(`${origin}${path}`, request);
  } catch (error) {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    const why = cause?.code ?? cause?.message ?? (error as Error).message;
    throw new UsageError(`No server answers at ${origin} (${why}). Start one with \`millrace start\`, or say with --server where it is.`);
  }
}

/** Undefined for an answer without a body. */
async function readAnswer(response: Response, origin: string): Promise<unknown> {
  const text = await response.text();
  if (response.status === 204) return undefined;
  if (response.headers.get("content-type")?.includes("json")) return JSON.parse(text) as unknown;
  throw new UsageError(`What answers at ${origin} is no Millrace server (HTTP ${response.status}). Say with --server where yours is.`);
}

function refusal(status: number, answer: ApiError, origin: string): UsageError {
  if (status === 401)
    return new ApiRefusal(
      status,
      "no-token",
      `The server at ${origin} refuses the token. Give it with --token or in MILLRACE_TOKEN, or name the server's data folder with --data.`,
    );
  const { code, message, problems = [] } = answer.error;
  const errors = (problems as readonly Problem[]).filter(({ severity }) => severity === "error");
  return new ApiRefusal(status, code, [message.en, ...errors.map((problem) => `  ${problemLine(problem)}`)].join("\n"));
}
