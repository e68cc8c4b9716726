/**
 * Who gets in. Three doors, all behind the same two checks of where a request comes from:
 *
 * - Host: the name the client used must be ours, or a page elsewhere could rebind its own name to 127.0.0.1 and speak with us as same-origin.
 * - Origin (or Sec-Fetch-Site): what a page of another origin sends is refused, with or without a cookie.
 *
 * "On this machine" means: the peer's address is a loopback one and no proxy says that it speaks for somebody else.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import { ApiFailure, quote } from "./api-failure.ts";
import { tokenPage } from "./token-page.ts";

export interface Credentials {
  /** Of designer and API. */
  readonly token: string;
  /** In the path of /applog/<key> and /in/…/<key>. */
  readonly ingestKey: string;
  /** Of /metrics from elsewhere: `Authorization: Bearer` or `?key=`. */
  readonly readKey: string;
}

export interface Access {
  /** Designer: cookie; `?token=` sets it and redirects. Answers a page that explains itself. */
  readonly page: RequestHandler;
  /** REST and live stream: `Authorization: Bearer` or the cookie. */
  readonly api: RequestHandler;
  /** Posts of records: open on this machine, elsewhere with the key in the path (`:key`). */
  readonly ingest: RequestHandler;
  /** Figures to read: open on this machine, elsewhere with the read key. */
  readonly read: RequestHandler;
}

const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

export function createAccess(credentials: Credentials, allowedHosts: readonly string[]): Access {
  const hosts = new Set([...LOOPBACK_HOSTS, ...allowedHosts].map((host) => host.toLowerCase()));
  const tokenIs = sameSecret(credentials.token);
  const ingestKeyIs = sameSecret(credentials.ingestKey);
  const readKeyIs = sameSecret(credentials.readKey);

  return {
    page(request, response, next) {
      refuseForeignHost(request, hosts);
      refuseElsewhere(request);
      const given = request.query.token;
      if (typeof given === "string" && tokenIs(given)) return letIn(request, response, given);
      if (given === undefined && tokenIs(cookie(request))) return next();
      response
        .status(401)
        .set("Cache-Control", "no-store")
        .type("html")
        .send(tokenPage(given !== undefined));
    },

    api(request, response, next) {
      refuseForeignHost(request, hosts);
      refuseForeignOrigin(request);
      refuseElsewhere(request);
      const bearer = bearerOf(request);
      if (bearer === undefined ? tokenIs(cookie(request)) && fromOurPage(request) : tokenIs(bearer)) return next();
      response.set("WWW-Authenticate", "Bearer");
      throw new ApiFailure(401, "no-token", {
        en: "This needs the token: open the address that the server printed, or send Authorization: Bearer with the token from the file `token` in the data folder.",
        zh: "需要令牌:请打开服务器启动时打印的地址,或在请求头 Authorization: Bearer 中发送数据目录内 token 文件里的令牌。",
      });
    },

    ingest(request, _response, next) {
      const key = request.params.key;
      if (key !== undefined) {
        if (typeof key === "string" && ingestKeyIs(key)) return next();
        throw new ApiFailure(401, "wrong-key", {
          en: "The ingest key in the path is wrong. It is in the file `ingest-key` in the data folder.",
          zh: "路径中的接入密钥不正确。它在数据目录的 ingest-key 文件中。",
        });
      }
      if (!onThisMachine(request)) {
        throw new ApiFailure(403, "key-needed", {
          en: "From another machine this needs the ingest key in the path, as in /applog/<key>. It is in the file `ingest-key` in the data folder.",
          zh: "从其他机器访问时路径中须带接入密钥,如 /applog/<key>。密钥在数据目录的 ingest-key 文件中。",
        });
      }
      refuseForeignHost(request, hosts);
      refuseForeignOrigin(request);
      next();
    },

    read(request, _response, next) {
      const key = bearerOf(request) ?? request.query.key;
      if (typeof key === "string") {
        if (readKeyIs(key)) return next();
        throw new ApiFailure(401, "wrong-key", {
          en: "The read key is wrong. It is in the file `read-key` in the data folder.",
          zh: "只读密钥不正确。它在数据目录的 read-key 文件中。",
        });
      }
      if (!onThisMachine(request)) {
        throw new ApiFailure(403, "key-needed", {
          en: "From another machine this needs the read key (Authorization: Bearer, or ?key=). It is in the file `read-key` in the data folder.",
          zh: "从其他机器访问时须带只读密钥(Authorization: Bearer 或 ?key=)。密钥在数据目录的 read-key 文件中。",
        });
      }
      refuseForeignHost(request, hosts);
      refuseForeignOrigin(request);
      next();
    },
  };
}

/** Cookies do not know ports; with the port in its name, two servers on one machine do not log each other out. */
function cookieName(request: Request): string {
  return `millrace-${request.socket.localPort}`;
}

function letIn(request: Request, response: Response, token: string): void {
  response.cookie(cookieName(request), token, { httpOnly: true, sameSite: "strict", path: "/", maxAge: 400 * 24 * 3600 * 1000 });
  const url = new URL(request.originalUrl, "http://here");
  url.searchParams.delete("token");
  // Only ever a path of ours: "//elsewhere" would be the address of another server.
  response.set("Cache-Control", "no-store").redirect(303, `/${url.pathname.replace(/^[/\\]+/, "")}${url.search}`);
}

function cookie(request: Request): string | undefined {
  const prefix = `${cookieName(request)}=`;
  const found = (request.headers.cookie ?? "").split(/;\s*/).find((part) => part.startsWith(prefix));
  return found?.slice(prefix.length);
}

function bearerOf(request: Request): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? "";
}

/** Digests are compared, so that neither the time taken nor the length tells anything. */
function sameSecret(secret: string): (given: string | undefined) => boolean {
  const wanted = digest(secret);
  return (given) => given !== undefined && timingSafeEqual(digest(given), wanted);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function refuseForeignHost(request: Request, hosts: ReadonlySet<string>): void {
  const host = request.headers.host ?? "";
  const name = /^(\[[0-9a-f:.]+\]|[^:]*)(:\d+)?$/i.exec(host)?.[1]?.toLowerCase();
  if (name !== undefined && hosts.has(name)) return;
  throw new ApiFailure(403, "foreign-host", {
    en: `The request names the host ${quote(host)}, which is not a name of this server. Use localhost, or start it with --allow-host ${name || "NAME"}.`,
    zh: `请求中的主机名 ${quote(host)} 不属于此服务器。请用 localhost,或以 --allow-host ${name || "NAME"} 启动。`,
  });
}

function refuseForeignOrigin(request: Request): void {
  const origin = request.headers.origin;
  const site = request.headers["sec-fetch-site"];
  const foreign =
    origin !== undefined ? !sameOrigin(origin, request.headers.host) : site !== undefined && site !== "same-origin" && site !== "none";
  if (!foreign) return;
  throw new ApiFailure(403, "foreign-origin", {
    en: `A page of another origin (${quote(origin ?? String(site))}) may not call this server.`,
    zh: `来自其他来源(${quote(origin ?? String(site))})的页面不能调用此服务器。`,
  });
}

function sameOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase().replace(/:80$/, "");
}

/** A cookie alone changes nothing: the browser must say that the request is from a page of ours. Old browsers without Sec-Fetch-Site send Origin with what changes things. */
function fromOurPage(request: Request): boolean {
  const reads = request.method === "GET" || request.method === "HEAD";
  return reads || request.headers.origin !== undefined || request.headers["sec-fetch-site"] !== undefined;
}

function refuseElsewhere(request: Request): void {
  if (onThisMachine(request)) return;
  throw new ApiFailure(403, "elsewhere", {
    en: "Designer and API are for the machine that the server runs on. From another one, forward the port: ssh -L 8090:localhost:8090 HOST.",
    zh: "设计器和 API 仅限服务器所在的机器使用。要从其他机器访问,请转发端口:ssh -L 8090:localhost:8090 HOST。",
  });
}

function onThisMachine(request: Request): boolean {
  const peer = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const proxied = ["forwarded", "x-forwarded-for", "x-real-ip"].some((name) => request.headers[name] !== undefined);
  return !proxied && (peer === "::1" || /^127\.\d+\.\d+\.\d+$/.test(peer));
}
